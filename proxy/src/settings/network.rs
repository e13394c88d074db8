//! Settings of a proxy that others can reach: who may ask, under which names, and how much.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::uri::Authority;

use super::SettingsError;
use super::values::{duration, expected};
use crate::access::TokenHash;

/// On a network.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "On a network")]
pub(crate) struct NetworkArgs {
    /// File with the argon2 hash of the access token, as --hash-token prints it
    /// [default: token.hash in the state folder, where --new-token leaves it]
    #[arg(long, env = "ALMANAC_TOKEN_HASH_FILE", value_name = "FILE")]
    token_hash_file: Option<PathBuf>,

    /// Name under which people reach this proxy, beside localhost; may be repeated. Requests for
    /// other names are refused: a page elsewhere could point a name of its own at this machine
    #[arg(long = "host", env = "ALMANAC_HOST", value_name = "NAME", value_delimiter = ',', value_parser = host)]
    hosts: Vec<String>,

    /// Origin whose pages may read forecasts and statuses from here (CORS), such as
    /// https://dash.example.org; may be repeated [default: none]
    #[arg(long = "allow-origin", env = "ALMANAC_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    origins: Vec<HeaderValue>,

    /// Address of a reverse proxy in front of this one, whose X-Forwarded-For is believed; may be repeated
    #[arg(long = "behind", env = "ALMANAC_BEHIND", value_name = "ADDRESS", value_delimiter = ',', value_parser = address)]
    behind: Vec<IpAddr>,

    /// Requests that one client may make in a minute; 0 for any number. Clients on this machine
    /// are not counted
    #[arg(long, env = "ALMANAC_CLIENT_RATE", value_name = "NUMBER", default_value = "1200")]
    client_rate: u32,

    /// Connections that one client may hold; 0 for any number. Clients on this machine are not counted
    #[arg(long, env = "ALMANAC_CLIENT_CONNECTIONS", value_name = "NUMBER", default_value = "200")]
    client_connections: u32,

    /// Connections in all; more wait until one ends
    #[arg(long, env = "ALMANAC_CONNECTIONS", value_name = "NUMBER", default_value = "12000", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    connections: u32,

    /// How long a client has for the whole head of a request, and may be silent between two
    #[arg(long, env = "ALMANAC_HEADER_TIMEOUT", value_name = "TIME", default_value = "20s", value_parser = header_timeout)]
    header_timeout: Duration,

    /// How long a request may take in all, its body and all upstreams included
    #[arg(long, env = "ALMANAC_REQUEST_TIMEOUT", value_name = "TIME", default_value = "2min", value_parser = request_timeout)]
    request_timeout: Duration,

    /// How long a client may take to read what is ready for it, up to 64 kB at a time of a large file
    #[arg(long, env = "ALMANAC_ANSWER_TIMEOUT", value_name = "TIME", default_value = "1min", value_parser = answer_timeout)]
    answer_timeout: Duration,

    /// How long answers under way may take once the proxy is told to stop
    #[arg(long, env = "ALMANAC_STOP_TIMEOUT", value_name = "TIME", default_value = "15s", value_parser = stop_timeout)]
    stop_timeout: Duration,
}

/// Who may ask, under which names, and how much.
#[derive(Clone, Debug)]
pub struct Network {
    /// The hash of the access token; without one nobody is asked for it.
    pub token: Option<TokenHash>,
    /// Names that this proxy answers to beside those of this machine, in lower case.
    pub hosts: Vec<String>,
    /// Whether it answers to bare addresses: where it can be reached from elsewhere.
    pub any_address: bool,
    /// Origins that may read from here.
    pub origins: Vec<HeaderValue>,
    /// Reverse proxies that are believed.
    pub behind: Vec<IpAddr>,
    /// Requests of one client in a minute; 0 for any number.
    pub client_rate: u32,
    /// Connections of one client; 0 for any number.
    pub client_connections: u32,
    /// Connections in all.
    pub connections: u32,
    /// For the head of a request.
    pub header_timeout: Duration,
    /// For a whole request.
    pub request_timeout: Duration,
    /// For a client to take what is ready for it.
    pub answer_timeout: Duration,
    /// For the last answers.
    pub stop_timeout: Duration,
}

impl Default for Network {
    /// A proxy on this machine alone.
    fn default() -> Self {
        Self {
            token: None,
            hosts: Vec::new(),
            any_address: false,
            origins: Vec::new(),
            behind: Vec::new(),
            client_rate: 1200,
            client_connections: 200,
            connections: 12_000,
            header_timeout: Duration::from_secs(20),
            request_timeout: Duration::from_secs(120),
            answer_timeout: Duration::from_secs(60),
            stop_timeout: Duration::from_secs(15),
        }
    }
}

/// The file in the state folder that holds the hash of the token.
pub(crate) fn token_hash_in(state_dir: &Path) -> PathBuf {
    state_dir.join("token.hash")
}

impl NetworkArgs {
    /// Where a new token's hash goes.
    pub(crate) fn token_hash_path(&self, state_dir: &Path) -> PathBuf {
        self.token_hash_file.clone().unwrap_or_else(|| token_hash_in(state_dir))
    }

    pub(super) fn settle(self, listen: IpAddr, state_dir: &Path) -> Result<Network, SettingsError> {
        let kept = token_hash_in(state_dir);
        let token = match &self.token_hash_file {
            Some(file) => Some(TokenHash::read(file)?),
            None if kept.exists() => Some(TokenHash::read(&kept)?),
            None => None,
        };
        Ok(Network {
            token,
            hosts: self.hosts,
            any_address: !listen.is_loopback(),
            origins: self.origins,
            behind: self.behind.iter().map(IpAddr::to_canonical).collect(),
            client_rate: self.client_rate,
            client_connections: self.client_connections,
            connections: self.connections,
            header_timeout: self.header_timeout,
            request_timeout: self.request_timeout,
            answer_timeout: self.answer_timeout,
            stop_timeout: self.stop_timeout,
        })
    }
}

fn host(text: &str) -> Result<String, String> {
    // A name that is told to be whole by a dot at its end is the same name.
    let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let bare = |name: &str| {
        name.parse::<Authority>().is_ok_and(|authority| {
            authority.port().is_none() && authority.host() == name && !name.contains(['@', '*'])
        })
    };
    (!name.is_empty() && bare(&name)).then_some(name).ok_or_else(|| {
        expected(
            "ALMANAC_HOST",
            "expected one whole name (no *) without scheme and port, such as almanac.example.org",
        )
    })
}

fn origin(text: &str) -> Result<HeaderValue, String> {
    let fail = || {
        expected(
            "ALMANAC_ALLOW_ORIGIN",
            "expected a scheme and a host, such as https://dash.example.org; * would let any page read",
        )
    };
    let text = text.trim();
    let url: reqwest::Url = text.parse().map_err(|_| fail())?;
    let origin = url.origin().ascii_serialization();
    let is_origin = origin == text && matches!(url.scheme(), "http" | "https");
    is_origin.then(|| HeaderValue::from_str(text).ok()).flatten().ok_or_else(fail)
}

fn address(text: &str) -> Result<IpAddr, String> {
    text.trim()
        .parse()
        .map_err(|_| expected("ALMANAC_BEHIND", "expected an address such as 127.0.0.1 or ::1"))
}

fn header_timeout(text: &str) -> Result<Duration, String> {
    above_zero(text, "ALMANAC_HEADER_TIMEOUT")
}

fn request_timeout(text: &str) -> Result<Duration, String> {
    above_zero(text, "ALMANAC_REQUEST_TIMEOUT")
}

fn answer_timeout(text: &str) -> Result<Duration, String> {
    above_zero(text, "ALMANAC_ANSWER_TIMEOUT")
}

fn above_zero(text: &str, variable: &str) -> Result<Duration, String> {
    duration(text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| expected(variable, "expected a time above zero such as 20s or 2min"))
}

fn stop_timeout(text: &str) -> Result<Duration, String> {
    duration(text)
        .ok_or_else(|| expected("ALMANAC_STOP_TIMEOUT", "expected a time such as 15s or 0s"))
}
