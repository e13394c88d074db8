//! `fake-replies DIR`: what the fakes say, as files for the fuzzer to begin with.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

#[expect(clippy::print_stderr, reason = "a command says there why it cannot do its work")]
fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: fake-replies DIR");
        return ExitCode::FAILURE;
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-replies: cannot write below {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

/// One folder a target, one file a seed.
fn write(folder: &std::path::Path) -> io::Result<()> {
    for seed in almanac_fakes::seeds() {
        let of_door = folder.join(seed.door);
        fs::create_dir_all(&of_door)?;
        fs::write(of_door.join(seed.name), seed.input)?;
    }
    Ok(())
}
