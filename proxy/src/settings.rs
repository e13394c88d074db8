//! Settings: by flag, else by environment variable, else a default. Every error names the setting
//! and says what it expected.

mod custom;
mod errands;
mod error;
mod faults;
mod file;
mod network;
mod operations;
mod rehearsal;
mod served;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use almanac_wire::{CustomName, Platform, Quotas, Span};
use clap::Parser;
use reqwest::Url;

use errands::ErrandArgs;
pub use errands::{ErrandError, Said};
pub use error::SettingsError;
use faults::Faults;
pub use faults::SettingsFaults;
pub use file::{ArgsError, FileError, Place};
pub use network::Network;
use network::NetworkArgs;
use operations::LogArgs;
pub use operations::LogFormat;
use values::{base_url, cache, clock, demo_speed, elsewhere, listen, platform, quota, timeout};

use crate::clock::{Anchors, Rate};
use crate::state_settings::StateArgs;
use crate::upstream::{Credentials, CustomPlan};

/// Asks the platforms who is live, within their quotas, and serves the Almanac app.
#[derive(Clone, Debug, Parser)]
#[command(name = "almanac-proxy", version, after_long_help = include_str!("settings/after_help.txt"))]
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

    #[arg(help = served::platforms_help(), long = "upstream", env = "ALMANAC_UPSTREAM", value_name = "PLATFORM", value_delimiter = ',', default_value = "demo", value_parser = platform)]
    upstreams: Vec<Platform>,

    #[arg(help = served::quotas_help(), long = "quota", env = "ALMANAC_QUOTA", value_name = "PLATFORM=QUOTAS", value_delimiter = ';', value_parser = quota)]
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

    /// Where TikTok is [default: https://www.tiktok.com]
    #[arg(long, env = "ALMANAC_TIKTOK_URL", value_name = "URL", value_parser = base_url)]
    tiktok_url: Option<Url>,

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

impl Settings {
    /// Checks the settings together.
    ///
    /// # Errors
    /// Names all settings that do not fit, and what would.
    pub fn new(args: Args) -> Result<Self, SettingsFaults> {
        let mut faults = Faults::default();
        if let Some(app) = args.app.as_ref().filter(|app| !app.join("index.html").is_file()) {
            faults.add(SettingsError::NoApp(app.clone()));
        }
        let custom = custom::platforms(&args, &mut faults);
        if let Some(custom) = &custom {
            let defined = |platform: &Platform| {
                platform.custom_name().is_none_or(|name| custom.contains_key(&name))
            };
            for platform in args.upstreams.iter().filter(|platform| !defined(platform)) {
                faults.add(SettingsError::NoCustom(*platform));
            }
        }
        let state_dir = args.state_dir.or_else(default_state_dir);
        let state_dir = faults.keep(state_dir.ok_or(SettingsError::NoStateDir));
        let network = state_dir
            .as_deref()
            .and_then(|state_dir| faults.keep(args.network.settle(args.listen.ip(), state_dir)));
        let open = network.as_ref().is_some_and(|network| network.token.is_none());
        if open && !args.listen.ip().is_loopback() {
            faults.add(SettingsError::NoToken(args.listen));
        }
        let credentials =
            Credentials::read(args.credentials.as_deref(), |name| std::env::var(name).ok());
        let credentials = faults.keep(credentials);
        if let Some(credentials) = &credentials {
            for platform in &args.upstreams {
                faults.keep(credentials.suffice(*platform));
            }
        }
        let upstreams = served::quotas(&args.upstreams, args.quotas, &mut faults);
        let time = faults.keep(served::time(args.clock, args.demo_speed, &args.upstreams));
        let (Some(custom), Some(state_dir), Some(network), Some(credentials), Some(time), []) =
            (custom, state_dir, network, credentials, time, faults.as_slice())
        else {
            return Err(faults.into());
        };
        let tiktok = args.tiktok_url.into_iter().map(|url| (Platform::Tiktok, url));
        Ok(Self {
            listen: args.listen,
            network,
            credentials,
            urls: tiktok.chain(args.urls).collect(),
            custom,
            state_dir,
            shared: args.shared,
            upstreams,
            time,
            upstream_timeout: args.upstream_timeout,
            cache: Span::from_ms(i64::try_from(args.cache.as_millis()).unwrap_or(i64::MAX)),
            app: args.app,
        })
    }
}

fn default_state_dir() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(base.join("almanac"))
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
