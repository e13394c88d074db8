//! The proxy under faults, slow clients and idle ones, for a while: `proxy/tests/soak.rs`.

use crate::{
    error::{Error, Result},
    process,
    steps::Outcome,
    workspace::Workspace,
};

/// Short enough for every run of the checks.
const SHORT_S: u32 = 40;
const MINUTES: u32 = 10;

/// As long as asked for.
pub(crate) fn soak(workspace: &Workspace, words: &[String]) -> Result<()> {
    let minutes = match words {
        [] => MINUTES,
        [minutes] => minutes.parse().map_err(|_| {
            Error::Usage(format!("`{minutes}` is no number of minutes: cargo xtask soak [MINUTES]"))
        })?,
        _ => return Err(Error::Usage("cargo xtask soak [MINUTES]".to_owned())),
    };
    run(workspace, minutes * 60)
}

/// The short form, as a step.
pub(crate) fn short(workspace: &Workspace) -> Result<Outcome> {
    run(workspace, SHORT_S)?;
    Ok(Outcome::Done)
}

fn run(workspace: &Workspace, seconds: u32) -> Result<()> {
    process::run(
        process::cargo(workspace.root())
            .args(["test", "--quiet", "-p", "almanac-proxy", "--test", "soak"])
            .args(["--", "--ignored", "--nocapture"])
            .env("ALMANAC_SOAK_S", seconds.to_string()),
    )
}
