//! The settings file: everything that flags can say, in TOML, under the flags' own names. A flag
//! wins over a variable of the environment, and that over the file.
//!
//! The file is turned into flags, so that what a flag accepts is what the file accepts, and a new
//! flag is a new key without anything more.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use thiserror::Error;
use toml::{Table, Value};

use super::Args;

/// The section with platforms of one's own: it is read by itself.
pub(super) const CUSTOM: &str = "custom";
/// What a file cannot say: it would speak of itself, or have the program do something else.
const NOT_IN_A_FILE: &[&str] =
    &["config", "help", "version", "new-token", "hash-token", "check-config", CUSTOM];

/// Why the settings file is of no use.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {} (--config, ALMANAC_CONFIG): {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is no TOML.
    #[error("{} (--config, ALMANAC_CONFIG) is no TOML: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where it is not.
        source: Box<toml::de::Error>,
    },
    /// A key that there is not.
    #[error("{}: there is no key `{key}`; there are: {known}", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// What it says.
        key: String,
        /// What it could say.
        known: String,
    },
    /// A value of the wrong kind.
    #[error("{}: {key}: expected {wanted}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// Whose value.
        key: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A value that the flag would not take either.
    #[error("in {}: {source}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// What the flag says of it.
        source: clap::Error,
    },
}

/// Why the program's words make no settings.
#[derive(Debug, Error)]
pub enum ArgsError {
    /// The command line and the environment; also where only help or the version was asked for.
    #[error(transparent)]
    Line(#[from] clap::Error),
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Args {
    /// Reads the command line (its first word is the program), the environment, and the settings
    /// file that they name.
    ///
    /// # Errors
    /// Says which of them is wrong, and how.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, ArgsError> {
        let words: Vec<OsString> = words.into_iter().collect();
        let matches = Self::command().try_get_matches_from(&words)?;
        let mut args = Self::from_arg_matches(&matches)?;
        let Some(path) = args.config.clone() else { return Ok(args) };
        let mut table = read(&path)?;
        let custom = table.remove(CUSTOM);
        let mut all: Vec<OsString> = words.first().cloned().into_iter().collect();
        all.extend(flags(&path, &table, &Self::command(), &matches)?);
        all.extend(words.into_iter().skip(1));
        args = Self::try_parse_from_words(&all)
            .map_err(|source| FileError::Value { path: path.clone(), source })?;
        args.custom_here = custom.is_some();
        Ok(args)
    }

    fn try_parse_from_words(words: &[OsString]) -> Result<Self, clap::Error> {
        Self::from_arg_matches(&Self::command().try_get_matches_from(words)?)
    }
}

fn read(path: &Path) -> Result<Table, FileError> {
    let text = fs::read_to_string(path)
        .map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    text.parse()
        .map_err(|source| FileError::Malformed { path: path.to_owned(), source: Box::new(source) })
}

/// The file as flags, except those that were given otherwise.
fn flags(
    path: &Path,
    table: &Table,
    command: &Command,
    given: &ArgMatches,
) -> Result<Vec<OsString>, FileError> {
    let mut flags = Vec::new();
    for (key, value) in table {
        let Some(arg) = keys(command).find(|arg| arg.get_long() == Some(key)) else {
            return Err(FileError::UnknownKey {
                path: path.to_owned(),
                key: key.clone(),
                known: known_keys(command).join(", "),
            });
        };
        let source = given.value_source(arg.get_id().as_str());
        if matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
            continue;
        }
        let kind = |wanted| FileError::Kind { path: path.to_owned(), key: key.clone(), wanted };
        let takes_values = arg.get_action().takes_values();
        match value {
            Value::Boolean(set) if !takes_values => {
                flags.extend(set.then(|| OsString::from(format!("--{key}"))));
            }
            _ if !takes_values => return Err(kind("true or false")),
            _ => {
                let words = words(value)
                    .ok_or_else(|| kind("a text, a number, a list of them, or a section"))?;
                flags.extend(words.iter().map(|word| flag(key, word)));
            }
        }
    }
    Ok(flags)
}

fn flag(key: &str, word: &str) -> OsString {
    let mut flag = OsString::from(format!("--{key}="));
    flag.push(OsStr::new(word));
    flag
}

/// A value as what stands behind a flag, once or several times; a section is `NAME=VALUE` each.
fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(list) => list.iter().map(word).collect(),
        Value::Table(section) => section
            .iter()
            .map(|(name, value)| word(value).map(|value| format!("{name}={value}")))
            .collect(),
        one => word(one).map(|word| vec![word]),
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

fn keys(command: &Command) -> impl Iterator<Item = &Arg> {
    let allowed = |arg: &&Arg| arg.get_long().is_some_and(|long| !NOT_IN_A_FILE.contains(&long));
    command.get_arguments().filter(allowed)
}

/// The keys that people are told of.
fn known_keys(command: &Command) -> Vec<&str> {
    let told = keys(command).filter(|arg| !arg.is_hide_set());
    told.filter_map(Arg::get_long).chain([CUSTOM]).collect()
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
