//! The app, served by the proxy, from nothing to a URL.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::{bundle, error::Result, process, report, workspace::Workspace};

/// Builds app and proxy, then becomes the proxy.
pub(crate) fn serve(workspace: &Workspace, words: &[String]) -> Result<()> {
    let start = Instant::now();
    bundle::build(workspace)?;
    let program = proxy(workspace)?;
    println!("serve: ready after {}; the proxy takes over", report::seconds(start.elapsed()));
    become_program(Command::new(program).args(flags(workspace, words)))
}

/// The proxy, built as it is deployed.
pub(crate) fn proxy(workspace: &Workspace) -> Result<PathBuf> {
    release(workspace, "almanac-proxy", "almanac-proxy")
}

/// The fake TikTok that the checks talk to.
pub(crate) fn fake_tiktok(workspace: &Workspace) -> Result<PathBuf> {
    release(workspace, "almanac-fakes", "fake-tiktok")
}

fn release(workspace: &Workspace, package: &str, program: &str) -> Result<PathBuf> {
    println!("building {program}; the first time takes a minute or two");
    process::run(process::cargo(workspace.root()).args([
        "build",
        "--quiet",
        "--release",
        "--package",
        package,
        "--bin",
        program,
    ]))?;
    Ok(workspace.program(program))
}

/// The person's flags, and ours where they gave none.
fn flags(workspace: &Workspace, words: &[String]) -> Vec<String> {
    let given = match words.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => words,
    };
    let mut flags = given.to_vec();
    let mut fill = |flag: &str, path: &Path| {
        let is_given = given.iter().any(|word| word.split('=').next() == Some(flag));
        if !is_given {
            flags.extend([flag.to_owned(), path.display().to_string()]);
        }
    };
    fill("--app", &workspace.dist());
    fill("--state-dir", &workspace.kept("serve-state"));
    flags
}

/// The proxy takes this process's place, so that Ctrl-C and signals reach it alone.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    let failure = command.exec();
    Err(process::start(command)(failure))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    process::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn our_flags_fill_in() {
        let flags = flags(&Workspace::find(), &words("-- --listen 127.0.0.1:9000"));
        assert_eq!(flags[..2], ["--listen", "127.0.0.1:9000"]);
        assert_eq!(flags[2], "--app");
        assert!(flags[3].ends_with("dist"));
        assert_eq!(flags[4], "--state-dir");
        assert!(flags[5].ends_with("serve-state"));
    }

    #[test]
    fn given_flags_win() {
        let flags = flags(&Workspace::find(), &words("--app=other --state-dir /tmp/state"));
        assert_eq!(flags, ["--app=other", "--state-dir", "/tmp/state"]);
    }
}
