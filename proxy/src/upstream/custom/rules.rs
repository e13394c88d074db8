//! A section `[custom.NAME]`, checked: what is asked, and what the answers mean.

use almanac_wire::Span;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use thiserror::Error;

use super::settings::{CustomSettings, HeaderSetting, Meaning, Scalar};
use super::template::{Template, TemplateError};

/// What the answers mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(super) live_at: String,
    pub(super) live: Live,
    pub(super) missing_is: Meaning,
    pub(super) ended_at: Option<String>,
    pub(super) must_have: Vec<String>,
    pub(super) status_404: Meaning,
    pub(super) start_at: Option<String>,
    /// How far the clock of a start without a zone is ahead of UTC.
    pub(super) start_zone: Span,
    pub(super) title_at: Option<String>,
    pub(super) viewers_at: Option<String>,
    pub(super) room_at: Option<String>,
    pub(super) tells_last: bool,
}

/// How a value tells that an account is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// By being there.
    Present,
    /// By being one of the first; one of the second means offline.
    Is(Vec<Scalar>, Vec<Scalar>),
}

/// Why a section cannot be used; the caller names the section.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CustomError {
    /// Where to ask.
    #[error("url: {0}")]
    Url(TemplateError),
    /// A pointer into the answer.
    #[error("{key}: “{found}” is no JSON pointer; expected for example /stream/title")]
    Pointer {
        /// The key at fault.
        key: &'static str,
        /// What it holds.
        found: String,
    },
    /// Two ways to tell at once.
    #[error("live_if_present stands for itself; leave out live_is, offline_is and missing_is")]
    PresentAndMore,
    /// What is not live may be anything.
    #[error(
        "offline_is is missing: when live_is is not true or false, other values may mean errors; \
         list those that mean offline"
    )]
    NoOffline,
    /// An empty list would never come true.
    #[error("{0}: an empty list never comes true")]
    EmptyList(&'static str),
    /// A value that means two things.
    #[error("live_is and offline_is share a value")]
    Overlap,
    /// A zone.
    #[error("start_zone: “{0}” is no zone; expected for example +09:00")]
    Zone(String),
    /// A header field's name.
    #[error("headers: “{0}” is no name for a header field that may be set here")]
    HeaderName(String),
    /// A header field's value. Never shown: it may be a secret.
    #[error("headers: the value of {0} has characters that no header field can have")]
    HeaderValue(String),
    /// A secret that is not there.
    #[error("headers: the environment variable {variable} for {header} is not set")]
    NoSecret {
        /// The header field.
        header: String,
        /// The variable.
        variable: String,
    },
}

impl Rules {
    /// Checks the part of a section that is about answers.
    pub(crate) fn new(settings: &CustomSettings) -> Result<Self, CustomError> {
        let must_have = settings
            .must_have
            .iter()
            .map(|at| pointer("must_have", at))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            live_at: pointer("live_at", &settings.live_at)?,
            live: live(settings)?,
            missing_is: settings.missing_is,
            ended_at: optional("ended_at", settings.ended_at.as_ref())?,
            must_have,
            status_404: settings.status_404,
            start_at: optional("start_at", settings.start_at.as_ref())?,
            start_zone: settings.start_zone.as_deref().map_or(Ok(Span::ZERO), zone)?,
            title_at: optional("title_at", settings.title_at.as_ref())?,
            viewers_at: optional("viewers_at", settings.viewers_at.as_ref())?,
            room_at: optional("room_at", settings.room_at.as_ref())?,
            tells_last: settings.tells_last,
        })
    }

    /// Whether answers tell when a broadcast began.
    pub(crate) const fn tells_start(&self) -> bool {
        self.start_at.is_some()
    }

    /// Whether answers tell of the last broadcast after its end.
    pub(crate) const fn tells_last(&self) -> bool {
        self.tells_last && self.start_at.is_some()
    }
}

/// Where to ask.
pub(crate) fn template(settings: &CustomSettings) -> Result<Template, CustomError> {
    Template::new(&settings.url).map_err(CustomError::Url)
}

/// The header fields to send; `environment` finds secrets.
pub(crate) fn headers(
    settings: &CustomSettings,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<HeaderMap, CustomError> {
    let mut headers = HeaderMap::new();
    for (name, setting) in &settings.headers {
        let field = HeaderName::try_from(name)
            .ok()
            .filter(|field| !OURS.contains(&field.as_str()))
            .ok_or_else(|| CustomError::HeaderName(name.clone()))?;
        let value = match setting {
            HeaderSetting::Plain(text) => HeaderValue::from_str(text),
            HeaderSetting::Secret(secret) => {
                let found = environment(&secret.env).filter(|found| !found.is_empty());
                let found = found.ok_or_else(|| CustomError::NoSecret {
                    header: name.clone(),
                    variable: secret.env.clone(),
                })?;
                HeaderValue::from_str(&format!("{}{found}", secret.prefix))
            }
        };
        let mut value = value.map_err(|_| CustomError::HeaderValue(name.clone()))?;
        value.set_sensitive(true);
        headers.insert(field, value);
    }
    Ok(headers)
}

/// Fields that follow from the connection and the request.
const OURS: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

fn live(settings: &CustomSettings) -> Result<Live, CustomError> {
    let (live_is, offline_is) = (settings.live_is.as_ref(), settings.offline_is.as_ref());
    if settings.live_if_present {
        let alone =
            live_is.is_none() && offline_is.is_none() && settings.missing_is == Meaning::Unknown;
        return if alone { Ok(Live::Present) } else { Err(CustomError::PresentAndMore) };
    }
    let live = live_is.map_or_else(|| vec![Scalar::Bool(true)], |list| list.as_slice().to_vec());
    let offline = match (offline_is, live.as_slice()) {
        (Some(list), _) => list.as_slice().to_vec(),
        (None, [Scalar::Bool(one)]) => vec![Scalar::Bool(!one)],
        (None, []) => return Err(CustomError::EmptyList("live_is")),
        // Where a missing value means offline, no other needs to.
        (None, _) if settings.missing_is == Meaning::Offline => return Ok(Live::Is(live, vec![])),
        (None, _) => return Err(CustomError::NoOffline),
    };
    if live.is_empty() {
        return Err(CustomError::EmptyList("live_is"));
    }
    if offline.is_empty() {
        return Err(CustomError::EmptyList("offline_is"));
    }
    if live.iter().any(|value| offline.contains(value)) {
        return Err(CustomError::Overlap);
    }
    Ok(Live::Is(live, offline))
}

fn optional(key: &'static str, at: Option<&String>) -> Result<Option<String>, CustomError> {
    at.map(|at| pointer(key, at)).transpose()
}

/// RFC 6901: empty, or a slash before each part; `~` only as `~0` and `~1`.
fn pointer(key: &'static str, at: &str) -> Result<String, CustomError> {
    let escaped = at.replace("~0", "").replace("~1", "");
    let legal = (at.is_empty() || at.starts_with('/')) && !escaped.contains('~');
    legal.then(|| at.to_owned()).ok_or_else(|| CustomError::Pointer { key, found: at.to_owned() })
}

/// `+09:00`, `-03:30` or `Z`.
fn zone(text: &str) -> Result<Span, CustomError> {
    let fail = || CustomError::Zone(text.to_owned());
    if text == "Z" {
        return Ok(Span::ZERO);
    }
    let (sign, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        (None, None) => return Err(fail()),
    };
    let (hours, minutes) = digits.split_once(':').ok_or_else(fail)?;
    let part = |part: &str, most: i64| {
        let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        two.then(|| part.parse::<i64>().ok()).flatten().filter(|n| *n <= most).ok_or_else(fail)
    };
    Ok((Span::HOUR * part(hours, 14)? + Span::MINUTE * part(minutes, 59)?) * sign)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
