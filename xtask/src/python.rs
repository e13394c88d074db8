//! Pythons of our own, each with the packages that its checks require.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{Error, Result},
    process,
    workspace::Workspace,
};

/// Why there is none.
pub(crate) enum Lacking {
    /// Python itself.
    Python,
    /// The means to make an environment.
    Venv,
}

impl Lacking {
    /// For people.
    pub(crate) const fn why(&self) -> &'static str {
        match self {
            Self::Python => "python3 is missing",
            Self::Venv => "`python3 -m venv` fails here (Debian: apt-get install python3-venv)",
        }
    }
}

/// A Python in `target/<name>`, with what a file of requirements names.
pub(crate) fn environment(
    workspace: &Workspace,
    name: &str,
    requirements: &str,
) -> Result<std::result::Result<PathBuf, Lacking>> {
    if process::ask(Command::new("python3").arg("--version")).is_none() {
        return Ok(Err(Lacking::Python));
    }
    let venv = workspace.kept(name);
    let python = venv.join("bin/python3");
    let required = workspace.path(requirements);
    let wanted = read(&required)?;
    let present = venv.join("requirements.txt");
    if read(&present).is_ok_and(|present| present == wanted) {
        return Ok(Ok(python));
    }
    println!("getting the Python packages of {requirements}, some seconds, once");
    let made = process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
    if made.is_err() {
        return Ok(Err(Lacking::Venv));
    }
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&required),
    )?;
    fs::write(&present, wanted).map_err(Error::file("write", &present))?;
    Ok(Ok(python))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(Error::file("read", file))
}
