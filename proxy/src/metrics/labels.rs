//! What is counted apart, without a copy of a text for each request.

use std::fmt;
use std::hash::{Hash, Hasher};

use almanac_wire::{Outcome, Platform, UnknownReason};
use axum::extract::MatchedPath;
use axum::http::StatusCode;
use prometheus_client::encoding::{EncodeLabel as _, EncodeLabelSet, LabelSetEncoder};

/// A route as it is written in the program; `None` for the app's files.
#[derive(Clone, Debug)]
pub(super) struct Route(pub(super) Option<MatchedPath>);

/// A route and the status of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Answered {
    pub(super) route: Route,
    pub(super) status: StatusCode,
}

/// A platform and what was said of an account there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Told {
    pub(super) platform: Platform,
    pub(super) outcome: &'static str,
}

impl Route {
    fn text(&self) -> &str {
        self.0.as_ref().map_or("app", MatchedPath::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl EncodeLabelSet for Route {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        ("route", self.text()).encode(encoder.encode_label())
    }
}

impl EncodeLabelSet for Answered {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        self.route.encode(encoder)?;
        ("status", self.status.as_str()).encode(encoder.encode_label())
    }
}

impl EncodeLabelSet for Told {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        ("platform", self.platform.word()).encode(encoder.encode_label())?;
        ("outcome", self.outcome).encode(encoder.encode_label())
    }
}

/// One word for an outcome.
pub(super) const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Live { .. } => "live",
        Outcome::Offline { .. } => "offline",
        Outcome::NotFound => "not_found",
        Outcome::Unknown { reason, .. } => match reason {
            UnknownReason::Blocked => "unknown_blocked",
            UnknownReason::RateLimited => "unknown_rate_limited",
            UnknownReason::Restricted => "unknown_restricted",
            UnknownReason::UpstreamFailed => "unknown_upstream_failed",
            UnknownReason::Timeout => "unknown_timeout",
            UnknownReason::Unreachable => "unknown_unreachable",
            UnknownReason::BadAnswer => "unknown_bad_answer",
            UnknownReason::OverBudget => "unknown_over_budget",
        },
    }
}
