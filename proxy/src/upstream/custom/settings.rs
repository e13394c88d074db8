//! A platform defined in the settings file: the section `[custom.NAME]`, as people write it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One section `[custom.NAME]`: where to ask, and what the answers mean.
///
/// Keys that end in `_at` are JSON pointers (RFC 6901) into the answer, such as `/stream/title`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomSettings {
    /// The URL to get, with `{account}` in its path or its query, never in its host.
    pub url: String,
    /// Header fields to send; secrets come from environment variables.
    #[serde(default)]
    pub headers: BTreeMap<String, HeaderSetting>,

    /// The value that tells whether the account is live.
    pub live_at: String,
    /// Values there that mean live. By default: `true`.
    #[serde(default)]
    pub live_is: Option<OneOrMany>,
    /// Anything there means live, and nothing there (missing, null, false, 0 or empty) means
    /// offline.
    #[serde(default)]
    pub live_if_present: bool,
    /// Values there that mean offline. By default the other of `true` and `false`, where `live_is`
    /// is one of them. Whatever is in neither list means that nothing was learned.
    #[serde(default)]
    pub offline_is: Option<OneOrMany>,
    /// What it means when there is no such value, or null.
    #[serde(default)]
    pub missing_is: Meaning,
    /// Holds something once the broadcast is over, whatever `live_at` says.
    #[serde(default)]
    pub ended_at: Option<String>,
    /// What an answer must have to mean anything at all.
    #[serde(default)]
    pub must_have: Vec<String>,
    /// What the status 404 means. By default: that there is no such account.
    #[serde(default = "no_account")]
    pub status_404: Meaning,

    /// When the broadcast began: RFC 3339, `2026-03-01 12:00:00` (see `start_zone`), or a number
    /// of seconds or milliseconds since the Unix epoch.
    #[serde(default)]
    pub start_at: Option<String>,
    /// How far the clock of a start without a zone is ahead of UTC: `+09:00`. By default UTC.
    #[serde(default)]
    pub start_zone: Option<String>,
    /// The broadcast's title.
    #[serde(default)]
    pub title_at: Option<String>,
    /// How many people watch.
    #[serde(default)]
    pub viewers_at: Option<String>,
    /// What names one broadcast and no other.
    #[serde(default)]
    pub room_at: Option<String>,
    /// The start and the title stay in the answer after the end.
    #[serde(default)]
    pub tells_last: bool,
}

/// A header field's value: as it is, or from the environment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text, or where a secret is: { env = \"VARIABLE\", prefix = \"Bearer \" }"
)]
pub enum HeaderSetting {
    /// As it is. No place for a secret.
    Plain(String),
    /// What an environment variable holds.
    Secret(SecretSetting),
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSetting {
    /// The environment variable's name.
    pub env: String,
    /// What stands before the secret, such as `Bearer `.
    #[serde(default)]
    pub prefix: String,
}

/// What the lack of a value means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Nothing was learned.
    #[default]
    Unknown,
    /// Certainly not on air.
    Offline,
    /// There is no such account.
    NotFound,
}

const fn no_account() -> Meaning {
    Meaning::NotFound
}

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected true, false, a whole number or a text, or a list of such")]
pub enum OneOrMany {
    /// One.
    One(Scalar),
    /// Any of these.
    Many(Vec<Scalar>),
}

/// A value that an answer's value is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected true, false, a whole number or a text")]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number; it equals its digits as text as well.
    Integer(i64),
    /// A text, letter for letter.
    Text(String),
}

impl OneOrMany {
    pub(crate) fn as_slice(&self) -> &[Scalar] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl Scalar {
    pub(crate) fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bool(a), Value::Bool(b)) => a == b,
            (Self::Integer(a), Value::Number(b)) => b.as_i64() == Some(*a),
            (Self::Integer(a), Value::String(b)) => *b == a.to_string(),
            (Self::Text(a), Value::String(b)) => a == b,
            _ => false,
        }
    }
}
