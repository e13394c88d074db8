//! `cargo xtask fuzz`: every reader of answers against made-up ones.
//!
//! The fuzzer begins with what the fakes say (`target/fuzz/seeds`) and keeps what it learns
//! (`target/fuzz/corpus`). An input that breaks a reader goes to `proxy/fuzz/found/TARGET` once the
//! reader is mended; the proxy's own tests read it from there for ever.

use std::{fs, path::Path, process::Command};

use crate::{
    error::{Error, Result},
    process, report,
    tools::{self, Tools},
    workspace::Workspace,
};

/// What one run does.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// For each target.
    minutes: u32,
    /// By name; all when none is named.
    targets: Vec<String>,
}

/// Fuzzes the named targets, or all, one after the other.
pub(crate) fn fuzz(workspace: &Workspace, words: &[String]) -> Result<()> {
    let plan = plan(words, &targets(&workspace.path("proxy/fuzz/targets"))?)?;
    nightly()?;
    let tools = tools::fuzzer(workspace)?;
    let kept = workspace.kept("fuzz");
    let seeds = kept.join("seeds");
    process::run(
        process::cargo(workspace.root())
            .args(["run", "--quiet", "-p", "almanac-fakes", "--bin", "fake-replies", "--"])
            .arg(&seeds),
    )?;
    let start = std::time::Instant::now();
    for target in &plan.targets {
        println!("\n== {target}: {} min", plan.minutes);
        let corpus = kept.join("corpus").join(target);
        let seeds = seeds.join(target);
        for folder in [&corpus, &seeds] {
            fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
        }
        process::run(
            cargo_fuzz(workspace, &tools)
                .arg(target)
                .args([&corpus, &seeds])
                .arg("--")
                .arg(format!("-max_total_time={}", u64::from(plan.minutes) * 60))
                .args(["-max_len=65536", "-timeout=10", "-print_final_stats=1"]),
        )?;
    }
    let lasted = report::seconds(start.elapsed());
    println!("\n{} targets, {lasted}, no reader broke", plan.targets.len());
    Ok(())
}

/// rustup chooses the compiler; what the cargo that runs us chose must not reach it.
fn cargo_fuzz(workspace: &Workspace, tools: &Tools) -> Command {
    let mut command = Command::new("rustup");
    command
        .current_dir(workspace.root())
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env("PATH", &tools.path)
        .args(["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir", "proxy/fuzz"])
        .arg("--target-dir")
        .arg(workspace.kept("fuzz/build"));
    command
}

fn nightly() -> Result<()> {
    let answer = process::ask(Command::new("rustup").args(["run", "nightly", "rustc", "-V"]));
    answer.map(|_| ()).ok_or_else(|| Error::Missing {
        what: "The nightly compiler, which the fuzzer needs,".to_owned(),
        remedy: "`rustup toolchain install nightly --profile minimal` brings it.".to_owned(),
    })
}

/// The names of all targets: their files'.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let files = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn plan(words: &[String], known: &[String]) -> Result<Plan> {
    let mut minutes = 1;
    let mut targets = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--minutes" {
            let number = words.next().and_then(|number| number.parse().ok());
            minutes = number.filter(|minutes| *minutes > 0).ok_or_else(|| {
                Error::Usage("--minutes takes a whole number above zero".to_owned())
            })?;
        } else if known.contains(word) {
            targets.push(word.clone());
        } else {
            let known = known.join(", ");
            return Err(Error::Usage(format!("`{word}` is no fuzz target; these are: {known}")));
        }
    }
    if targets.is_empty() {
        targets = known.to_vec();
    }
    Ok(Plan { minutes, targets })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(line: &str) -> Result<Plan> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        plan(&words, &["soop".to_owned(), "tiktok".to_owned()])
    }

    #[test]
    fn all_targets_are_fuzzed_unless_some_are_named() {
        assert_eq!(planned("").unwrap().targets, ["soop", "tiktok"]);
        let one = Plan { minutes: 10, targets: vec!["tiktok".to_owned()] };
        assert_eq!(planned("tiktok --minutes 10").unwrap(), one);
        assert_eq!(planned("--minutes 10 tiktok").unwrap(), one);
    }

    #[test]
    fn what_is_no_plan_says_why() {
        for line in ["--minutes", "--minutes 0", "--minutes x", "tiktak", "--hours 1"] {
            assert!(planned(line).is_err(), "{line}");
        }
        assert!(planned("tiktak").unwrap_err().to_string().contains("soop, tiktok"));
    }
}
