//! `GET /metrics`: what an operator watches, in Prometheus' text format.
//!
//! Labels hold no handles and no addresses of clients: a page of metrics is read by many.

mod labels;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use almanac_wire::{Outcome, Platform};
use axum::extract::{MatchedPath, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::error::Error;
use crate::proxy::Proxy;
use labels::{Answered, Route, Told, word};

/// One label.
type One = [(&'static str, String); 1];
/// Two labels.
type Two = [(&'static str, String); 2];

/// Seconds: a cached answer, an upstream's, a slow upstream's, and its time-out.
const BUCKETS: [f64; 9] = [0.0005, 0.002, 0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0];

/// Everything counted since the start, and what is asked for when somebody looks.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, Durations>,
    connections: Gauge,
    results: Family<Told, Counter>,
    limits: Family<Two, Gauge>,
    remaining: Family<Two, Gauge>,
    countable: Family<One, Gauge>,
    snapshot_age: Gauge<f64, AtomicU64>,
}

#[derive(Clone)]
struct Durations;

impl MetricConstructor<Histogram> for Durations {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("almanac");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Which proxy this is", version);
        let requests = Family::default();
        registry.register("requests", "Requests answered, by route and status", requests.clone());
        let durations = Family::new_with_constructor(Durations);
        registry.register(
            "request_duration_seconds",
            "How long answers took, by route",
            durations.clone(),
        );
        let connections = Gauge::default();
        registry.register("connections", "Connections that are open", connections.clone());
        let results = Family::default();
        registry.register(
            "results",
            "Statuses told, by platform and outcome; those out of the cache too",
            results.clone(),
        );
        let limits = Family::default();
        registry.register("quota_limit", "Most requests in a window", limits.clone());
        let remaining = Family::default();
        registry.register(
            "quota_remaining",
            "Requests to a platform that a window has left",
            remaining.clone(),
        );
        let countable = Family::default();
        registry.register(
            "requests_countable",
            "1 while requests to a platform can be counted; while they cannot, nothing is asked",
            countable.clone(),
        );
        let snapshot_age = Gauge::default();
        registry.register(
            "snapshot_age_seconds",
            "How old the app's latest snapshot is; not a number without one",
            snapshot_age.clone(),
        );
        Self {
            registry,
            requests,
            durations,
            connections,
            results,
            limits,
            remaining,
            countable,
            snapshot_age,
        }
    }

    /// An answer went out.
    pub(crate) fn answered(
        &self,
        route: Option<MatchedPath>,
        status: StatusCode,
        lasted: Duration,
    ) {
        let route = Route(route);
        self.durations.get_or_create(&route).observe(lasted.as_secs_f64());
        self.requests.get_or_create(&Answered { route, status }).inc();
    }

    /// Somebody was told of an account.
    pub(crate) fn told(&self, platform: Platform, outcome: &Outcome) {
        self.results.get_or_create(&Told { platform, outcome: word(outcome) }).inc();
    }

    /// Counts the connections that are open.
    pub(crate) const fn connections(&self) -> &Gauge {
        &self.connections
    }

    fn write(&self, proxy: &Proxy) -> Result<String, std::fmt::Error> {
        for checks in proxy.checks() {
            let platform = checks.info().platform.to_string();
            let countable = self.countable.get_or_create(&[("platform", platform.clone())]);
            countable.set(checks.counts().into());
            for state in checks.budget() {
                let window = ("window_seconds", state.window_s.to_string());
                let labels = [("platform", platform.clone()), window];
                self.limits.get_or_create(&labels).set(state.limit.into());
                self.remaining.get_or_create(&labels).set(state.remaining.into());
            }
        }
        let now = proxy.clock().now();
        let age = proxy.shelf().held().map(|held| (now - held.snapshot.made_at()).ms());
        #[expect(clippy::cast_precision_loss, reason = "an age of 285,000 years fits exactly")]
        self.snapshot_age.set(age.map_or(f64::NAN, |ms| ms as f64 / 1000.0));
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// What an operator watches.
pub(crate) async fn metrics(State(proxy): State<Arc<Proxy>>) -> Result<Response, Error> {
    let text = proxy.metrics().write(&proxy);
    let text = text.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(([(CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response())
}
