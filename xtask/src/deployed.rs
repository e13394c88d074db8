//! The proxy as it is deployed: slowly built, and on Linux one static program that runs on any.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    debian::{self, MUSL},
    error::{Error, Result},
    process,
    workspace::Workspace,
};

/// Builds the proxy for whoever runs it; with the app in it, which has to be built before, or without.
pub(crate) fn proxy(workspace: &Workspace, embed: bool) -> Result<PathBuf> {
    println!("building the proxy as it is deployed; that takes some minutes");
    let mut cargo = process::cargo(workspace.root());
    cargo.args(["build", "--quiet", "--profile", "server"]);
    cargo.args(["--package", "almanac-proxy", "--bin", "almanac-proxy"]);
    if embed {
        cargo.args(["--features", "embed"]);
    }
    let target = static_target();
    if let Some(target) = &target {
        debian::need(MUSL)?;
        add_target(workspace.root(), target)?;
        cargo.args(["--target", target]);
    }
    process::run(&mut cargo)?;
    Ok(workspace.deployed_program("almanac-proxy", target.as_deref()))
}

/// What static programs are built for here; `None` where programs are linked with the system's own
/// libraries, which do not change.
fn static_target() -> Option<String> {
    cfg!(target_os = "linux").then(|| format!("{}-unknown-linux-musl", env::consts::ARCH))
}

/// Has rustup fetch the target, if it is not here.
fn add_target(root: &Path, target: &str) -> Result<()> {
    let mut list = Command::new("rustup");
    list.current_dir(root).args(["target", "list", "--installed"]);
    let installed = process::ask(&mut list).unwrap_or_default();
    if installed.lines().any(|line| line == target) {
        return Ok(());
    }
    process::run(Command::new("rustup").current_dir(root).args(["target", "add", target])).map_err(
        |_| Error::Missing {
            what: format!("the standard library for {target}"),
            remedy: format!("Install it (rustup target add {target})."),
        },
    )
}
