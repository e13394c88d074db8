//! What needs a real browser: the end-to-end checks and the pictures.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    bundle,
    error::{Error, Result},
    npm, process, serve, stamp,
    workspace::Workspace,
};

/// Where the end-to-end checks live.
const FOLDER: &str = "tests/e2e";

/// Where Lighthouse is told what to look at.
const LIGHTHOUSE: &str = "tests/lighthouse";

/// The pictures that the README shows.
const SHOWN: [&str; 7] = [
    "now-50-1440-light.png",
    "now-50-390-dark.png",
    "account-50-1440-light.png",
    "plan-50-1440-light.png",
    "used-50-390-dark.png",
    "now-trouble-1440-light.png",
    "log-50-1440-light.png",
];

/// The names under which Chromium goes.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Drives the app in a real browser, one file of checks after another.
pub(crate) fn end_to_end(workspace: &Workspace) -> Result<()> {
    let mut node = stage(workspace)?;
    let checks: Vec<PathBuf> =
        stamp::files(&workspace.path(FOLDER))?.into_iter().filter(|file| is_check(file)).collect();
    if checks.is_empty() {
        return Err(Error::Invalid(format!("no *.test.mjs in {FOLDER}")));
    }
    process::run(node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(checks))
}

/// Leaves a picture of every screen, light and dark, on desk and phone, empty and full, in a
/// folder; where none is named, also those that the README shows where it finds them.
pub(crate) fn shots(workspace: &Workspace, named: Option<&Path>) -> Result<()> {
    let folder =
        named.map_or_else(|| workspace.kept("pictures"), |named| workspace.root().join(named));
    let mut node = stage(workspace)?;
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    process::run(node.arg(workspace.path(FOLDER).join("shots.mjs")).arg(&folder))?;
    println!("shots: pictures lie in {}", folder.display());
    if named.is_none() {
        for picture in SHOWN {
            let (from, to) = (folder.join(picture), workspace.path("docs/pictures").join(picture));
            fs::copy(&from, &to).map_err(Error::file("copy", &from))?;
        }
        println!("shots: those that the README shows lie in docs/pictures, too");
    }
    Ok(())
}

/// Draws the app's icons from its SVG, for those who take no SVG.
pub(crate) fn icons(workspace: &Workspace) -> Result<()> {
    let browser = chromium()?;
    npm::packages(&workspace.path(FOLDER), "e2e")?;
    process::run(
        Command::new("node")
            .current_dir(workspace.root())
            .env("CHROMIUM", browser)
            .arg(workspace.path(FOLDER).join("icons.mjs"))
            .arg(workspace.path("app/public/icons")),
    )
}

/// Has Lighthouse look at the app; below its least score anywhere, it fails.
pub(crate) fn lighthouse(workspace: &Workspace) -> Result<()> {
    let mut node = stage(workspace)?;
    npm::packages(&workspace.path(LIGHTHOUSE), "lighthouse")?;
    let script = workspace.path(LIGHTHOUSE).join("lighthouse.mjs");
    process::run(node.arg(script).arg(workspace.kept("lighthouse")))
}

/// Builds everything that takes part, and returns a node that knows where it is.
pub(crate) fn stage(workspace: &Workspace) -> Result<Command> {
    if process::ask(Command::new("node").arg("--version")).is_none() {
        return Err(Error::Missing {
            what: "node".to_owned(),
            remedy: "Install Node.js 20 or newer.".to_owned(),
        });
    }
    let browser = chromium()?;
    npm::packages(&workspace.path(FOLDER), "e2e")?;
    bundle::build(workspace)?;
    let mut node = Command::new("node");
    node.current_dir(workspace.root())
        .env("CHROMIUM", browser)
        .env("ALMANAC_PROXY", serve::proxy(workspace)?)
        .env("FAKE_TIKTOK", serve::fake_tiktok(workspace)?)
        .env("ALMANAC_DIST", workspace.dist());
    Ok(node)
}

/// The browser: the one `CHROMIUM` names, one that is installed, or one that apt-get brings.
fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    if process::may_apt() {
        println!("e2e: installing Chromium with apt-get, about a minute, once");
        process::run(Command::new("apt-get").args(["update", "--quiet=2"]))?;
        process::run(
            Command::new("apt-get")
                .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
                .arg("chromium")
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    installed().ok_or_else(|| Error::Missing {
        what: "Chromium".to_owned(),
        remedy: "Install it (Debian: apt-get install chromium), or name it: CHROMIUM=/path/to/it."
            .to_owned(),
    })
}

fn installed() -> Option<PathBuf> {
    let path = process::own_path();
    NAMES.iter().find_map(|name| process::on_path(name, &path))
}

/// Whether a file holds checks; those of the npm packages are not ours.
fn is_check(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.ends_with(".test.mjs") && !name.contains("node_modules")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_checks_run() {
        assert!(is_check(Path::new("tests/e2e/first-run.test.mjs")));
        assert!(!is_check(Path::new("tests/e2e/shots.mjs")));
        assert!(!is_check(Path::new("tests/e2e/node_modules/x/a.test.mjs")));
    }
}
