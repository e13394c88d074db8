//! How fast things are, as ratios and against the bars set for them.

mod app;
mod proxy;

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use crate::{
    error::{Error, Result},
    process, report,
    tools::{self, WASM},
    workspace::Workspace,
};

pub(crate) use app::app;
pub(crate) use proxy::proxy;

/// What is measured, and the most it may take natively, in milliseconds.
const BARS: &[(&str, Option<f64>)] = &[
    ("restore 10,000 accounts x 200 sessions", Some(3000.0)),
    ("an observation", Some(1.0)),
    ("the next action", Some(5.0)),
    ("a check of a simulated life", None),
];
/// The most that simulating a year of 100 accounts may take, in seconds.
const YEAR_S: f64 = 60.0;

/// Measures the engine natively and as WebAssembly, then the simulation of a year.
pub(crate) fn engine(workspace: &Workspace) -> Result<()> {
    let tools = tools::setup(workspace)?;
    println!("bench: building for speed; the first time takes some minutes");
    let speed = ["test", "--release", "-p", "almanac-engine", "--test", "speed"];
    let measure = ["--", "--include-ignored", "--nocapture"];
    let native = output(process::cargo(workspace.root()).args(speed).args(measure))?;
    let runner =
        tools.find("wasm-bindgen-test-runner").unwrap_or_else(|| "wasm-bindgen-test-runner".into());
    let wasm = output(
        process::cargo(workspace.root())
            .args(speed)
            .args(["--target", WASM])
            .args(measure)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner),
    )?;
    print!("\n{}", table(&native, &wasm)?);
    year(workspace)
}

/// What a program prints, while its errors go to whoever watches.
fn output(command: &mut Command) -> Result<String> {
    let run = command.stderr(Stdio::inherit()).output().map_err(process::start(command))?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    if run.status.success() {
        return Ok(text);
    }
    println!("{text}");
    Err(Error::Invalid("the measurement failed; what it said is above".to_owned()))
}

/// The milliseconds that a measurement tells of something.
fn told(text: &str, what: &str) -> Option<f64> {
    let start = format!("speed: {what}: ");
    let line = text.lines().find_map(|line| line.trim().split_once(start.as_str()))?.1;
    line.strip_suffix(" ms")?.parse().ok()
}

fn table(native: &str, wasm: &str) -> Result<String> {
    let missing =
        |what: &str| Error::Invalid(format!("nothing was measured of \u{201c}{what}\u{201d}"));
    let mut text =
        format!("{:<40} {:>12} {:>12} {:>6} {:>10}\n", "", "native", "wasm", "ratio", "bar");
    for (what, bar) in BARS {
        let native = told(native, what).ok_or_else(|| missing(what))?;
        let wasm = told(wasm, what).ok_or_else(|| missing(what))?;
        let bar = bar.map_or_else(String::new, |bar| {
            format!("{bar} ms{}", if native <= bar { "" } else { " MISSED" })
        });
        text += &format!(
            "{what:<40} {native:>9.3} ms {wasm:>9.3} ms {:>6.1} {bar:>10}\n",
            wasm / native
        );
    }
    Ok(text)
}

/// A year of a hundred accounts, learned and planned from nothing.
fn year(workspace: &Workspace) -> Result<()> {
    let lab = ["run", "--release", "--quiet", "-p", "almanac-lab", "--"];
    let trace = workspace.kept("bench-year.csv");
    let generate = ["trace", "--generate", "archetypes", "--accounts", "100", "--days", "365"];
    let sessions = output(process::cargo(workspace.root()).args(lab).args(generate))?;
    std::fs::write(&trace, sessions).map_err(Error::file("write", &trace))?;
    let started = Instant::now();
    output(
        process::cargo(workspace.root())
            .args(lab)
            .args(["compare", "--accounts", "100", "--min-sessions", "3", "--budget", "120/h"])
            .args(["--policies", "target=98", "--trace"])
            .arg(&trace),
    )?;
    let took = started.elapsed();
    let word = if took.as_secs_f64() <= YEAR_S { "" } else { ", MISSED" };
    println!("a year of 100 accounts, simulated: {} (bar {YEAR_S} s{word})", report::seconds(took));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(ms: f64) -> String {
        let line = |(what, _): &(&str, Option<f64>)| format!("noise speed: {what}: {ms:.4} ms\n");
        BARS.iter().map(line).collect()
    }

    #[test]
    fn both_sides_are_read_and_held_against_the_bar() {
        let text = table(&printed(2.0), &printed(5.0)).unwrap();
        assert!(text.contains("2.5"), "{text}");
        assert_eq!(text.matches("MISSED").count(), 1, "{text}");
        assert!(table("nothing", "at all").is_err());
    }
}
