//! The tools a build needs beside cargo: which are here, and getting those that are not.
//!
//! One rule for each: the first one on the search path (our own `target/tools` before the
//! machine's `PATH`) is taken if it answers with the wanted version, else that version is installed
//! into `target/tools`. Nothing outside `target/` changes but rustup's own wasm target.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::{
    error::{Error, Result},
    process, report,
    workspace::Workspace,
};

/// What the browser runs.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Takes what only some screens need out of the app's code; it does not tell its version.
const SPLITTER: (&str, &str, &str) = ("wasm_split_cli_support", "0.2.4", "wasm-split-cli");

/// wasm-opt's version; Debian's own is too old for what the compiler writes today.
const BINARYEN: &str = "132";
/// Makes scripts and the style sheet small.
const ESBUILD: &str = "0.28.2";

/// Drives the fuzzer that comes with the nightly compiler.
const CARGO_FUZZ: &str = "0.13.2";

/// Looks at the licences and the sources of everything we depend on.
const CARGO_DENY: &str = "0.20.2";

/// The tools, once they are here.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    /// The search path that finds them first.
    pub(crate) path: OsString,
    /// Whether wasm-opt and esbuild are among them; the app can be built without, but larger.
    pub(crate) shrinkers: bool,
    /// Whether the source of the standard library is here: built anew for the app, it is smaller.
    pub(crate) lean_std: bool,
}

impl Tools {
    /// A program among the tools or on the machine.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        process::on_path(name, &self.path)
    }
}

/// Sees what is missing and gets it.
pub(crate) fn setup(workspace: &Workspace) -> Result<Tools> {
    let start = Instant::now();
    let path = search_path(workspace)?;
    let mut fetched = wasm_target(workspace)?;

    let lock = workspace.path("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(Error::file("read", &lock))?;
    let wasm_bindgen = locked_version(&lock, "wasm-bindgen")
        .ok_or_else(|| Error::Invalid("Cargo.lock names no wasm-bindgen".to_owned()))?;

    // Its lock file names a crate that the registry no longer serves, hence no --locked.
    if !answers("wasm-bindgen", wasm_bindgen, &path)
        || process::on_path("wasm-bindgen-test-runner", &path).is_none()
    {
        println!("setup: building wasm-bindgen {wasm_bindgen} from source, 2 to 4 minutes, once");
        install(workspace, "wasm-bindgen-cli", wasm_bindgen, &[])?;
        fetched = true;
    }
    let (package, version, program) = SPLITTER;
    if !installed(workspace, package, version) {
        println!("setup: building {program} {version} from source, 1 to 2 minutes, once");
        install(workspace, package, version, &["--locked", "--features", "build-binary"])?;
        fetched = true;
    }
    let mut shrinkers = answers("wasm-opt", BINARYEN, &path) && answers("esbuild", ESBUILD, &path);
    if !shrinkers && process::ask(process::npm().arg("--version")).is_some() {
        println!(
            "setup: getting wasm-opt {BINARYEN} and esbuild {ESBUILD} from npm, some seconds, once"
        );
        process::run(
            process::npm()
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                .arg("--prefix")
                .arg(workspace.tools().join("node"))
                .arg(format!("binaryen@{BINARYEN}"))
                .arg(format!("esbuild@{ESBUILD}")),
        )?;
        shrinkers = true;
        fetched = true;
    }
    if !shrinkers {
        println!(
            "setup: npm is missing, so wasm-opt and esbuild are skipped: the app will be a fifth larger or more"
        );
    }
    let (lean_std, fetched_source) = std_source(workspace);
    fetched |= fetched_source;
    let lasted = report::seconds(start.elapsed());
    if fetched {
        println!("setup: everything is here, after {lasted}");
    }
    Ok(Tools { path, shrinkers, lean_std })
}

/// The fuzzer, once it is here.
pub(crate) fn fuzzer(workspace: &Workspace) -> Result<Tools> {
    let path = search_path(workspace)?;
    if process::on_path("cargo-fuzz", &path).is_none() {
        println!("setup: building cargo-fuzz {CARGO_FUZZ} from source, a minute, once");
        install(workspace, "cargo-fuzz", CARGO_FUZZ, &["--locked"])?;
    }
    Ok(Tools { path, shrinkers: false, lean_std: false })
}

/// Who looks at licences, once it is here.
pub(crate) fn licence_reader(workspace: &Workspace) -> Result<Command> {
    let path = search_path(workspace)?;
    if !answers("cargo-deny", CARGO_DENY, &path) {
        println!("setup: building cargo-deny {CARGO_DENY} from source, 1 to 2 minutes, once");
        // It reads for seconds: not worth a compiler's second look.
        let quickly = "profile.release.opt-level=0";
        install(workspace, "cargo-deny", CARGO_DENY, &["--locked", "--config", quickly])?;
    }
    let program = process::on_path("cargo-deny", &path);
    Ok(Command::new(program.unwrap_or_else(|| "cargo-deny".into())))
}

/// Our own tool folders, then the machine's.
fn search_path(workspace: &Workspace) -> Result<OsString> {
    let tools = workspace.tools();
    let own = [tools.join("bin"), tools.join("node/node_modules/.bin")];
    let machine = process::own_path();
    env::join_paths(own.into_iter().chain(env::split_paths(&machine))).map_err(|_| {
        Error::Invalid(format!(
            "the folder {} cannot stand on a search path: move the working copy",
            workspace.root().display()
        ))
    })
}

/// Brings the standard library for wasm32; true if it was not here before.
fn wasm_target(workspace: &Workspace) -> Result<bool> {
    let folder = process::ask(Command::new("rustc").current_dir(workspace.root()).args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]));
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(false);
    }
    println!("setup: getting the {WASM} standard library, under a minute, once");
    if process::on_path("rustup", &process::own_path()).is_none() {
        return Err(Error::Missing {
            what: format!("The standard library for {WASM}"),
            remedy: "Install Rust through https://rustup.rs, or add that target to yours."
                .to_owned(),
        });
    }
    process::run(
        Command::new("rustup").current_dir(workspace.root()).args(["target", "add", WASM]),
    )?;
    Ok(true)
}

/// Sees to the source of the standard library: whether it is here, and whether it was not before.
/// Without it the app is built with the library as it comes.
fn std_source(workspace: &Workspace) -> (bool, bool) {
    let is_here = || {
        let root = process::ask(
            Command::new("rustc").current_dir(workspace.root()).args(["--print", "sysroot"]),
        );
        let source = "lib/rustlib/src/rust/library/Cargo.lock";
        root.is_some_and(|root| Path::new(&root).join(source).is_file())
    };
    if is_here() {
        return (true, false);
    }
    if process::on_path("rustup", &process::own_path()).is_some() {
        println!("setup: getting the source of the standard library, some seconds, once");
        let got = process::run(Command::new("rustup").current_dir(workspace.root()).args([
            "component",
            "add",
            "rust-src",
        ]));
        if got.is_ok() && is_here() {
            return (true, true);
        }
    }
    println!(
        "setup: the source of the standard library is missing: the app will be a tenth larger"
    );
    (false, false)
}

/// Whether the first such program on the path is of this version.
fn answers(program: &str, version: &str, path: &OsString) -> bool {
    process::on_path(program, path)
        .and_then(|file| process::ask(Command::new(file).arg("--version")))
        .is_some_and(|text| printed_version(&text) == Some(version))
}

/// Whether we installed this version.
fn installed(workspace: &Workspace, package: &str, version: &str) -> bool {
    let list = fs::read_to_string(workspace.tools().join(".crates.toml")).unwrap_or_default();
    list.contains(&format!("\"{package} {version} "))
}

/// `cargo install` into `target/tools`, compiled for a short wait rather than for speed.
fn install(workspace: &Workspace, package: &str, version: &str, flags: &[&str]) -> Result<()> {
    let tools = workspace.tools();
    let scratch = tools.join("build");
    process::run(
        process::cargo(workspace.root())
            .args(["install", package, "--version", version, "--quiet", "--root"])
            .arg(&tools)
            .args(flags)
            .env("CARGO_TARGET_DIR", &scratch)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    )?;
    fs::remove_dir_all(&scratch).map_err(Error::file("remove", &scratch))
}

/// The version in what a program prints: its first word that starts with a digit.
fn printed_version(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    lock.lines()
        .skip_while(|line| *line != name)
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-futures\"\n\
        version = \"0.4.80\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n\
        source = \"registry\"\n";

    #[test]
    fn the_lock_file_names_the_version() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn programs_print_their_version_in_several_ways() {
        assert_eq!(printed_version("trunk 0.21.14"), Some("0.21.14"));
        assert_eq!(printed_version("wasm-opt version 132 (version_132)"), Some("132"));
        assert_eq!(printed_version("no version here"), None);
    }
}
