//! A proxy put together from its settings, and all of its routes.

use std::collections::BTreeMap;
use std::sync::Arc;

use almanac_wire::{Platform, Quotas};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::Response;
use axum::routing::{any, get};
use thiserror::Error as ThisError;

use crate::access::reader_key::routes::{delete_reader_key, get_reader_key};
use crate::access::{Access, ReaderKeyError, guard};
use crate::api;
use crate::badge;
use crate::breaker::{Kept, Watch};
use crate::budget::{Budget, BudgetError};
use crate::calendar;
use crate::checks::{Checks, Manners};
use crate::clock::Clock;
use crate::demo_clock::DemoClock;
use crate::error::Error;
use crate::files::Files;
use crate::history;
use crate::metrics::{Metrics, metrics};
use crate::openapi;
use crate::replicas;
use crate::settings::{Network, Settings, TimeSource};
use crate::shared::{BEAT, Board, Memory, Redis, SharedLedger};
use crate::shield::{ClientRates, cors, shield};
use crate::snapshot::{Shelf, routes};
use crate::state_dir::{StateDir, StateDirError};
use crate::upstream::{ConnectError, Place, Upstream, adapter};

/// A proxy. Holds its state folder for as long as it lives.
pub struct Proxy {
    clock: Clock,
    checks: BTreeMap<Platform, Checks>,
    files: Option<Files>,
    shelf: Shelf,
    demo_clock: Option<DemoClock>,
    access: Option<Access>,
    network: Network,
    client_rates: Option<ClientRates>,
    metrics: Metrics,
    board: Option<Board>,
    _state_dir: StateDir,
}

/// Why a proxy cannot start.
#[derive(Debug, ThisError)]
pub enum OpenError {
    /// The state folder.
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    /// The key for readers.
    #[error(transparent)]
    ReaderKey(#[from] ReaderKeyError),
    /// A budget's journal.
    #[error("{0} (--state-dir, ALMANAC_STATE_DIR)")]
    Budget(#[from] BudgetError),
    /// A platform.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Proxy {
    /// Takes hold of the state folder and reads back the budgets.
    ///
    /// # Errors
    /// When the state folder cannot be used.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        let state_dir = StateDir::open(&settings.state_dir)?;
        let (clock, demo_clock) = match settings.time {
            TimeSource::World => (Clock::world(), None),
            TimeSource::MadeUp(anchors) => (Clock::made_up(anchors, anchors.name()), None),
            TimeSource::Demo(rate) => {
                let demo_clock = DemoClock::open(state_dir.demo_clock(), rate);
                (demo_clock.clock().clone(), Some(demo_clock))
            }
        };
        let patience = clock.stretch(settings.upstream_timeout * 2);
        let manners = Manners { cache: settings.cache, patience };
        let redis = settings.shared.state.clone().map(Redis::new);
        let mut checks = BTreeMap::new();
        for (platform, quotas) in &settings.upstreams {
            let upstream = connect(*platform, settings, &clock)?;
            let timeline = clock.timeline();
            let (budget, breaker) = match &redis {
                None => {
                    let journal = state_dir.journal(timeline, *platform);
                    let breaker = Kept::open(state_dir.breaker(timeline, *platform), clock.now());
                    (
                        Budget::open(journal, quotas.clone(), clock.clone())?,
                        Watch::Own(Box::new(breaker)),
                    )
                }
                Some(redis) => {
                    let of = timeline
                        .map_or_else(|| platform.to_string(), |line| format!("{platform}@{line}"));
                    let (redis, quotas, clock) = (redis.clone(), quotas.clone(), clock.clone());
                    let memory = Memory::new(redis.clone(), of.clone(), clock.clone());
                    let ledger =
                        SharedLedger::new(redis, &of, quotas.clone(), clock.clone(), patience);
                    (Budget::shared(ledger, quotas, clock), Watch::Shared(Box::new(memory)))
                }
            };
            let checks_of = Checks::new(upstream, budget, breaker, clock.clone(), &manners);
            checks.insert(*platform, checks_of);
        }
        let files = Files::find(settings.app.as_deref());
        let shelf = Shelf::open(state_dir.snapshot(clock.timeline()));
        let network = settings.network.clone();
        let access = match &network.token {
            Some(hash) => Some(Access::open(hash.clone(), state_dir.reader_key())?),
            None => None,
        };
        let client_rates = ClientRates::new(network.client_rate);
        Ok(Self {
            checks,
            files,
            shelf,
            demo_clock,
            access,
            network,
            client_rates,
            metrics: Metrics::new(),
            board: redis.map(|redis| Board::new(redis, clock.timeline())),
            clock,
            _state_dir: state_dir,
        })
    }

    /// The clock it runs on.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The platforms it serves, with their quotas.
    pub fn serves(&self) -> impl Iterator<Item = (Platform, Quotas)> + '_ {
        self.checks.iter().map(|(platform, checks)| (*platform, checks.info().quotas))
    }

    /// Does what has to be done while it runs; never returns.
    pub async fn run(&self) {
        tokio::join!(self.keep_clock(), self.beat());
    }

    async fn keep_clock(&self) {
        match &self.demo_clock {
            Some(demo_clock) => demo_clock.keep().await,
            None => std::future::pending().await,
        }
    }

    /// Shows other replicas that this one lives, and hears of them.
    async fn beat(&self) {
        if self.board.is_none() {
            return std::future::pending().await;
        }
        loop {
            for checks in self.checks() {
                checks.beat().await;
            }
            replicas::agree(self).await;
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Leaves everything ready for the next start.
    pub fn stop(&self) {
        if let Some(demo_clock) = &self.demo_clock {
            demo_clock.stop();
        }
    }

    /// What replicas show alike, where there are any.
    pub(crate) const fn board(&self) -> Option<&Board> {
        self.board.as_ref()
    }

    /// The latest snapshot of the app.
    pub(crate) const fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Whether the app is served, or the interfaces for programs alone.
    #[must_use]
    pub const fn serves_app(&self) -> bool {
        self.files.is_some()
    }

    /// Whether who asks has to have the access token.
    #[must_use]
    pub const fn asks_for_token(&self) -> bool {
        self.access.is_some()
    }

    /// The locks, where there is a token.
    pub(crate) const fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// Who may ask, under which names, and how much.
    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    /// What is counted.
    pub(crate) const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// How often one client may ask.
    pub(crate) const fn client_rates(&self) -> Option<&ClientRates> {
        self.client_rates.as_ref()
    }

    pub(crate) fn checks(&self) -> impl Iterator<Item = &Checks> {
        self.checks.values()
    }

    pub(crate) fn checks_of(&self, platform: Platform) -> Option<&Checks> {
        self.checks.get(&platform)
    }
}

fn connect(
    platform: Platform,
    settings: &Settings,
    clock: &Clock,
) -> Result<Box<dyn Upstream>, ConnectError> {
    (adapter(platform).connect)(&Place {
        platform,
        url: settings.urls.get(&platform),
        credentials: &settings.credentials,
        plan: platform.custom_name().and_then(|name| settings.custom.get(&name)),
        timeout: settings.upstream_timeout,
        clock: clock.clone(),
    })
}

/// Every route.
pub fn make_app(proxy: Arc<Proxy>) -> Router {
    let mut routes = Router::new()
        .route("/api/v1/status", get(api::status))
        .route("/api/v1/upstreams", get(api::upstreams))
        .route("/api/v1/openapi.json", get(openapi::openapi))
        .route("/api/v1/history", get(history::history))
        .route("/api/v1/snapshot", get(routes::get_snapshot).put(routes::put_snapshot))
        .route("/api/v1/reader-key", get(get_reader_key).delete(delete_reader_key))
        .route("/api/schedule-patterns", get(routes::schedule_patterns))
        .route("/api/predictions", get(routes::predictions))
        .route("/calendar.ics", get(calendar::calendar))
        .route("/badge/{platform}/{file}", get(badge::badge))
        .route("/api", any(api::not_found))
        .route("/api/{*rest}", any(api::not_found))
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "ok\n"))
        .fallback(file)
        .method_not_allowed_fallback(api::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&proxy), guard));
    let origins = &proxy.network().origins;
    if !origins.is_empty() {
        // Before the guard: a browser asks whether it may without the token.
        routes = routes.layer(cors(origins));
    }
    routes.layer(middleware::from_fn_with_state(Arc::clone(&proxy), shield)).with_state(proxy)
}

async fn file(State(proxy): State<Arc<Proxy>>, request: Request) -> Result<Response, Error> {
    match &proxy.files {
        Some(files) => files.serve(request).await,
        None => Err(Error::NoApp),
    }
}
