//! `almanac-lab`: policies against recorded broadcasts.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use almanac_lab::{LabError, Source, archetypes, calibrate, capacity, compare, tables};
use clap::Parser;
use mimalloc::MiMalloc;
use serde::Serialize;

use cli::{Arguments, Command, Generate, Output};

/// A simulated year makes and drops millions of small tables.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(text) => {
            // Whoever reads may have heard enough.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<String, LabError> {
    match command {
        Command::Compare(arguments) => {
            let (source, plan) = (Source::open(arguments.field.files())?, arguments.plan()?);
            let comparison = compare::compare(&source, &plan, &tell)?;
            shown(&comparison, arguments.field.output, || {
                let mut text = tables::comparison(&comparison);
                if arguments.per_account {
                    text += &tables::per_account(&comparison);
                }
                text
            })
        }
        Command::Capacity(arguments) => {
            let (source, plan) = (Source::open(arguments.field.files())?, arguments.plan());
            let found = capacity::capacity(&source, &plan, arguments.target_coverage, &tell)?;
            shown(&found, arguments.field.output, || tables::capacity(&found))
        }
        Command::Calibrate(arguments) => {
            let (source, plan) = (Source::open(arguments.field.files())?, arguments.plan());
            let found = calibrate::calibrate(&source, &plan, &tell)?;
            shown(&found, arguments.field.output, || tables::calibrations(&found))
        }
        Command::Trace(Generate { accounts, days, seed, from, .. }) => {
            let trace =
                archetypes::generate(accounts, days, seed, from.unwrap_or(archetypes::FROM))?;
            Ok(archetypes::csv(&trace))
        }
    }
}

fn shown(
    found: &impl Serialize,
    output: Output,
    table: impl FnOnce() -> String,
) -> Result<String, LabError> {
    if output.json { Ok(serde_json::to_string_pretty(found)? + "\n") } else { Ok(table()) }
}

/// Progress and complaints; whoever shut the stream does not want them.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
