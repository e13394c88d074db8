//! Programs of Debian's that checks and measurements need: those that are missing are installed where
//! this user may.

use std::{path::PathBuf, process::Command};

use crate::{
    error::{Error, Result},
    process,
};

/// A program and the package that has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// As it is started.
    pub(crate) name: &'static str,
    package: &'static str,
}

/// What replicas share; its tests start it themselves.
pub(crate) const REDIS: Program = Program { name: "redis-server", package: "redis-server" };
/// What the proxy is measured against.
pub(crate) const NGINX: Program = Program { name: "nginx", package: "nginx" };
/// What puts load on both.
pub(crate) const WRK: Program = Program { name: "wrk", package: "wrk" };

/// What compiles the C in static programs.
pub(crate) const MUSL: Program = Program { name: "musl-gcc", package: "musl-tools" };

/// Debian keeps servers where only root looks.
const SYSTEM: &str = "/usr/sbin";

/// The program, installed where it was missing and this user may; `None` where it cannot be had.
pub(crate) fn get(program: Program) -> Option<PathBuf> {
    if let Some(found) = find(program) {
        return Some(found);
    }
    if !process::may_apt() {
        return None;
    }
    println!("setup: installing {} with apt-get, some seconds, once", program.package);
    // What goes wrong is seen above; whoever asked says what follows from it.
    let _ = process::run(Command::new("apt-get").args(["update", "--quiet=2"]));
    let _ = process::run(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
            .arg(program.package)
            .env("DEBIAN_FRONTEND", "noninteractive")
            // Nothing is started by being installed.
            .env("RUNLEVEL", "1"),
    );
    find(program)
}

/// The same, where there is no doing without.
pub(crate) fn need(program: Program) -> Result<PathBuf> {
    get(program).ok_or_else(|| Error::Missing {
        what: program.name.to_owned(),
        remedy: format!("Install it (Debian: apt-get install {}).", program.package),
    })
}

fn find(program: Program) -> Option<PathBuf> {
    let path = process::own_path();
    process::on_path(program.name, &path).or_else(|| process::on_path(program.name, &SYSTEM.into()))
}
