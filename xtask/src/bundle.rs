//! The release app in `dist/`, ready to be served.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{
    code, compress,
    error::{Error, Result},
    offline, page, report, stamp, style,
    tools::{self, Tools},
    workspace::Workspace,
};

/// Everything the app is made from, this program included.
const SOURCES: &[&str] = &[
    "app",
    // Its manifest shows them.
    "docs/pictures/now-50-1440-light.png",
    "docs/pictures/now-50-390-dark.png",
    "proxy/wire",
    "style",
    "xtask/src",
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
];

/// Where the page finds its code, and its style.
const CODE: &str = "code";
const STYLE: &str = "style";

/// Builds the app unless `dist/` already holds what these sources make.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let _alone = alone(workspace)?;
    let tools = tools::setup(workspace)?;
    let stamp_file = workspace.kept("dist.stamp");
    let known = fs::read_to_string(&stamp_file).unwrap_or_default();
    // Taken before: what is edited during a build is built the next time.
    let sources = sources_stamp(workspace, &tools)?;
    if known == sources.clone() + &dist_stamp(workspace)? {
        println!("build: nothing changed, dist/ is as it should be");
        return Ok(());
    }
    println!("build: the app for the browser; the first time takes some minutes");
    let start = Instant::now();
    let dist = workspace.dist();
    code::anew(&dist)?;
    code::build(workspace, &tools, &dist.join(CODE))?;
    let sheet = style::join(workspace, &dist.join(STYLE))?;
    let esbuild = tools.find("esbuild").unwrap_or_else(|| "esbuild".into());
    if tools.shrinkers {
        code::minify(&esbuild, &sheet)?;
    }
    page::write(workspace, &dist, &[CODE, STYLE])?;
    if tools.shrinkers {
        minify_scripts(&dist, &esbuild)?;
    }
    write_words(workspace)?;
    offline::list_in(&dist)?;
    compress::beside(&dist)?;
    fs::write(&stamp_file, sources + &dist_stamp(workspace)?)
        .map_err(Error::file("write", &stamp_file))?;
    println!("build: dist/ is ready, after {}", report::seconds(start.elapsed()));
    Ok(())
}

/// Makes the scripts that lie beside the page small; the app's own has been already.
fn minify_scripts(dist: &Path, esbuild: &Path) -> Result<()> {
    for file in stamp::files(dist)? {
        let is_script = file.extension().is_some_and(|kind| kind == "js");
        if is_script && file.parent() == Some(dist) {
            code::minify(esbuild, &file)?;
        }
    }
    Ok(())
}

/// Waits until no other build is under way, and keeps others waiting for as long as it is held:
/// two at once take each other's files away, and what they leave may lack functions.
fn alone(workspace: &Workspace) -> Result<fs::File> {
    let folder = workspace.kept("");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let path = folder.join("build.lock");
    let file = fs::File::create(&path).map_err(Error::file("write", &path))?;
    file.lock().map_err(Error::file("lock", &path))?;
    Ok(file)
}

/// Hands the release app to Trunk, whose hook this is: see `Trunk.toml`.
pub(crate) fn build_for_trunk(workspace: &Workspace) -> Result<()> {
    let Some(staging) = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from) else {
        return Err(Error::Usage(
            "`build --trunk` is Trunk's to call: run `trunk build`".to_owned(),
        ));
    };
    build(workspace)?;
    let dist = workspace.dist();
    for file in stamp::files(&dist)? {
        let below = file.strip_prefix(&dist).unwrap_or(&file);
        let folder = staging.join(below.parent().unwrap_or(Path::new("")));
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        code::copy(&file, &folder)?;
    }
    Ok(())
}

/// Writes every language but English, which is compiled in, to `dist/words/`.
fn write_words(workspace: &Workspace) -> Result<()> {
    let rooms = almanac_words::read(&workspace.path("app/words/texts"))?;
    let out = workspace.dist().join("words");
    fs::create_dir_all(&out).map_err(Error::file("create", &out))?;
    for file in almanac_words::files(&rooms).into_iter().skip(1) {
        let path = out.join(&file.name);
        fs::write(&path, file.content).map_err(Error::file("write", &path))?;
    }
    Ok(())
}

/// The stamp of the sources, and of how they are built.
fn sources_stamp(workspace: &Workspace, tools: &Tools) -> Result<String> {
    let sources: Vec<PathBuf> = SOURCES.iter().map(|path| workspace.path(path)).collect();
    let (sources, shrunk) = (stamp::stamp(&sources)?, tools.shrinkers);
    Ok(format!("sources {sources:016x}\nshrunk {shrunk}\nlean {}\n", tools.lean_std))
}

/// The stamp of what was built: an edited or half-written `dist/` is built again.
fn dist_stamp(workspace: &Workspace) -> Result<String> {
    Ok(format!("dist {:016x}\n", stamp::stamp(&[workspace.dist()])?))
}
