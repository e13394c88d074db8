//! `cargo xtask`: the one door to every task of the project.
//!
//! This file only finds the task by its name. Each task lives in a file of its own.
#![expect(clippy::print_stdout, reason = "a task tells the person who runs it what happens")]

mod ahead;
mod bench;
mod browser;
mod bundle;
mod code;
mod compress;
mod debian;
mod deployed;
mod error;
mod fold;
mod fuzz;
mod greeting;
mod inline;
mod licences;
mod names;
mod npm;
mod offline;
mod outside;
mod package;
mod page;
mod process;
mod python;
mod referee;
mod report;
mod serve;
mod size;
mod soak;
mod stamp;
mod steps;
mod style;
mod tools;
mod workspace;

use std::{env, process::ExitCode};

use crate::{
    error::{Error, Result},
    workspace::Workspace,
};

/// What `cargo xtask` can do: name, arguments, and one line about it.
const TASKS: &[(&str, &str, &str)] = &[
    ("setup", "", "get the tools that are missing, into target/tools"),
    ("build", "", "setup, then the release app into dist/"),
    ("serve", "[-- FLAGS]", "build, then serve the app through the proxy"),
    ("test", "[STEP...]", "every check in order, or only those named"),
    ("size", "", "what a first visit downloads, against the limit"),
    ("fuzz", "[--minutes N] [TARGET...]", "every reader of answers against made-up ones (nightly)"),
    ("package", "", "one program with the app in it, and what a server needs (target/package)"),
    (
        "shots",
        "[DIR]",
        "pictures of every screen (target/pictures; the README's go to docs/pictures)",
    ),
    ("icons", "", "the app's icons as PNG, drawn from its SVG (app/public/icons)"),
    ("lighthouse", "", "Lighthouse on a first visit: at least 95 of 100"),
    ("bench", "app", "the app with a thousand accounts and a million sessions, in Chromium"),
    ("bench", "engine", "how fast the engine is, natively and as WebAssembly"),
    ("bench", "proxy", "how fast the proxy is, beside nginx"),
    ("soak", "[MINUTES]", "faults, slow and idle clients, for as long as you like: nothing leaks"),
    ("help", "", "this list"),
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[String]) -> Result<()> {
    let workspace = Workspace::find();
    let Some((task, rest)) = words.split_first() else {
        help();
        return Ok(());
    };
    match (task.as_str(), rest) {
        ("setup", []) => tools::setup(&workspace).map(|_| ()),
        ("build", []) => bundle::build(&workspace),
        ("build", [flag]) if flag == "--trunk" => bundle::build_for_trunk(&workspace),
        ("serve", flags) => serve::serve(&workspace, flags),
        ("test", names) => steps::test(&workspace, names),
        ("fuzz", words) => fuzz::fuzz(&workspace, words),
        ("size", []) => size::size(&workspace),
        ("package", []) => package::package(&workspace),
        ("shots", []) => browser::shots(&workspace, None),
        ("shots", [dir]) => browser::shots(&workspace, Some(dir.as_ref())),
        ("icons", []) => browser::icons(&workspace),
        ("lighthouse", []) => browser::lighthouse(&workspace),
        ("bench", [what]) if what == "app" => bench::app(&workspace),
        ("bench", [what]) if what == "engine" => bench::engine(&workspace),
        ("bench", [what]) if what == "proxy" => bench::proxy(&workspace),
        ("soak", words) => soak::soak(&workspace, words),
        ("help" | "--help" | "-h", _) => {
            help();
            Ok(())
        }
        _ => Err(Error::Usage(format!(
            "`cargo xtask {}` is no task; `cargo xtask help` lists them",
            words.join(" ")
        ))),
    }
}

fn help() {
    println!("cargo xtask TASK\n");
    for (name, arguments, line) in TASKS {
        println!("  {name:<10} {arguments:<12} {line}");
    }
    println!("\nSteps of `test`, in order:\n");
    for step in steps::STEPS {
        println!("  {:<19} {}", step.name, step.about);
    }
}
