//! The app with a thousand accounts and a million sessions, in a real browser.

use std::process::Stdio;

use crate::{
    browser,
    error::{Error, Result},
    process,
    workspace::Workspace,
};

/// What is measured on its own, its unit, and the most it may be.
const ALONE: &[(&str, &str, Option<f64>)] = &[
    ("interaction to next paint", "ms", Some(100.0)),
    ("longest frame while scrolling", "ms", None),
    ("putting all sessions in", "s", None),
    ("memory without sessions", "MB", None),
    ("memory with all sessions", "MB", None),
];
/// What is held against what, and the most it may be of that.
const RATIOS: &[(&str, &str, f64)] = &[
    ("cold start with all sessions", "cold start without sessions", 2.0),
    // Ours has the making of the records in it; the page rests meanwhile, as it does for idb.
    ("storing through the app", "storing through idb", 1.2),
];

/// Measures, prints, and holds it against the bars.
pub(crate) fn app(workspace: &Workspace) -> Result<()> {
    let mut node = browser::stage(workspace)?;
    println!("bench: a million sessions are put in first; this takes five to ten minutes");
    node.arg(workspace.path("tests/e2e/bench.mjs"));
    let run = node.stderr(Stdio::inherit()).output().map_err(process::start(&node))?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    if !run.status.success() {
        println!("{text}");
        return Err(Error::Invalid("the measurement failed; what it said is above".to_owned()));
    }
    print!("\n{}", table(&text)?);
    Ok(())
}

/// What was told of a measure.
fn told(text: &str, what: &str) -> Result<f64> {
    let start = format!("bench: {what}: ");
    text.lines()
        .find_map(|line| line.strip_prefix(&start)?.split(' ').next()?.parse().ok())
        .ok_or_else(|| Error::Invalid(format!("nothing was measured of \u{201c}{what}\u{201d}")))
}

fn table(text: &str) -> Result<String> {
    let missed = |is: f64, bar: f64| if is <= bar { "" } else { " MISSED" };
    let mut lines = String::new();
    for (what, unit, bar) in ALONE {
        let is = told(text, what)?;
        let bar =
            bar.map_or_else(String::new, |bar| format!("bar {bar} {unit}{}", missed(is, bar)));
        lines += &format!("{what:<34} {is:>9.1} {unit}  {bar}\n");
    }
    for (what, against, bar) in RATIOS {
        let (is, was) = (told(text, what)?, told(text, against)?);
        let ratio = is / was;
        lines += &format!(
            "{what:<34} {is:>9.1} ms  {against} {was:.1} ms, ratio {ratio:.2}, bar {bar}{}\n",
            missed(ratio, *bar)
        );
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_held_against_what_was_told() {
        let mut text = String::new();
        for (what, unit, _) in ALONE {
            text += &format!("bench: {what}: 120.00 {unit}\n");
        }
        for (what, against, _) in RATIOS {
            text += &format!("bench: {what}: 150.00 ms\nbench: {against}: 100.00 ms\n");
        }
        let lines = table(&text).unwrap();
        // The interaction, and storing.
        assert_eq!(lines.matches("MISSED").count(), 2, "{lines}");
        assert!(table("").is_err());
    }
}
