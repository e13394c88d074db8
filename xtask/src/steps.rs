//! `cargo xtask test`: every check in order, what each cost, and where it stopped.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    browser, bundle, debian,
    error::{Error, Result},
    outside, process, referee, report, size, soak,
    tools::{self, WASM},
    workspace::Workspace,
};

/// One check of `cargo xtask test`.
pub(crate) struct Step {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// One line about it.
    pub(crate) about: &'static str,
    run: fn(&Workspace) -> Result<Outcome>,
}

/// How a step that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran.
    Done,
    /// It could not run on this machine, and why.
    Skipped(&'static str),
}

/// All steps, the quick ones first.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the code is formatted",
        run: |workspace| cargo(workspace, &["fmt", "--all", "--check"]),
    },
    Step {
        name: "setup",
        about: "the tools are here",
        run: |workspace| tools::setup(workspace).map(|_| Outcome::Done),
    },
    Step { name: "clippy", about: "no lint complains, natively and for the browser", run: clippy },
    Step { name: "unit", about: "the tests of every crate, natively", run: unit },
    Step { name: "wasm", about: "the engine's tests as WebAssembly, in node", run: wasm },
    Step { name: "deny", about: "licences and sources of all dependencies", run: deny },
    Step {
        name: "build",
        about: "the release app",
        run: |workspace| bundle::build(workspace).map(|()| Outcome::Done),
    },
    Step {
        name: "size",
        about: "a first visit stays within its limit",
        run: |workspace| size::size(workspace).map(|()| Outcome::Done),
    },
    Step {
        name: "referee",
        about: "foreign clients take our fake TikTok and Chzzk for the real ones",
        run: referee::referee,
    },
    Step {
        name: "outside",
        about: "foreign tools find nothing wrong with the proxy's document and calendar",
        run: outside::outside,
    },
    Step {
        name: "soak",
        about: "the proxy leaks nothing and counts exactly, under faults and slow clients",
        run: soak::short,
    },
    Step {
        name: "e2e",
        about: "the app in a real browser",
        run: |workspace| browser::end_to_end(workspace).map(|()| Outcome::Done),
    },
];

/// Runs the named steps, or all; stops at the first that fails.
pub(crate) fn test(workspace: &Workspace, names: &[String]) -> Result<()> {
    let mut costs = Vec::new();
    for step in chosen(names)? {
        println!("\n== {}: {}", step.name, step.about);
        let start = Instant::now();
        let outcome = (step.run)(workspace);
        let lasted = start.elapsed();
        let word = match &outcome {
            Ok(Outcome::Done) => "ok".to_owned(),
            Ok(Outcome::Skipped(why)) => format!("SKIPPED: {why}"),
            Err(_) => "FAILED".to_owned(),
        };
        println!("== {}: {word}, {}", step.name, report::seconds(lasted));
        costs.push((step.name, lasted, word));
        if let Err(error) = outcome {
            print!("\n{}", table(&costs));
            return Err(Error::Step { step: step.name, source: Box::new(error) });
        }
    }
    print!("\n{}", table(&costs));
    Ok(())
}

/// The steps of these names in their own order; all when none is named.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(Error::Usage(format!(
            "`{unknown}` is no step; these are: {}",
            known.join(", ")
        )));
    }
    let is_chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| *name == step.name);
    Ok(STEPS.iter().filter(is_chosen).collect())
}

fn table(costs: &[(&str, Duration, String)]) -> String {
    let mut text = String::new();
    for (name, lasted, word) in costs {
        text += &format!("{name:<8} {:>12}  {word}\n", report::seconds(*lasted));
    }
    let total = costs.iter().map(|(_, lasted, _)| lasted).sum();
    text += &format!("{:<8} {:>12}\n", "total", report::seconds(total));
    text
}

fn cargo(workspace: &Workspace, words: &[&str]) -> Result<Outcome> {
    process::run(process::cargo(workspace.root()).args(words))?;
    Ok(Outcome::Done)
}

fn clippy(workspace: &Workspace) -> Result<Outcome> {
    tools::setup(workspace)?;
    let native: &[&str] = &["--workspace", "--all-targets"];
    let browser: &[&str] = &["-p", "almanac", "-p", "almanac-engine", "--target", WASM];
    for scope in [native, browser] {
        let words = [&["clippy", "--quiet"], scope, &["--", "-D", "warnings"]].concat();
        cargo(workspace, &words)?;
    }
    Ok(Outcome::Done)
}

fn unit(workspace: &Workspace) -> Result<Outcome> {
    if debian::get(debian::REDIS).is_none() {
        println!(
            "SKIPPED: what replicas share: redis-server is missing and cannot be installed here"
        );
    }
    cargo(workspace, &["test", "--workspace", "--quiet"])
}

fn wasm(workspace: &Workspace) -> Result<Outcome> {
    if process::ask(Command::new("node").arg("--version")).is_none() {
        return Ok(Outcome::Skipped("node is missing"));
    }
    let runner = tools::setup(workspace)?
        .find("wasm-bindgen-test-runner")
        .unwrap_or_else(|| "wasm-bindgen-test-runner".into());
    process::run(
        process::cargo(workspace.root())
            .args(["test", "-p", "almanac-engine", "--target", WASM])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner),
    )?;
    Ok(Outcome::Done)
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    process::run(
        tools::licence_reader(workspace)?
            .current_dir(workspace.root())
            .args(["check", "licenses", "bans", "sources"]),
    )?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Vec<&'static str> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let steps = chosen(&words).unwrap();
        steps.iter().map(|step| step.name).collect()
    }

    #[test]
    fn steps_run_in_their_own_order() {
        assert_eq!(names(&["size", "fmt"]), ["fmt", "size"]);
        assert_eq!(names(&[]).len(), STEPS.len());
    }

    #[test]
    fn an_unknown_step_is_an_error_that_lists_the_known() {
        let Err(error) = chosen(&["e2".to_owned()]) else {
            panic!("it was taken for a step");
        };
        assert!(error.to_string().contains("fmt, setup, clippy"), "{error}");
    }

    #[test]
    fn the_table_ends_with_the_total() {
        let text = table(&[
            ("fmt", Duration::from_secs(2), "ok".to_owned()),
            ("unit", Duration::from_secs(70), "FAILED".to_owned()),
        ]);
        assert!(text.contains("FAILED"));
        assert!(text.ends_with("total      1 min 12 s\n"), "{text}");
    }
}
