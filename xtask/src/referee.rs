//! The referees: clients that others wrote must take our fakes for the real platforms: TikTokLive
//! our TikTok, streamlink our Chzzk. Else the fakes would only prove that we agree with ourselves.

use std::process::Command;

use crate::{error::Result, process, python, serve, steps::Outcome, workspace::Workspace};

/// Lets the referees look at the fakes.
pub(crate) fn referee(workspace: &Workspace) -> Result<Outcome> {
    let python =
        match python::environment(workspace, "venv", "tests/fakes/referee/requirements.txt")? {
            Ok(python) => python,
            Err(lacking) => return Ok(Outcome::Skipped(lacking.why())),
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
