//! The release app in `dist/`, ready to be served.

use std::{fs, path::PathBuf, process::Command, time::Instant};

use crate::{
    compress,
    error::{Error, Result},
    process, report, stamp, style,
    tools::{self, Tools, WASM},
    workspace::Workspace,
};

/// Everything the app is made from, this program included.
const SOURCES: &[&str] = &[
    "app",
    "proxy/wire",
    "style",
    "xtask/src",
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "rust-toolchain.toml",
];

/// Has cargo build the standard library together with the app: for size, and without the words of
/// panics, which nobody would see in a browser anyway; they end the program at once. That is a
/// tenth of what a visitor downloads. The compiler is the pinned one, but these options are not
/// stable, hence the first line.
const LEAN_STD: [(&str, &str); 4] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zlocation-detail=none -Zunstable-options -Cpanic=immediate-abort",
    ),
];

/// Builds the app unless `dist/` already holds what these sources make.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let tools = tools::setup(workspace)?;
    let stamp_file = workspace.kept("dist.stamp");
    let known = fs::read_to_string(&stamp_file).unwrap_or_default();
    if known == stamp_text(workspace, &tools)? {
        println!("build: nothing changed, dist/ is as it should be");
        return Ok(());
    }
    println!("build: the app for the browser; the first time takes some minutes");
    let start = Instant::now();
    style::join(workspace)?;
    fetch_crates(workspace, &tools)?;
    process::run(&mut trunk(workspace, &tools))?;
    if tools.shrinkers {
        minify_scripts(workspace, &tools)?;
    }
    write_words(workspace)?;
    compress::beside(&workspace.dist())?;
    fs::write(&stamp_file, stamp_text(workspace, &tools)?)
        .map_err(Error::file("write", &stamp_file))?;
    println!("build: dist/ is ready, after {}", report::seconds(start.elapsed()));
    Ok(())
}

/// Trunk runs offline, so that it takes our tools; cargo below it then needs its crates here, those
/// of the standard library too where that is built.
fn fetch_crates(workspace: &Workspace, tools: &Tools) -> Result<()> {
    let fetch = || {
        let mut command = process::cargo(workspace.root());
        command.args(["fetch", "--quiet"]);
        command
    };
    process::run(&mut fetch())?;
    if tools.lean_std {
        process::run(fetch().args(["--target", WASM]).envs(LEAN_STD))?;
    }
    Ok(())
}

/// Without wasm-opt there is no release mode, for Trunk would insist on it; the cargo profile is
/// the same in both, since `app/index.html` names it.
fn trunk(workspace: &Workspace, tools: &Tools) -> Command {
    let program = tools.find("trunk").unwrap_or_else(|| "trunk".into());
    let mut command = Command::new(program);
    command
        .current_dir(workspace.root())
        .arg("build")
        .arg(if tools.shrinkers { "--release" } else { "--minify" })
        .args(["--offline", "--skip-version-check"])
        .env("PATH", &tools.path)
        // Trunk 0.21 reads it as a flag and refuses the usual value, 1.
        .env_remove("NO_COLOR");
    if tools.lean_std {
        command.envs(LEAN_STD);
    }
    command
}

/// Makes the scripts in `dist/` small, in place.
fn minify_scripts(workspace: &Workspace, tools: &Tools) -> Result<()> {
    let program = tools.find("esbuild").unwrap_or_else(|| "esbuild".into());
    let files = stamp::files(&workspace.dist())?;
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "js")) {
        process::run(
            Command::new(&program)
                .arg(file)
                .args(["--minify", "--format=esm", "--allow-overwrite", "--log-level=warning"])
                .arg(format!("--outfile={}", file.display())),
        )?;
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

/// The stamp of the sources, of how they are built, and of what was built from them: an edited or
/// half-written `dist/` is built again.
fn stamp_text(workspace: &Workspace, tools: &Tools) -> Result<String> {
    let sources: Vec<PathBuf> = SOURCES.iter().map(|path| workspace.path(path)).collect();
    Ok(format!(
        "sources {:016x}\nshrunk {}\nlean {}\ndist {:016x}\n",
        stamp::stamp(&sources)?,
        tools.shrinkers,
        tools.lean_std,
        stamp::stamp(&[workspace.dist()])?,
    ))
}
