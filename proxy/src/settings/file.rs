//! The settings file: everything that flags can say, in TOML, under the flags' own names. A flag
//! wins over a variable of the environment, and that over the file.
//!
//! The file is turned into flags, so that what a flag accepts is what the file accepts, and a new
//! flag is a new key without anything more.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use thiserror::Error;
use toml::de::DeTable;
use toml::{Table, Value};

use super::faults::Faults;
use super::{Args, Settings, SettingsFaults};

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
    /// Keys that there are not: what there is, is told once.
    #[error("{}; there are: {known}", unknown(at))]
    UnknownKeys {
        /// Where each stands, and what it is.
        at: Vec<(Place, String)>,
        /// What the file could say.
        known: String,
    },
    /// A value of the wrong kind.
    #[error("{at}: {key}: expected {wanted}")]
    Kind {
        /// Where it stands.
        at: Place,
        /// Whose value.
        key: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A value that the flag would not take either.
    #[error("{at}: {key} = {value:?}: {reason}")]
    Value {
        /// Where it stands.
        at: Place,
        /// Whose value.
        key: String,
        /// What it is.
        value: String,
        /// What the flag says of it.
        reason: String,
    },
    /// Values that are each right, but not together.
    #[error("in {}: {source}", path.display())]
    Together {
        /// The file.
        path: PathBuf,
        /// What the flags say of it.
        source: clap::Error,
    },
}

/// A line of the settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)
    }
}

fn unknown(keys: &[(Place, String)]) -> String {
    let told = keys.iter().map(|(at, key)| format!("{at}: there is no key `{key}`"));
    told.collect::<Vec<_>>().join("; ")
}

/// Why the program's words make no settings.
#[derive(Debug, Error)]
pub enum ArgsError {
    /// The command line and the environment; also where only help or the version was asked for.
    #[error(transparent)]
    Line(#[from] clap::Error),
    /// The file, and what else is wrong beside it.
    #[error(transparent)]
    File(#[from] SettingsFaults),
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
        let args = Self::from_arg_matches(&matches)?;
        let Some(path) = args.config.clone() else { return Ok(args) };
        let mut file = SettingsFile::read(path)?;
        let custom = file.table.remove(CUSTOM).is_some();
        let program: Vec<OsString> = words.first().cloned().into_iter().collect();
        let of_file = file.flags(&Self::command(), &matches);
        let all = program.into_iter().chain(of_file.flags).chain(words.into_iter().skip(1));
        let read = Self::try_parse_from_words(all)
            .map_err(|source| FileError::Together { path: file.path.clone(), source });
        let mut faults = of_file.faults;
        match faults.keep(read) {
            Some(mut read) if faults.as_slice().is_empty() => {
                read.custom_here = custom;
                return Ok(read);
            }
            // What the rest comes to is of use only where all of it would have been looked at.
            Some(mut rest) if rest.errands.serves_or_checks() => {
                rest.custom_here = custom;
                if let Err(others) = Settings::new(rest) {
                    faults.add_unrelated(others, &of_file.left_out);
                }
            }
            Some(_) | None => {}
        }
        Err(SettingsFaults::from(faults).into())
    }

    fn try_parse_from_words(words: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::from_arg_matches(&Self::command().try_get_matches_from(words)?)
    }
}

/// What stands in the file.
struct SettingsFile {
    path: PathBuf,
    text: String,
    table: Table,
}

/// What of the file can be used, and what cannot.
#[derive(Default)]
struct Flags {
    flags: Vec<OsString>,
    faults: Faults,
    /// The keys that are not among the flags, as their values cannot be used.
    left_out: Vec<String>,
}

impl SettingsFile {
    fn read(path: PathBuf) -> Result<Self, SettingsFaults> {
        let refused = |error: FileError| SettingsFaults::from(Faults::of(error));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(refused(FileError::Unreadable { path, source })),
        };
        match text.parse() {
            Ok(table) => Ok(Self { path, text, table }),
            Err(source) => Err(refused(FileError::Malformed { path, source: Box::new(source) })),
        }
    }

    /// The file as flags, except those that were given otherwise.
    fn flags(&self, command: &Command, given: &ArgMatches) -> Flags {
        let mut all = Flags::default();
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| self.place(key).line);
        let (known, unknown): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .map(|(key, value)| (key, value, keys(command).find(|arg| arg.get_long() == Some(key))))
            .partition(|(_, _, arg)| arg.is_some());
        if !unknown.is_empty() {
            let at = unknown.iter().map(|(key, ..)| (self.place(key), (*key).clone())).collect();
            all.faults
                .add(FileError::UnknownKeys { at, known: known_keys(command).join(", ") }.into());
        }
        for (key, value, arg) in known {
            let Some(arg) = arg else { continue };
            let source = given.value_source(arg.get_id().as_str());
            if matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
                continue;
            }
            match self.flags_of(key, value, arg) {
                Ok(flags) => all.flags.extend(flags),
                Err(faults) => {
                    faults.into_iter().for_each(|fault| all.faults.add(fault.into()));
                    all.left_out.push(key.clone());
                }
            }
        }
        all
    }

    /// One key as flags, each of them one that the program takes.
    fn flags_of(
        &self,
        key: &str,
        value: &Value,
        arg: &Arg,
    ) -> Result<Vec<OsString>, Vec<FileError>> {
        let kind =
            |wanted| vec![FileError::Kind { at: self.place(key), key: key.to_owned(), wanted }];
        if !arg.get_action().takes_values() {
            let Value::Boolean(set) = value else { return Err(kind("true or false")) };
            return Ok(set.then(|| OsString::from(format!("--{key}"))).into_iter().collect());
        }
        let words =
            words(value).ok_or_else(|| kind("a text, a number, a list of them, or a section"))?;
        let refused = |word: &String| {
            refusal(&[flag(key, word)]).map(|reason| FileError::Value {
                at: self.place(key),
                key: key.to_owned(),
                value: word.clone(),
                reason,
            })
        };
        let refusals: Vec<FileError> = words.iter().filter_map(refused).collect();
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let flags: Vec<OsString> = words.iter().map(|word| flag(key, word)).collect();
        // Each is right by itself: it is that there are several.
        if refusal(&flags).is_some() { Err(kind("one value, not a list")) } else { Ok(flags) }
    }

    /// Where a key stands.
    fn place(&self, key: &str) -> Place {
        let table = DeTable::parse(&self.text).ok();
        let start = table
            .as_ref()
            .and_then(|table| table.get_ref().keys().find(|one| one.get_ref() == key))
            .map_or(0, |key| key.span().start);
        let line = 1 + self.text.bytes().take(start).filter(|byte| *byte == b'\n').count();
        Place { path: self.path.clone(), line }
    }
}

/// Why the program does not take these flags, without a word on the command line or the environment,
/// where the value does not stand.
fn refusal(flags: &[OsString]) -> Option<String> {
    let words = std::iter::once(OsString::from("almanac-proxy")).chain(flags.iter().cloned());
    let error = Args::command().try_get_matches_from(words).err()?;
    if error.kind() == ErrorKind::MissingRequiredArgument {
        return None;
    }
    let reason = match std::error::Error::source(&error) {
        Some(reason) => reason.to_string(),
        None => {
            let told = error.render().to_string();
            let told = told.split("\n\n").next().unwrap_or_default();
            told.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    Some(match reason.rsplit_once(" (environment variable ") {
        Some((reason, _)) => reason.to_owned(),
        None => reason,
    })
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
