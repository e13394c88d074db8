//! What the program does instead of serving, and then ends.

use std::io::{self, Read as _};

use thiserror::Error;

use super::{Args, Settings, SettingsError, default_state_dir};
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

    /// Read all settings, say what is wrong with them or what they come to, and end
    #[arg(long)]
    check_config: bool,
}

/// Why an errand could not be done.
#[derive(Debug, Error)]
pub enum ErrandError {
    /// The token or its hash.
    #[error(transparent)]
    Token(#[from] TokenHashError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Standard input.
    #[error("cannot read a token from standard input: {0}")]
    Input(#[from] io::Error),
}

impl Args {
    /// Does what was asked for instead of serving, and returns what to say; `None` where the proxy
    /// is to serve.
    ///
    /// # Errors
    /// When it cannot be done.
    pub fn errand(&self) -> Result<Option<String>, ErrandError> {
        if self.errands.new_token {
            let folder = self.state_dir.clone().or_else(default_state_dir);
            let path = self.network.token_hash_path(&folder.ok_or(SettingsError::NoStateDir)?);
            let token = new_token(&path)?;
            return Ok(Some(format!(
                "{token}\n\nThis is the access token. It is shown this once; its hash is in {}.\nStart the proxy, open the \
                 app, and enter it there. Programs send it as `Authorization: Bearer TOKEN`.",
                path.display()
            )));
        }
        if self.errands.hash_token {
            let mut token = String::new();
            io::stdin().read_to_string(&mut token)?;
            return Ok(Some(TokenHash::of(token.trim())?.as_str().to_owned()));
        }
        if self.errands.check_config {
            return Ok(Some(Settings::new(self.clone())?.summary()));
        }
        Ok(None)
    }
}

impl Settings {
    /// What the settings come to, for people; it holds no secret.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut lines = vec![
            "The settings are sound.".to_owned(),
            format!("listen     {}", self.listen),
            format!("state      {}", self.state_dir.display()),
        ];
        lines.extend(self.app.iter().map(|app| format!("app        {}", app.display())));
        let asks =
            if self.network.token.is_some() { "asked for" } else { "none: this machine only" };
        lines.push(format!("token      {asks}"));
        for (platform, quotas) in &self.upstreams {
            lines.push(format!("upstream   {platform} at {quotas}"));
        }
        for host in &self.network.hosts {
            lines.push(format!("host       {host}"));
        }
        lines.join("\n")
    }
}
