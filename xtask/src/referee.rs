//! The referees: clients that others wrote must take our fakes for the real platforms: TikTokLive
//! our TikTok, streamlink our Chzzk. Else the fakes would only prove that we agree with ourselves.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{Error, Result},
    process, serve,
    steps::Outcome,
    workspace::Workspace,
};

/// Lets the referees look at the fakes.
pub(crate) fn referee(workspace: &Workspace) -> Result<Outcome> {
    if process::ask(Command::new("python3").arg("--version")).is_none() {
        return Ok(Outcome::Skipped("python3 is missing"));
    }
    let Some(python) = environment(workspace)? else {
        return Ok(Outcome::Skipped(
            "`python3 -m venv` fails here (Debian: apt-get install python3-venv)",
        ));
    };
    let fake = serve::fake_tiktok(workspace)?;
    for referee in ["referee.py", "chzzk.py"] {
        process::run(
            Command::new(&python)
                .current_dir(workspace.root())
                .arg(workspace.path("tests/fakes/referee").join(referee))
                .env("FAKE_TIKTOK", &fake),
        )?;
    }
    Ok(Outcome::Done)
}

/// A Python of our own in `target/venv`, with what the referee requires; none where Python lacks
/// the means to make one.
fn environment(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let venv = workspace.kept("venv");
    let python = venv.join("bin/python3");
    let required = workspace.path("tests/fakes/referee/requirements.txt");
    let wanted = read(&required)?;
    let present = venv.join("requirements.txt");
    if read(&present).is_ok_and(|present| present == wanted) {
        return Ok(Some(python));
    }
    println!("referee: getting its Python packages, some seconds, once");
    let made = process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
    if made.is_err() {
        return Ok(None);
    }
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&required),
    )?;
    fs::write(&present, wanted).map_err(Error::file("write", &present))?;
    Ok(Some(python))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(Error::file("read", file))
}
