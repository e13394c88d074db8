//! What the platforms that ask for it know their askers by: from environment variables, else from
//! a file. Neither is ever shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use almanac_wire::Platform;
use serde::Deserialize;
use thiserror::Error;

use crate::upstream::adapters::adapter;
use crate::upstream::secret::Secret;

/// An application that somebody registered with a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its client id.
    pub id: Secret,
    /// Its client secret.
    pub secret: Secret,
}

/// What a platform has to know its asker by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// It answers anybody.
    Nothing,
    /// An application: `ALMANAC_NAME_CLIENT_ID` and `ALMANAC_NAME_CLIENT_SECRET`, or a section `[name]`
    /// with `client_id` and `client_secret`.
    Application,
    /// A key: `ALMANAC_NAME_API_KEY`, or a section `[name]` with `api_key`.
    Key,
}

/// What there is for each platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// By platforms that know applications.
    pub applications: BTreeMap<Platform, Application>,
    /// By platforms that know keys.
    pub keys: BTreeMap<Platform, Secret>,
}

/// Credentials that cannot be used. None of these messages shows any.
#[derive(Debug, Error)]
pub enum CredentialsError {
    /// The file is not there, or may not be read.
    #[error("cannot read {} (--credentials, ALMANAC_CREDENTIALS): {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not what it should be. The parser's own words would quote it.
    #[error(
        "{} (--credentials, ALMANAC_CREDENTIALS) cannot be used{}; expected TOML with the sections [twitch] and [kick] \
         (client_id, client_secret), [youtube] and [euler] (api_key)", path.display(), at_line(*line)
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: Option<usize>,
    },
    /// Other people of the machine can read the file.
    #[error(
        "everyone on this machine can read {} (--credentials, ALMANAC_CREDENTIALS); `chmod 600` makes it yours alone",
        .0.display()
    )]
    Public(PathBuf),
    /// One of two that belong together, or one that no platform gave out.
    #[error("{0} is no {1}; expected it as the platform shows it, in one line")]
    Illegal(String, &'static str),
    /// A platform that needs them is served without.
    #[error("{0} needs {1}, in the environment or in a file (--credentials, ALMANAC_CREDENTIALS)")]
    Missing(Platform, String),
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

/// A section of the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    client_id: Option<String>,
    client_secret: Option<String>,
    api_key: Option<String>,
}

/// The file's sections, by platform.
type Sections = BTreeMap<String, Section>;

impl Credentials {
    /// Reads the file, if one is named; what the environment has goes before what it has.
    ///
    /// # Errors
    /// When the file cannot be used, or something in it or in the environment is no credential.
    pub fn read(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CredentialsError> {
        let mut sections = file.map(read_file).transpose()?.unwrap_or_default();
        let mut read = Self::default();
        for platform in Platform::ALL {
            let section = sections.remove(platform.word()).unwrap_or_default();
            let given = |what: &str, in_file: Option<String>| {
                let name = variable(platform, what);
                let text = environment(&name).or(in_file);
                // An empty variable is one that is not set.
                let text = text.filter(|text| !text.trim().is_empty());
                let illegal = |text: String| Secret::new(&text).ok_or(name);
                text.map(illegal).transpose()
            };
            let illegal = |what| move |name| CredentialsError::Illegal(name, what);
            match adapter(platform).needs {
                Needs::Nothing => {}
                Needs::Application => {
                    let id = given("CLIENT_ID", section.client_id).map_err(illegal("client id"))?;
                    let secret = given("CLIENT_SECRET", section.client_secret)
                        .map_err(illegal("client secret"))?;
                    let both = id.zip(secret).map(|(id, secret)| Application { id, secret });
                    read.applications.extend(both.map(|both| (platform, both)));
                }
                Needs::Key => {
                    let key = given("API_KEY", section.api_key).map_err(illegal("API key"))?;
                    read.keys.extend(key.map(|key| (platform, key)));
                }
            }
        }
        Ok(read)
    }

    /// Makes sure that a platform has what it needs.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn suffice(&self, platform: Platform) -> Result<(), CredentialsError> {
        match adapter(platform).needs {
            Needs::Nothing => Ok(()),
            Needs::Application => self.application(platform).map(drop),
            Needs::Key => self.key(platform).map(drop),
        }
    }

    pub(super) fn application(&self, platform: Platform) -> Result<&Application, CredentialsError> {
        self.applications.get(&platform).ok_or_else(|| {
            let names = ["CLIENT_ID", "CLIENT_SECRET"].map(|what| variable(platform, what));
            CredentialsError::Missing(platform, names.join(" and "))
        })
    }

    pub(super) fn key(&self, platform: Platform) -> Result<&Secret, CredentialsError> {
        let missing = || CredentialsError::Missing(platform, variable(platform, "API_KEY"));
        self.keys.get(&platform).ok_or_else(missing)
    }
}

/// The name of a variable of the environment.
fn variable(platform: Platform, what: &str) -> String {
    format!("ALMANAC_{}_{what}", platform.word().to_ascii_uppercase())
}

/// Whether a platform has use for exactly what its section has.
fn fits((word, section): (&String, &Section)) -> bool {
    let Section { client_id, client_secret, api_key } = section;
    let has = (client_id.is_some(), client_secret.is_some(), api_key.is_some());
    let platform = Platform::ALL.into_iter().find(|platform| platform.word() == word);
    match platform.map(|platform| adapter(platform).needs) {
        Some(Needs::Application) => has == (true, true, false),
        Some(Needs::Key) => has == (false, false, true),
        Some(Needs::Nothing) | None => false,
    }
}

fn read_file(path: &Path) -> Result<Sections, CredentialsError> {
    let unreadable = |source| CredentialsError::Unreadable { path: path.to_owned(), source };
    if is_public(path).map_err(unreadable)? {
        return Err(CredentialsError::Public(path.to_owned()));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let malformed = |line| CredentialsError::Malformed { path: path.to_owned(), line };
    let sections: Sections = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        malformed(before.map(|before| before.matches('\n').count() + 1))
    })?;
    if sections.iter().all(fits) { Ok(sections) } else { Err(malformed(None)) }
}

#[cfg(unix)]
fn is_public(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(path)?.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_public(path: &Path) -> std::io::Result<bool> {
    fs::metadata(path).map(|_| false)
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
