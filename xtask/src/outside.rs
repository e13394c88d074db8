//! The proxy as the outside sees it: schemathesis asks what its OpenAPI document allows and what it
//! forbids, and icalendar reads its calendar. Others wrote both.

use std::process::Command;

use crate::{error::Result, process, python, serve, steps::Outcome, workspace::Workspace};

/// Lets them look at a real proxy with the demo behind it: under two minutes.
pub(crate) fn outside(workspace: &Workspace) -> Result<Outcome> {
    let python =
        match python::environment(workspace, "venv-outside", "tests/outside/requirements.txt")? {
            Ok(python) => python,
            Err(lacking) => return Ok(Outcome::Skipped(lacking.why())),
        };
    let proxy = serve::proxy(workspace)?;
    process::run(
        Command::new(python)
            .current_dir(workspace.root())
            .arg("tests/outside/check.py")
            .env("ALMANAC_PROXY", proxy),
    )?;
    Ok(Outcome::Done)
}
