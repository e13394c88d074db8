//! Settings: by flag, else by environment variable, else a default. Every error names the setting
//! and says what it expected.

mod errands;
mod file;
mod network;
mod operations;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use almanac_wire::{CustomName, Platform, Quotas, Span, ZoneName};
use clap::Parser;
use reqwest::Url;
use serde::Deserialize;
use thiserror::Error;

use errands::ErrandArgs;
pub use errands::ErrandError;
pub use file::{ArgsError, FileError};
pub use network::Network;
use network::NetworkArgs;
use operations::LogArgs;
pub use operations::LogFormat;

use crate::access::TokenHashError;
use crate::clock::{Anchors, Rate};
use crate::state_settings::StateArgs;
use crate::upstream::{
    Credentials, CredentialsError, CustomError, CustomPlan, CustomSettings, usual_quotas,
};
use crate::zones;

/// What follows the flags in `--help` and in the man page.
const AFTER_HELP: &str = "\
Examples:
  almanac-proxy --app dist
      The demo on http://127.0.0.1:8377/, with an app that was built beforehand.
  almanac-proxy --upstream tiktok --quota tiktok=10/min,60/h,120/day
      Real accounts, for this machine alone.
  almanac-proxy --config /etc/almanac/almanac.toml --new-token
  almanac-proxy --config /etc/almanac/almanac.toml --listen 0.0.0.0:8377 --host almanac.example.org
      For a network: a token once, then the proxy. Put TLS in front of it; browsers run the app only
      over https or on localhost.

Settings:
  A flag wins over its variable in the environment, and that over the settings file (--config), whose keys
  are the flags' names. docs/almanac.example.toml explains every key.

Files in the state folder:
  budget-PLATFORM.journal  what was spent; a request stands there before it is sent
  snapshot.json            what the app handed in last
  token.hash               the argon2 hash of the access token, if there is one
  reader-key               the key for calendars, badges and scrapers (?key=...)
  lock                     held while a proxy runs: one at a time

Signals:
  TERM, INT                answers under way get --stop-timeout, then it ends

Exit status:
  0 it was told to stop, or did what it was asked; 1 it could not start or go on; 2 the command line is wrong";

/// Asks the platforms who is live, within their quotas, and serves the Almanac app.
#[derive(Clone, Debug, Parser)]
#[command(name = "almanac-proxy", version, after_long_help = AFTER_HELP)]
pub struct Args {
    /// Settings file in TOML: everything that flags say, under their names. Flags and variables of
    /// the environment win over it
    #[arg(long, env = "ALMANAC_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Whether that file has platforms of one's own in it.
    #[arg(skip)]
    custom_here: bool,

    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "ALMANAC_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8377", value_parser = listen)]
    listen: SocketAddr,

    /// Folder with the built app
    #[arg(long, env = "ALMANAC_APP", value_name = "DIR")]
    app: Option<PathBuf>,

    /// Folder that survives restarts: the budgets are kept there
    /// [default: $XDG_STATE_HOME/almanac or ~/.local/state/almanac]
    #[arg(long, env = "ALMANAC_STATE_DIR", value_name = "DIR")]
    state_dir: Option<PathBuf>,

    #[command(flatten)]
    shared: StateArgs,

    /// Platform to serve: demo, twitch, kick, youtube, tiktok, euler, bilibili, chzzk, soop or custom-NAME; may be repeated
    #[arg(long = "upstream", env = "ALMANAC_UPSTREAM", value_name = "PLATFORM", value_delimiter = ',', default_value = "demo", value_parser = platform)]
    upstreams: Vec<Platform>,

    /// Quotas of a platform, all of which hold at once; may be repeated (in the environment: separated by ;).
    /// A day may begin at a zone's midnight: youtube=60/min,10000/day@America/Los_Angeles
    /// [default: twitch=800/min;kick=20/min,600/h;youtube=60/min,10000/day@America/Los_Angeles;euler=10/min,420/h,10000/day;
    /// others 10/min,60/h,120/day]
    #[arg(long = "quota", env = "ALMANAC_QUOTA", value_name = "PLATFORM=QUOTAS", value_delimiter = ';', value_parser = quota)]
    quotas: Vec<(Platform, Quotas)>,

    /// File with platforms of your own: a section [custom.NAME] in TOML for each
    #[arg(long, env = "ALMANAC_CUSTOM", value_name = "FILE")]
    custom: Option<PathBuf>,

    /// File with what Twitch, Kick, YouTube and Euler Stream know you by, for nobody else to read: TOML with sections
    /// [twitch] and [kick] (client_id, client_secret), [youtube] and [euler] (api_key); instead of it, the environment
    /// variables ALMANAC_TWITCH_CLIENT_ID, ALMANAC_TWITCH_CLIENT_SECRET, ALMANAC_KICK_CLIENT_ID,
    /// ALMANAC_KICK_CLIENT_SECRET, ALMANAC_YOUTUBE_API_KEY, ALMANAC_EULER_API_KEY
    #[arg(long, env = "ALMANAC_CREDENTIALS", value_name = "FILE")]
    credentials: Option<PathBuf>,

    /// Where a platform is, for tests; may be repeated
    #[arg(long = "url", env = "ALMANAC_URL", value_name = "PLATFORM=URL", value_delimiter = ',', hide = true, value_parser = elsewhere)]
    urls: Vec<(Platform, Url)>,

    /// Where TikTok is
    #[arg(long, env = "ALMANAC_TIKTOK_URL", value_name = "URL", default_value = "https://www.tiktok.com", value_parser = base_url)]
    tiktok_url: Url,

    /// How long to wait for an upstream's whole answer
    #[arg(long, env = "ALMANAC_UPSTREAM_TIMEOUT", value_name = "TIME", default_value = "10s", value_parser = timeout)]
    upstream_timeout: Duration,

    /// How long an answer serves everyone who asks the same, in the proxy's time
    #[arg(long, env = "ALMANAC_CACHE", value_name = "TIME", default_value = "15s", value_parser = cache)]
    cache: Duration,

    /// Seconds of the demo's time in one second; 5040 is a week in two minutes
    #[arg(long, env = "ALMANAC_DEMO_SPEED", value_name = "NUMBER", default_value = "5040", value_parser = demo_speed)]
    demo_speed: Rate,

    /// A made-up time line, for tests: at REAL_MS it was SIM_MS, and it runs at RATE
    #[arg(long, env = "ALMANAC_CLOCK", value_name = "REAL_MS,SIM_MS,RATE", hide = true, value_parser = clock)]
    clock: Option<Anchors>,

    #[command(flatten)]
    network: NetworkArgs,

    #[command(flatten)]
    log: LogArgs,

    #[command(flatten)]
    errands: ErrandArgs,
}

impl Args {
    /// What goes to the log, and how.
    #[must_use]
    pub fn log(&self) -> (&str, LogFormat) {
        (&self.log.levels, self.log.format)
    }
}

/// Valid settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to listen on; loopback where there is no token.
    pub listen: SocketAddr,
    /// Folder with the built app.
    pub app: Option<PathBuf>,
    /// Folder that survives restarts.
    pub state_dir: PathBuf,
    /// What replicas share.
    pub shared: StateArgs,
    /// The platforms to serve, with their quotas.
    pub upstreams: BTreeMap<Platform, Quotas>,
    /// Where TikTok is.
    pub tiktok_url: Url,
    /// Where platforms are that are not at their usual place.
    pub urls: BTreeMap<Platform, Url>,
    /// The platforms of the settings file.
    pub custom: BTreeMap<CustomName, CustomPlan>,
    /// What platforms know their asker by.
    pub credentials: Credentials,
    /// How long to wait for an upstream's whole answer.
    pub upstream_timeout: Duration,
    /// How long an answer serves, in the proxy's time.
    pub cache: Span,
    /// Which time the proxy runs on.
    pub time: TimeSource,
    /// Who may ask, under which names, and how much.
    pub network: Network,
}

/// Which time a proxy runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// The world's.
    World,
    /// The demo's own, kept over restarts.
    Demo(Rate),
    /// One given from outside.
    MadeUp(Anchors),
}

/// Settings that are each valid, but not together or not here.
#[derive(Debug, Error)]
pub enum SettingsError {
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
    #[error("cannot read {} (--custom, ALMANAC_CUSTOM): {reason}", path.display())]
    CustomFile {
        /// The file.
        path: PathBuf,
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
        "{0} (--upstream, ALMANAC_UPSTREAM) is not defined; expected a section [custom.{name}] in the file of --custom",
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

impl Settings {
    /// Checks the settings together.
    ///
    /// # Errors
    /// Names the settings that do not fit, and what would.
    pub fn new(args: Args) -> Result<Self, SettingsError> {
        if let Some(app) = args.app.as_ref().filter(|app| !app.join("index.html").is_file()) {
            return Err(SettingsError::NoApp(app.clone()));
        }
        let custom = custom_platforms(&args)?;
        let undefined = args.upstreams.iter().find(
            |platform| matches!(platform, Platform::Custom(name) if !custom.contains_key(name)),
        );
        if let Some(platform) = undefined {
            return Err(SettingsError::NoCustom(*platform));
        }
        let state_dir =
            args.state_dir.or_else(default_state_dir).ok_or(SettingsError::NoStateDir)?;
        let network = args.network.settle(args.listen.ip(), &state_dir)?;
        if !args.listen.ip().is_loopback() && network.token.is_none() {
            return Err(SettingsError::NoToken(args.listen));
        }
        let credentials =
            Credentials::read(args.credentials.as_deref(), |name| std::env::var(name).ok())?;
        args.upstreams.iter().try_for_each(|platform| credentials.suffice(*platform))?;
        Ok(Self {
            listen: args.listen,
            network,
            credentials,
            urls: args.urls.into_iter().collect(),
            custom,
            state_dir,
            shared: args.shared,
            upstreams: upstreams(&args.upstreams, args.quotas)?,
            time: time_source(args.clock, args.demo_speed, &args.upstreams)?,
            tiktok_url: args.tiktok_url,
            upstream_timeout: args.upstream_timeout,
            cache: Span::from_ms(i64::try_from(args.cache.as_millis()).unwrap_or(i64::MAX)),
            app: args.app,
        })
    }
}

/// A file with custom platforms and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomFile {
    #[serde(default)]
    custom: BTreeMap<String, CustomSettings>,
}

/// The settings file, as far as custom platforms go.
#[derive(Deserialize)]
struct WholeFile {
    custom: BTreeMap<String, CustomSettings>,
}

/// Those of the settings file and those of a file of their own.
fn custom_platforms(args: &Args) -> Result<BTreeMap<CustomName, CustomPlan>, SettingsError> {
    let mut all = BTreeMap::new();
    if let Some(path) = args.config.as_deref().filter(|_| args.custom_here) {
        all = custom(path, |text| toml::from_str::<WholeFile>(text).map(|file| file.custom))?;
    }
    if let Some(path) = &args.custom {
        let alone = |text: &str| toml::from_str::<CustomFile>(text).map(|file| file.custom);
        for (name, plan) in custom(path, alone)? {
            if all.insert(name, plan).is_some() {
                return Err(SettingsError::CustomTwice(name));
            }
        }
    }
    Ok(all)
}

fn custom(
    path: &Path,
    read: impl FnOnce(&str) -> Result<BTreeMap<String, CustomSettings>, toml::de::Error>,
) -> Result<BTreeMap<CustomName, CustomPlan>, SettingsError> {
    let unusable = |reason: String| SettingsError::CustomFile { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let sections = read(&text).map_err(|error| unusable(error.to_string()))?;
    sections
        .iter()
        .map(|(word, settings)| {
            let name =
                CustomName::new(word).ok_or_else(|| SettingsError::CustomName(word.clone()))?;
            CustomPlan::new(settings, |variable| std::env::var(variable).ok())
                .map(|plan| (name, plan))
                .map_err(|reason| SettingsError::Custom { name, reason })
        })
        .collect()
}

fn upstreams(
    served: &[Platform],
    given: Vec<(Platform, Quotas)>,
) -> Result<BTreeMap<Platform, Quotas>, SettingsError> {
    let mut quotas = BTreeMap::new();
    for (platform, of_platform) in given {
        let mut zones = of_platform.as_slice().iter().filter_map(|quota| quota.zone);
        if let Some(zone) = zones.find(|zone| !zones::exists(*zone)) {
            return Err(SettingsError::NoZone { platform, zone });
        }
        if !served.contains(&platform) {
            return Err(SettingsError::QuotaUnserved(platform));
        }
        if quotas.insert(platform, of_platform).is_some() {
            return Err(SettingsError::QuotaTwice(platform));
        }
    }
    for platform in served {
        if !quotas.contains_key(platform) {
            quotas.insert(*platform, usual_quotas(*platform).parse()?);
        }
    }
    Ok(quotas)
}

fn time_source(
    clock: Option<Anchors>,
    demo_speed: Rate,
    served: &[Platform],
) -> Result<TimeSource, SettingsError> {
    let (demo, real) =
        (served.contains(&Platform::Demo), served.iter().any(|p| *p != Platform::Demo));
    match clock {
        Some(anchors) => Ok(TimeSource::MadeUp(anchors)),
        None if !demo || demo_speed == Rate::WORLD => Ok(TimeSource::World),
        None if real => Err(SettingsError::DemoBesideReal(demo_speed)),
        None => Ok(TimeSource::Demo(demo_speed)),
    }
}

fn default_state_dir() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(base.join("almanac"))
}

/// An error message that names the environment variable; clap itself names the flag.
fn expected(variable: &str, what: impl std::fmt::Display) -> String {
    format!("{what} (environment variable {variable})")
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        expected(
            "ALMANAC_LISTEN",
            "expected an address and a port such as 127.0.0.1:8377 or [::1]:8377",
        )
    })
}

fn platform(text: &str) -> Result<Platform, String> {
    text.trim().parse().map_err(|error| expected("ALMANAC_UPSTREAM", error))
}

fn quota(text: &str) -> Result<(Platform, Quotas), String> {
    let fail = |error: &dyn std::fmt::Display| {
        expected(
            "ALMANAC_QUOTA",
            format_args!("{error}; expected for example tiktok=10/min,60/h,120/day"),
        )
    };
    let (platform, quotas) = text.split_once('=').ok_or_else(|| fail(&"no = in it"))?;
    let platform = platform.trim().parse().map_err(|error| fail(&error))?;
    Ok((platform, quotas.parse().map_err(|error| fail(&error))?))
}

fn elsewhere(text: &str) -> Result<(Platform, Url), String> {
    let fail = || expected("ALMANAC_URL", "expected for example chzzk=http://127.0.0.1:8080");
    let (platform, url) = text.split_once('=').ok_or_else(fail)?;
    let platform = platform.trim().parse().map_err(|error| expected("ALMANAC_URL", error))?;
    Ok((platform, server(url).ok_or_else(fail)?))
}

fn base_url(text: &str) -> Result<Url, String> {
    server(text).ok_or_else(|| {
        expected(
            "ALMANAC_TIKTOK_URL",
            "expected http:// or https:// and a host, such as https://www.tiktok.com",
        )
    })
}

/// A server's URL, and no more than that.
fn server(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

fn timeout(text: &str) -> Result<Duration, String> {
    duration(text).filter(|timeout| !timeout.is_zero()).ok_or_else(|| {
        expected("ALMANAC_UPSTREAM_TIMEOUT", "expected a time above zero such as 10s or 500ms")
    })
}

fn cache(text: &str) -> Result<Duration, String> {
    duration(text)
        .ok_or_else(|| expected("ALMANAC_CACHE", "expected a time such as 15s, 2min or 0s"))
}

fn demo_speed(text: &str) -> Result<Rate, String> {
    text.parse().map_err(|error| expected("ALMANAC_DEMO_SPEED", error))
}

fn clock(text: &str) -> Result<Anchors, String> {
    text.parse().map_err(|error| expected("ALMANAC_CLOCK", error))
}

/// A whole number and a unit, up to a day.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit_ms: u64 = match unit.trim() {
        "ms" => 1,
        "s" => 1000,
        "min" | "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let ms = number.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (ms <= 86_400_000).then(|| Duration::from_millis(ms))
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
