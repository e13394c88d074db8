//! Settings that cannot be used: which, why, and what was expected.

use std::net::SocketAddr;
use std::path::PathBuf;

use almanac_wire::{CustomName, Platform, ZoneName};
use thiserror::Error;

use super::FileError;
use crate::access::TokenHashError;
use crate::clock::Rate;
use crate::upstream::{CredentialsError, CustomError};

/// Settings that are each valid, but not together or not here.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The settings file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Would be reachable from the network.
    #[error(
        "refusing to listen on {0} (--listen, ALMANAC_LISTEN) without an access token: anyone in reach could spend your \
         budget. Run `almanac-proxy --new-token` once with the same settings: it prints a token to enter in the app and \
         keeps its hash in the state folder. Or give a hash of your own (--token-hash-file, ALMANAC_TOKEN_HASH_FILE), or \
         listen on a loopback address such as 127.0.0.1:8377"
    )]
    NoToken(SocketAddr),
    /// The token's hash.
    #[error(transparent)]
    Token(#[from] TokenHashError),
    /// The demo's fast clock and a real platform.
    #[error(
        "the demo's clock runs {0} times as fast as the world (--demo-speed, ALMANAC_DEMO_SPEED), which a real platform \
         cannot follow; expected either --upstream demo alone or --demo-speed 1 (--upstream, ALMANAC_UPSTREAM)"
    )]
    DemoBesideReal(Rate),
    /// Quotas for a platform twice.
    #[error(
        "two sets of quotas for {0} (--quota, ALMANAC_QUOTA); expected one, such as --quota {0}=10/min,60/h,120/day"
    )]
    QuotaTwice(Platform),
    /// A quota's zone.
    #[error(
        "there is no time zone {zone} in the quotas of {platform} (--quota, ALMANAC_QUOTA); expected one such as \
         America/Los_Angeles"
    )]
    NoZone {
        /// The platform.
        platform: Platform,
        /// What is no zone.
        zone: ZoneName,
    },
    /// Quotas for a platform that is not served.
    #[error(
        "quotas for {0} (--quota, ALMANAC_QUOTA), which is not served; expected --upstream {0} beside it"
    )]
    QuotaUnserved(Platform),
    /// No folder for the app.
    #[error("no app in {} (--app, ALMANAC_APP); expected a folder with an index.html", .0.display())]
    NoApp(PathBuf),
    /// The file with custom platforms.
    #[error("the platforms of your own in {} ({setting}) cannot be read: {reason}", path.display())]
    CustomFile {
        /// The file.
        path: PathBuf,
        /// The settings that name it.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A name that no custom platform can have.
    #[error(
        "[custom.{0}]: expected a name of at most {most} lower-case letters, digits and dashes",
        most = CustomName::LONGEST
    )]
    CustomName(String),
    /// A section of a custom platform.
    #[error("[custom.{}] {reason}", name.as_str())]
    Custom {
        /// The section.
        name: CustomName,
        /// Which key, and why.
        reason: CustomError,
    },
    /// A custom platform in both files.
    #[error("[custom.{}] stands both in the settings file (--config) and in the file of --custom; expected one of them", .0.as_str())]
    CustomTwice(CustomName),
    /// What platforms know their asker by.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// A custom platform that is not defined.
    #[error(
        "{0} (--upstream, ALMANAC_UPSTREAM) is not defined; expected a section [custom.{name}] in the settings file (--config) or in the file of --custom",
        name = .0.name()
    )]
    NoCustom(Platform),
    /// Nowhere to keep state.
    #[error(
        "nowhere to keep the budgets: neither XDG_STATE_HOME nor HOME is set; expected a folder (--state-dir, ALMANAC_STATE_DIR)"
    )]
    NoStateDir,
    /// The built-in quotas do not parse.
    #[error("the built-in quotas are malformed: {0}")]
    Default(#[from] almanac_wire::QuotaError),
}
