//! What the monitor shows of itself.

use almanac_wire::{AccountId, Platform, Span, Timestamp, UnknownReason, UpstreamInfo};

use super::Monitor;
use super::book::Entry;
use super::upstream::{Link, Upstream};
use crate::alerts::AlertRules;
use crate::forecast::{DayForecasts, Forecast, Outlook, Window};
use crate::settings::Settings;
use crate::track::{Known, TroubleKind};
use crate::view::{
    AlertsView, Bar, Matter, Overview, Row, Standing, TICKS_PAST, Tick, TroubleView, UpstreamView,
    suggestions,
};

/// A check overdue by less than this is merely late.
const GRACE: Span = Span::from_ms(5 * Span::MINUTE.ms());
/// Who was seen live is believed to be for this long at least,
const FRESH: Span = Span::HOUR;
/// and for this long where nothing is known of how long its broadcasts last.
const BELIEVED: Span = Span::from_ms(3 * Span::HOUR.ms());

/// Without requests for less than this is no trouble: the gauges show it.
const LONG_WITHOUT: Span = Span::HOUR;

/// How often an account is live is told of this much of the past.
const OFTEN: Span = Span::from_ms(28 * Span::DAY.ms());

impl Monitor {
    /// What is to be expected of an account; `None` where nothing is known of it yet, or where
    /// the policy does not learn.
    #[must_use]
    pub fn forecast(&self, account: &AccountId, now: Timestamp) -> Option<Forecast> {
        let (asked_at, outlook) = self.outlook(account)?;
        let tomorrow = now + Span::DAY;
        let raw = outlook.next_start_by(asked_at, now, tomorrow);
        let days = self.pools.days(account.platform());
        let forecast = self.entries.get(account)?.day_forecast(raw, now, 0);
        let starts_within_day = days.map_or(raw, |days| days.settle(forecast));
        // What corrects the day corrects its parts.
        let factor = if raw > 0.0 { starts_within_day / raw } else { 1.0 };
        let corrected = |window: Window| Window {
            probability: (window.probability * factor).min(1.0),
            ..window
        };
        Some(Forecast {
            live_now: outlook.live_at(asked_at, now),
            live_within_hour: outlook.live_within(asked_at, now, now + Span::HOUR),
            starts_within_day,
            window: outlook.next_window(asked_at, now, tomorrow).map(corrected),
            likely_end: outlook.end_by(asked_at, 0.5),
        })
    }

    /// The outlook of an account, and when it was last asked about.
    #[must_use]
    pub fn outlook(&self, account: &AccountId) -> Option<(Timestamp, &Outlook)> {
        let entry = self.entries.get(account)?;
        Some((entry.track.asked_at?, entry.mind.as_ref()?.outlook()?))
    }

    /// How a platform's forecasts of a day have held; `None` before the first.
    #[must_use]
    pub fn day_forecasts(&self, platform: Platform) -> Option<&DayForecasts> {
        self.pools.days(platform)
    }

    /// The settings in force.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What alerts are wanted.
    #[must_use]
    pub const fn alert_rules(&self) -> &AlertRules {
        &self.alerts.rules
    }

    /// Every account followed.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountId> {
        self.entries.keys()
    }

    /// One account as the Now screen shows it; `None` when it is not followed.
    #[must_use]
    pub fn row(&self, account: &AccountId) -> Option<Row> {
        let entry = self.entries.get(account)?;
        let from = self.now - TICKS_PAST;
        let next_check = self.plan_of(entry);
        let ticks = entry.days.iter().flat_map(crate::checks::CheckDay::iter);
        Some(Row {
            account: account.clone(),
            standing: self
                .doubt(entry)
                .or_else(|| self.outlived(entry))
                .unwrap_or_else(|| standing(entry, next_check)),
            next_check,
            unserved: self.lacks(account.platform()),
            why: entry.planned.map(|planned| self.why(account, planned)),
            expected: self.expected(account, entry),
            checked_at: entry.track.answered_at,
            bars: entry.sessions.iter().map(Bar::from).collect(),
            ticks: ticks
                .filter(|(at, _)| *at >= from)
                .map(|(at, verdict)| Tick { at, verdict })
                .collect(),
            tags: entry.track.wishes.tags.clone(),
            paused: entry.track.wishes.paused,
            recent: u16::try_from(entry.sessions_since(self.now - OFTEN)).unwrap_or(u16::MAX),
        })
    }

    /// What was known is known no more once a check is overdue because nobody answers.
    fn doubt(&self, entry: &Entry) -> Option<Standing> {
        let upstream = self.upstream(entry.track.account.platform());
        let failing = upstream.and_then(|upstream| upstream.failing.as_ref());
        let (reason, retry_at) = match (&self.link, failing) {
            (Link::Lost { greet_at, failing: Some(_), .. }, _) => {
                (UnknownReason::Unreachable, Some(*greet_at))
            }
            (Link::Lost { .. } | Link::Up, Some(failing)) => {
                (failing.reason, upstream.and_then(Upstream::not_before))
            }
            (Link::Lost { .. } | Link::Up, None) => return None,
        };
        let asked_at = entry.track.asked_at?;
        let due = entry.planned.map_or(asked_at + Span::HOUR, |planned| planned.at);
        (entry.track.trouble.is_none() && due + GRACE < self.now).then(|| Standing::Unknown {
            kind: Some(TroubleKind::Unknown(reason)),
            since: due,
            retry_at: self.plan_of(entry).or(retry_at),
            was_live: entry.track.open().is_some(),
        })
    }

    /// Who was seen live so long ago that the broadcast is by now more likely over than on: the
    /// app was closed, or its turn is yet to come.
    fn outlived(&self, entry: &Entry) -> Option<Standing> {
        let track = &entry.track;
        let asked_at = track.asked_at?;
        let usual = entry.mind.as_ref().and_then(|mind| mind.outlook()?.end_by(asked_at, 0.5));
        let over = usual.unwrap_or(asked_at + BELIEVED).max(asked_at + FRESH);
        let doubtful = track.open().is_some() && track.trouble.is_none() && over < self.now;
        doubtful.then_some(Standing::Unknown {
            kind: None,
            since: asked_at,
            retry_at: None,
            was_live: true,
        })
    }

    /// Everything that is not about one account.
    #[must_use]
    pub fn overview(&self) -> Overview {
        Overview {
            now: self.now,
            accounts: self.entries.len(),
            next_check: match self.link {
                // A request that is under way is the next check: it is due now.
                Link::Up if self.under_way() => Some(self.now),
                Link::Up => self.next_request(),
                Link::Lost { .. } => None,
            },
            upstreams: self.upstream_views(),
            troubles: self.troubles(),
            settings: self.settings.clone(),
            alerts: AlertsView {
                rules: self.alerts.rules.clone(),
                unseen: self.alerts.unseen(self.now).cloned().collect(),
            },
            trials: self.trials(),
            leaving: self.leaving.keys().cloned().collect(),
            leaving_records: self.leaving.values().any(Entry::has_records),
        }
    }

    /// What the proxy serves; `None` while it does not answer.
    #[must_use]
    pub fn served(&self) -> Option<Vec<UpstreamInfo>> {
        match self.link {
            Link::Up => Some(self.upstreams.iter().map(|one| one.greeting(self.now)).collect()),
            Link::Lost { .. } => None,
        }
    }

    fn under_way(&self) -> bool {
        self.upstreams.iter().any(|upstream| upstream.in_flight.is_some())
    }

    fn upstream_views(&self) -> Vec<UpstreamView> {
        let view = |upstream: &Upstream| UpstreamView {
            platform: upstream.info.platform,
            budget: upstream.budget(self.now),
            told: upstream.told,
            interval: self.policy.round(upstream.surroundings()),
            suggestions: suggestions(&upstream.info),
        };
        self.upstreams.iter().map(view).collect()
    }

    fn troubles(&self) -> Vec<TroubleView> {
        let mut troubles = Vec::new();
        if let Link::Lost { greet_at, failing: Some((failure, since, _)), .. } = self.link {
            let matter = Matter::Proxy(failure);
            troubles.push(TroubleView { matter, since, retry_at: Some(greet_at), detail: None });
        }
        for upstream in &self.upstreams {
            let platform = upstream.info.platform;
            if let Some(failing) = &upstream.failing {
                troubles.push(TroubleView {
                    matter: Matter::Upstream(platform, TroubleKind::Unknown(failing.reason)),
                    since: failing.since,
                    retry_at: upstream.not_before(),
                    detail: failing.detail.clone(),
                });
            }
            let followed = || self.entries.keys().any(|account| account.platform() == platform);
            let long = |until: &Timestamp| *until - self.now >= LONG_WITHOUT;
            if let Some(until) = upstream.broke_until.filter(long).filter(|_| followed()) {
                troubles.push(TroubleView {
                    matter: Matter::OverBudget(platform),
                    since: upstream.asked_at.unwrap_or(self.now),
                    retry_at: Some(until),
                    detail: None,
                });
            }
        }
        troubles.extend(self.not_served());
        troubles
    }

    /// Whether the proxy says that it does not serve a platform.
    fn lacks(&self, platform: Platform) -> bool {
        matches!(self.link, Link::Up) && self.upstream(platform).is_none()
    }

    fn not_served(&self) -> Vec<TroubleView> {
        let missing = |platform: &Platform| self.lacks(*platform);
        let since = |platform: Platform| -> Timestamp {
            let asked = self.entries.iter().filter(|(account, _)| account.platform() == platform);
            asked.filter_map(|(_, entry)| entry.track.asked_at).max().unwrap_or(self.now)
        };
        // Accounts are in order, those of a platform together.
        let mut platforms: Vec<Platform> = self.entries.keys().map(AccountId::platform).collect();
        platforms.dedup();
        platforms
            .into_iter()
            .filter(missing)
            .map(|platform| TroubleView {
                matter: Matter::NotServed(platform),
                since: since(platform),
                retry_at: None,
                detail: None,
            })
            .collect()
    }
}

fn standing(entry: &Entry, next_check: Option<Timestamp>) -> Standing {
    let track = &entry.track;
    let latest = track.latest_shown();
    if let Some(since) = track.missing_since() {
        return Standing::NotFound { since };
    }
    if let Some(trouble) = &track.trouble {
        return Standing::Unknown {
            kind: Some(trouble.kind),
            since: trouble.since,
            // What its own last answer said of that may have passed: others were answered since.
            retry_at: next_check.or(trouble.retry_at),
            was_live: track.open().is_some(),
        };
    }
    match track.known {
        None => Standing::New,
        Some(Known::Live { viewers, at }) => Standing::Live {
            start: latest.map_or(crate::session::Interval::exact(at), |session| session.start),
            title: latest.and_then(|session| session.title.clone()),
            viewers,
        },
        Some(Known::Offline { .. }) => {
            let last = entry.last_known();
            Standing::Offline {
                last_start: last.map(|known| known.start),
                last_end: last.and_then(|known| known.end),
            }
        }
    }
}
