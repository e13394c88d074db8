//! The referees: clients that others wrote must take our fakes for the real platforms: TikTokLive
//! our TikTok, streamlink our Chzzk, Google's client and feedparser our YouTube, twurple our Twitch,
//! kick-api our Kick, and Euler Stream's own client our Euler Stream. Else the fakes would only prove
//! that we agree with ourselves.

use std::process::Command;

use crate::{error::Result, npm, process, python, serve, steps::Outcome, workspace::Workspace};

const FOLDER: &str = "tests/fakes/referee";

/// Lets the referees look at the fakes.
pub(crate) fn referee(workspace: &Workspace) -> Result<Outcome> {
    let python =
        match python::environment(workspace, "venv", "tests/fakes/referee/requirements.txt")? {
            Ok(python) => python,
            Err(lacking) => return Ok(Outcome::Skipped(lacking.why())),
        };
    let fake = serve::fake_tiktok(workspace)?;
    for referee in ["referee.py", "chzzk.py", "youtube.py"] {
        process::run(
            Command::new(&python)
                .current_dir(workspace.root())
                .arg(workspace.path(FOLDER).join(referee))
                .env("FAKE_TIKTOK", &fake),
        )?;
    }
    if process::ask(process::npm().arg("--version")).is_none() {
        return Ok(Outcome::Skipped(
            "npm is missing, so Twitch, Kick and Euler Stream had no referee",
        ));
    }
    npm::packages(&workspace.path(FOLDER), "referee")?;
    process::run(
        Command::new("node")
            .current_dir(workspace.root())
            .arg(workspace.path(FOLDER).join("keyed.mjs"))
            .env("FAKE_TIKTOK", &fake),
    )?;
    Ok(Outcome::Done)
}
