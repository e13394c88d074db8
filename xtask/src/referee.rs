//! The referee: a client that others wrote, TikTokLive for Python, must take our fake TikTok for
//! the real one. Else the fake would only prove that we agree with ourselves.

use std::process::Command;

use crate::{error::Result, process, python, serve, steps::Outcome, workspace::Workspace};

/// Lets the referee look at the fake.
pub(crate) fn referee(workspace: &Workspace) -> Result<Outcome> {
    let python =
        match python::environment(workspace, "venv", "tests/fakes/referee/requirements.txt")? {
            Ok(python) => python,
            Err(lacking) => return Ok(Outcome::Skipped(lacking.why())),
        };
    let fake = serve::fake_tiktok(workspace)?;
    process::run(
        Command::new(python)
            .current_dir(workspace.root())
            .arg("tests/fakes/referee/referee.py")
            .env("FAKE_TIKTOK", fake),
    )?;
    Ok(Outcome::Done)
}
