//! The app's code, from Rust to what a browser loads: compiled, split, bound, made small.
//!
//! Trunk would do all of it but the splitting, and leaves no room for that between its steps.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{Error, Result},
    fold, names, process, stamp,
    tools::{Tools, WASM},
    workspace::Workspace,
};

/// The package, its program, and what its files are called.
const NAME: &str = "almanac";
/// The script that loads the parts, as the splitter calls it.
pub(crate) const PARTS: &str = "__wasm_split.js";

/// Has cargo build the standard library together with the app: for size, and without the words of
/// panics, which nobody would see in a browser anyway; they end the program at once. That is a
/// tenth of what a visitor downloads. The compiler is the pinned one, but these options are not
/// stable, hence the first line.
const LEAN_STD: [(&str, &str); 3] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];
const LEAN_FLAGS: &str = "-Zlocation-detail=none -Zunstable-options -Cpanic=immediate-abort";
/// Splitting needs to know which function uses which.
const SPLITTABLE: &str = "-Clink-arg=--emit-relocs";

/// The folder of the scripts that the Rust code brings along.
const SNIPPETS: &str = "snippets";

/// What the compiler writes and every current browser runs.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// How wasm-opt makes a file small.
const SHRINKING: &[&str] = &[
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Leaves everything that makes up the app's code in an empty folder: `almanac.js` and
/// `almanac_bg.wasm`, which a visit starts with, and the parts that these load when wanted.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, out: &Path) -> Result<()> {
    compile(workspace, tools)?;
    let parts = workspace.kept("parts");
    anew(&parts)?;
    anew(out)?;
    let program = |name: &str| tools.find(name).unwrap_or_else(|| name.into());
    process::run(
        Command::new(program("wasm-split-cli"))
            .arg(workspace.browser_program(NAME))
            .arg(&parts)
            .args(["--out-name", NAME]),
    )?;
    process::run(
        Command::new(program("wasm-bindgen"))
            .arg(parts.join(format!("{NAME}.wasm")))
            .args(["--target", "web", "--no-typescript", "--out-name", NAME])
            // The parts find the stack and the table of the whole by these.
            .arg("--keep-lld-exports")
            .arg("--out-dir")
            .arg(out),
    )?;
    names::without_hashes(out, NAME)?;
    for part in stamp::files(&parts)? {
        if part.file_stem().is_none_or(|stem| stem != NAME) {
            copy(&part, out)?;
        }
    }
    if tools.shrinkers {
        shrink(&wasm_of(out)?, &program("wasm-opt"))?;
        fold::into_main(out, &parts.join(PARTS), &program("wasm-merge"), FEATURES)?;
        // What was merged still has its types and names apart.
        shrink(&[out.join(format!("{NAME}_bg.wasm"))], &program("wasm-opt"))?;
        join_scripts(out, &program("esbuild"))?;
    }
    Ok(())
}

fn compile(workspace: &Workspace, tools: &Tools) -> Result<()> {
    let mut command = process::cargo(workspace.root());
    command.args(["build", "--quiet", "--package", NAME, "--bin", NAME]);
    command.args(["--target", WASM, "--profile", "app"]);
    let mut flags = SPLITTABLE.to_owned();
    if tools.lean_std {
        command.envs(LEAN_STD);
        flags = format!("{flags} {LEAN_FLAGS}");
    }
    process::run(command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags))
}

/// Makes WebAssembly small, in place. (The lowest memory is the far end of the stack, which is a
/// megabyte: that it is not used may be taken for granted.)
fn shrink(files: &[PathBuf], wasm_opt: &Path) -> Result<()> {
    let mut options: Vec<&str> = SHRINKING.to_vec();
    options.extend(FEATURES);
    let program = fs::read(wasm_opt).map_err(Error::file("read", wasm_opt))?;
    if program.starts_with(b"#!/usr/bin/env node") {
        return process::run(
            Command::new("node")
                .args(["-e", include_str!("shrink.cjs")])
                .arg(wasm_opt)
                .arg(options.join(" "))
                .args(files),
        );
    }
    for file in files {
        process::run(Command::new(wasm_opt).arg(file).args(&options).arg("-o").arg(file))?;
    }
    Ok(())
}

/// The WebAssembly of a folder.
fn wasm_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = stamp::files(folder)?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "wasm"));
    Ok(files)
}

/// Makes one small script of that of the whole and that of the parts, which name each other.
fn join_scripts(folder: &Path, esbuild: &Path) -> Result<()> {
    let script = folder.join(format!("{NAME}.js"));
    process::run(
        Command::new(esbuild)
            .arg(&script)
            .args(["--bundle", "--format=esm", "--minify", "--allow-overwrite"])
            // wasm-bindgen names the script of the parts once for each of them.
            .arg("--log-override:duplicate-object-key=silent")
            .args(["--log-level=warning", &format!("--outfile={}", script.display())]),
    )?;
    let joined = folder.join(PARTS);
    fs::remove_file(&joined).map_err(Error::file("remove", &joined))?;
    let joined = folder.join(SNIPPETS);
    if joined.exists() {
        fs::remove_dir_all(&joined).map_err(Error::file("remove", &joined))?;
    }
    Ok(())
}

/// Makes a style sheet or a script small, in place.
pub(crate) fn minify(esbuild: &Path, file: &Path) -> Result<()> {
    process::run(
        Command::new(esbuild)
            .arg(file)
            .args(["--minify", "--charset=utf8", "--allow-overwrite", "--log-level=warning"])
            .arg(format!("--outfile={}", file.display())),
    )
}

/// Empties a folder, or makes it.
pub(crate) fn anew(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::file("remove", folder))?;
    }
    fs::create_dir_all(folder).map_err(Error::file("create", folder))
}

/// Copies a file into a folder.
pub(crate) fn copy(file: &Path, folder: &Path) -> Result<PathBuf> {
    let to = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, &to).map_err(Error::file("copy", file))?;
    Ok(to)
}
