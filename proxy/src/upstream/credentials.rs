//! What the platforms that ask for it know their askers by: from environment variables, else from
//! a file. Neither is ever shown.

use std::fs;
use std::path::{Path, PathBuf};

use almanac_wire::Platform;
use serde::Deserialize;
use thiserror::Error;

use crate::upstream::secret::Secret;

/// An application that somebody registered with a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its client id.
    pub id: Secret,
    /// Its client secret.
    pub secret: Secret,
}

/// What there is for each platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// `ALMANAC_TWITCH_CLIENT_ID` and `ALMANAC_TWITCH_CLIENT_SECRET`.
    pub twitch: Option<Application>,
    /// `ALMANAC_KICK_CLIENT_ID` and `ALMANAC_KICK_CLIENT_SECRET`.
    pub kick: Option<Application>,
    /// `ALMANAC_YOUTUBE_API_KEY`.
    pub youtube: Option<Secret>,
    /// `ALMANAC_EULER_API_KEY`.
    pub euler: Option<Secret>,
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
    Illegal(&'static str, &'static str),
    /// A platform that needs them is served without.
    #[error(
        "{0} needs {1}; set it in the environment, or in a file (--credentials, ALMANAC_CREDENTIALS)"
    )]
    Missing(Platform, &'static str),
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

/// The file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsFile {
    twitch: Option<ApplicationSection>,
    kick: Option<ApplicationSection>,
    youtube: Option<KeySection>,
    euler: Option<KeySection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicationSection {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeySection {
    api_key: String,
}

impl Credentials {
    /// Reads the file, if one is named; what the environment has goes before what it has.
    ///
    /// # Errors
    /// When the file cannot be used, or something in it or in the environment is no credential.
    pub fn read(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CredentialsError> {
        let file = file.map(read_file).transpose()?.unwrap_or_default();
        let application = |id, secret, section: Option<ApplicationSection>| {
            let (in_id, in_secret) = section.map(|it| (it.client_id, it.client_secret)).unzip();
            let id = legal(id, "client id", variable(id).or(in_id))?;
            let secret = legal(secret, "client secret", variable(secret).or(in_secret))?;
            Ok(id.zip(secret).map(|(id, secret)| Application { id, secret }))
        };
        let key = |name, section: Option<KeySection>| {
            legal(name, "API key", variable(name).or(section.map(|section| section.api_key)))
        };
        Ok(Self {
            twitch: application(
                "ALMANAC_TWITCH_CLIENT_ID",
                "ALMANAC_TWITCH_CLIENT_SECRET",
                file.twitch,
            )?,
            kick: application("ALMANAC_KICK_CLIENT_ID", "ALMANAC_KICK_CLIENT_SECRET", file.kick)?,
            youtube: key("ALMANAC_YOUTUBE_API_KEY", file.youtube)?,
            euler: key("ALMANAC_EULER_API_KEY", file.euler)?,
        })
    }

    /// Makes sure that a platform has what it needs.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn suffice(&self, platform: Platform) -> Result<(), CredentialsError> {
        match platform {
            Platform::Twitch => self.twitch().map(drop),
            Platform::Kick => self.kick().map(drop),
            Platform::Youtube => self.youtube().map(drop),
            Platform::Euler => self.euler().map(drop),
            Platform::Demo
            | Platform::Tiktok
            | Platform::Bilibili
            | Platform::Chzzk
            | Platform::Soop
            | Platform::Custom(_) => Ok(()),
        }
    }

    pub(crate) fn twitch(&self) -> Result<&Application, CredentialsError> {
        let names = "ALMANAC_TWITCH_CLIENT_ID and ALMANAC_TWITCH_CLIENT_SECRET";
        self.twitch.as_ref().ok_or(CredentialsError::Missing(Platform::Twitch, names))
    }

    pub(crate) fn kick(&self) -> Result<&Application, CredentialsError> {
        let names = "ALMANAC_KICK_CLIENT_ID and ALMANAC_KICK_CLIENT_SECRET";
        self.kick.as_ref().ok_or(CredentialsError::Missing(Platform::Kick, names))
    }

    pub(crate) fn youtube(&self) -> Result<&Secret, CredentialsError> {
        let missing = CredentialsError::Missing(Platform::Youtube, "ALMANAC_YOUTUBE_API_KEY");
        self.youtube.as_ref().ok_or(missing)
    }

    pub(crate) fn euler(&self) -> Result<&Secret, CredentialsError> {
        let missing = CredentialsError::Missing(Platform::Euler, "ALMANAC_EULER_API_KEY");
        self.euler.as_ref().ok_or(missing)
    }
}

/// An empty variable is one that is not set.
fn legal(
    name: &'static str,
    what: &'static str,
    text: Option<String>,
) -> Result<Option<Secret>, CredentialsError> {
    text.filter(|text| !text.trim().is_empty())
        .map(|text| Secret::new(&text).ok_or(CredentialsError::Illegal(name, what)))
        .transpose()
}

fn read_file(path: &Path) -> Result<CredentialsFile, CredentialsError> {
    let unreadable = |source| CredentialsError::Unreadable { path: path.to_owned(), source };
    if is_public(path).map_err(unreadable)? {
        return Err(CredentialsError::Public(path.to_owned()));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        CredentialsError::Malformed { path: path.to_owned(), line }
    })
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
