//! What can go wrong in a task, each with what to do about it.

use std::{io, path::Path};

/// The result of everything that may fail here.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A program could not be started at all.
    #[error("cannot start `{program}`: {source}. Is it installed and on the PATH?")]
    Start {
        /// The program as it was called.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and reported a failure; what it printed stands above.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The whole command line.
        command: String,
        /// Its exit status in words.
        status: String,
    },
    /// A file or folder could not be read or written.
    #[error("cannot {verb} {path}: {source}")]
    File {
        /// What was tried: "read", "write", ...
        verb: &'static str,
        /// The file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something this machine lacks and that the task cannot get by itself.
    #[error("{what} is missing. {remedy}")]
    Missing {
        /// What is missing.
        what: String,
        /// How to get it.
        remedy: String,
    },
    /// A step of `cargo xtask test` failed.
    #[error("step `{step}` failed: {source}\nTo run only this step: cargo xtask test {step}")]
    Step {
        /// The step's name.
        step: &'static str,
        /// Why it failed.
        source: Box<Self>,
    },
    /// The texts cannot be read.
    #[error(transparent)]
    Words(#[from] almanac_words::Error),
    /// A file of the project is not as it must be.
    #[error("{0}")]
    Invalid(String),
    /// The first visit downloads more than it may.
    #[error("a first visit downloads {sent}, the limit is {limit}: make the app smaller")]
    TooLarge {
        /// What it downloads.
        sent: String,
        /// What it may download.
        limit: String,
    },
    /// The command line made no sense.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// Turns an I/O error into one that names the path; for `map_err`.
    pub(crate) fn file(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { verb, path, source }
    }
}
