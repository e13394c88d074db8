//! What the program does instead of serving, and then ends.

use std::io::{self, Read as _};

use almanac_wire::{CustomName, Platform};
use thiserror::Error;

use super::rehearsal::Rehearsal;
use super::{Args, Settings, SettingsError, SettingsFaults, default_state_dir};
use crate::access::{TokenHash, TokenHashError, new_token};

/// Instead of serving.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Instead of serving")]
pub(crate) struct ErrandArgs {
    /// Make a random access token, print it, and keep its hash; the one before opens nothing any
    /// more once the proxy is started again
    #[arg(long, conflicts_with_all = ["hash_token", "check_config"])]
    new_token: bool,

    /// Read an access token from standard input and print its argon2 hash, for --token-hash-file
    #[arg(long, conflicts_with = "check_config")]
    hash_token: bool,

    /// Read all settings, try the state folder, the address and Redis, say what is wrong or what they come to,
    /// and end
    #[arg(long)]
    check_config: bool,
}

impl ErrandArgs {
    /// Whether all settings are looked at.
    pub(super) fn serves_or_checks(&self) -> bool {
        !self.new_token && !self.hash_token
    }
}

/// Why an errand could not be done.
#[derive(Debug, Error)]
pub enum ErrandError {
    /// The token or its hash.
    #[error(transparent)]
    Token(#[from] TokenHashError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsFaults),
    /// No folder for a new token's hash.
    #[error(transparent)]
    NoStateDir(SettingsError),
    /// The settings are sound, but nothing would come of them.
    #[error("a proxy with these settings could not work:\n- {}", .0.join("\n- "))]
    Hindered(Vec<String>),
    /// Standard input.
    #[error("cannot read a token from standard input: {0}")]
    Input(#[from] io::Error),
}

/// What an errand comes to.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// What was asked for, for programs too.
    pub result: String,
    /// What to know about it, for people.
    pub advice: Option<String>,
}

impl From<String> for Said {
    fn from(result: String) -> Self {
        Self { result, advice: None }
    }
}

impl Args {
    /// Does what was asked for instead of serving, and returns what to say; `None` where the proxy
    /// is to serve.
    ///
    /// # Errors
    /// When it cannot be done.
    pub async fn errand(&self) -> Result<Option<Said>, ErrandError> {
        if self.errands.new_token {
            let folder = self.state_dir.clone().or_else(default_state_dir);
            let path = self.network.token_hash_path(
                &folder.ok_or(ErrandError::NoStateDir(SettingsError::NoStateDir))?,
            );
            let token = new_token(&path)?;
            let advice = format!(
                "This is the access token. It is shown this once; its hash is in {}.\nStart the proxy, open the app, and \
                 enter it there. Programs send it as `Authorization: Bearer TOKEN`.\nA proxy that runs asks for the one \
                 before until it is started again.",
                path.display()
            );
            return Ok(Some(Said { result: token, advice: Some(advice) }));
        }
        if self.errands.hash_token {
            let mut token = String::new();
            io::stdin().read_to_string(&mut token)?;
            return Ok(Some(TokenHash::of(token.trim())?.as_str().to_owned().into()));
        }
        if self.errands.check_config {
            let settings = Settings::new(self.clone())?;
            let rehearsal = Rehearsal::of(&settings).await;
            if !rehearsal.hindrances.is_empty() {
                return Err(ErrandError::Hindered(rehearsal.hindrances));
            }
            return Ok(Some(settings.summary(rehearsal.runs).into()));
        }
        Ok(None)
    }
}

impl Settings {
    /// What the settings come to, for people; it holds no secret.
    fn summary(&self, runs: bool) -> String {
        let runs = if runs { " (a proxy runs with it now)" } else { "" };
        let mut lines = vec![
            "The settings are sound.".to_owned(),
            format!("listen     {}", self.listen),
            format!("state      {}{runs}", self.state_dir.display()),
        ];
        lines.extend(self.app.iter().map(|app| format!("app        {}", app.display())));
        let asks =
            if self.network.token.is_some() { "asked for" } else { "none: this machine only" };
        lines.push(format!("token      {asks}"));
        for (platform, quotas) in &self.upstreams {
            lines.push(format!("upstream   {platform} at {quotas}"));
        }
        for name in self.custom.keys().filter(|name| !self.serves(**name)) {
            let name = name.as_str();
            lines.push(format!(
                "unserved   [custom.{name}]; --upstream custom-{name} would serve it"
            ));
        }
        for host in &self.network.hosts {
            lines.push(format!("host       {host}"));
        }
        lines.join("\n")
    }

    fn serves(&self, name: CustomName) -> bool {
        self.upstreams.contains_key(&Platform::Custom(name))
    }
}
