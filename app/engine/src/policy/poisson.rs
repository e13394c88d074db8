//! Rate-optimal crawling: every account has a constant rate of starts and sessions of exponential
//! length, and requests go where one more of them adds the most coverage.
//!
//! An account that starts `r` sessions a day of mean length `d` and is checked every `T` has
//! `r (d/T) (1 - exp(-T/d))` of them seen a day. One more request a day adds
//! `r d (1 - (1 + u) exp(-u))` sessions with `u = T/d`; where that equals the price of a request
//! for every account, no other division of the requests covers more. (The Lagrangian of Azar et
//! al., "Tractable near-optimal policies for crawling", PNAS 2018, with the objective of sessions
//! that end instead of pages that go stale; Cho and Garcia-Molina 2003 have the rates.)
//!
//! Readings chosen here:
//! - Rate and mean length are the posterior means of the sessions known since the account was added,
//!   of 90 days at most, with a prior worth one session: one in two days, of two hours.
//! - The time observed counts by the share of sessions that checks at the interval in question
//!   would see, as though it had always been in force (the censored rate of Cho and
//!   Garcia-Molina): without it, who is checked rarely seems to be live rarely and is checked more
//!   rarely still. That longer sessions are seen more often than short ones is not made up for.
//! - It knows the state: what is on air is asked about again after its mean length, which is what
//!   is left of it at any moment, and lengths go from the middle of a start to that of an end.
//! - Within a budget the price is the one at which all accounts together need what the tightest
//!   quota gives, worked out every six hours.
//! - Intervals lie between a minute and a day, where the monitor's longest gap lies as well.

use std::collections::BTreeMap;

use almanac_wire::{Platform, Span, Timestamp};

use super::{Past, Planned, Policy, Reason, Subject, Surroundings};

const SHORTEST: Span = Span::MINUTE;
const LONGEST: Span = Span::DAY;
/// The prior: sessions, the days in which they were, and the hours they lasted.
const PRIOR_SESSIONS: f64 = 1.0;
const PRIOR_DAYS: f64 = 2.0;
const PRIOR_HOURS: f64 = 2.0;
/// Of what the quotas give, this much is planned for: the rest takes what cannot be planned.
const PLANNED: f64 = 0.96;
/// How often the price is set where a budget decides it.
const REFRESH: Span = Span::from_ms(6 * Span::HOUR.ms());
/// What a session may be worth, in requests, where a budget decides it.
const WORTHS: (f64, f64) = (0.1, 1e6);
/// Halvings of a stretch that is searched: enough for a thousandth of a minute in a day.
const HALVINGS: u32 = 30;

/// Divides requests by rates.
#[derive(Clone, Debug, PartialEq)]
pub struct Poisson {
    /// What a session seen is worth, in requests: one by the price. `None` for what the budget
    /// allows.
    worth: Option<f64>,
    /// What follows from the budgets.
    affordable: BTreeMap<Platform, f64>,
}

/// An account as this policy sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Nature {
    /// Sessions known, with the prior's.
    sessions: f64,
    /// Days since it was added.
    days: f64,
    /// The mean length of its sessions.
    length: Span,
}

impl Nature {
    fn of(past: &Past, added_at: Timestamp, now: Timestamp) -> Self {
        let from = added_at.max(now - Past::KEPT);
        let (mut sessions, mut over, mut hours) = (PRIOR_SESSIONS, PRIOR_SESSIONS, PRIOR_HOURS);
        for session in past.since(from) {
            sessions += 1.0;
            if let Some(end) = session.end {
                let start = session.start.earliest() + session.start.width() / 2;
                over += 1.0;
                hours += (end.earliest() + end.width() / 2 - start).hours().max(0.0);
            }
        }
        let length = Span::from_minutes(60.0 * hours / over).max(SHORTEST);
        Self { sessions, days: (now - from).days().max(0.0), length }
    }

    /// Sessions a day, if it has been checked at intervals of so many mean lengths.
    fn rate(self, lengths: f64) -> f64 {
        let seen = (1.0 - (-lengths).exp()) / lengths;
        self.sessions / (PRIOR_DAYS + self.days * seen)
    }

    /// What one more request adds in sessions, at intervals of so many mean lengths; more the
    /// longer they are.
    fn gain(self, lengths: f64) -> f64 {
        let found = 1.0 - (1.0 + lengths) * (-lengths).exp();
        self.rate(lengths) * self.length.days() * found
    }

    /// The interval at which one more request adds one by `worth` sessions.
    fn interval(self, worth: f64) -> Span {
        let lengths = |minutes: f64| minutes / self.length.minutes();
        let price = 1.0 / worth;
        let (mut low, mut high) = (SHORTEST.minutes(), LONGEST.minutes());
        if self.gain(lengths(high)) <= price {
            return LONGEST;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.gain(lengths(middle)) <= price { low = middle } else { high = middle }
        }
        Span::from_minutes(f64::midpoint(low, high)).clamp(SHORTEST, LONGEST)
    }
}

impl Poisson {
    /// With a session worth so many requests; `None` for as many as the budget allows.
    #[must_use]
    pub const fn new(worth: Option<f64>) -> Self {
        Self { worth, affordable: BTreeMap::new() }
    }

    fn worth(&self, platform: Platform) -> f64 {
        let affordable = || self.affordable.get(&platform).copied().unwrap_or(WORTHS.0);
        self.worth.unwrap_or_else(affordable)
    }
}

/// Checks a day that the quotas give.
fn given(around: Surroundings<'_>) -> f64 {
    around.quotas.a_day() * f64::from(around.batch.max(1))
}

/// What a session may be worth so that all accounts together need as many checks a day.
fn affordable(natures: &[Nature], checks: f64) -> f64 {
    let needed = |worth: f64| -> f64 {
        natures.iter().map(|nature| 1.0 / nature.interval(worth).days()).sum()
    };
    let (mut low, mut high) = WORTHS;
    for _ in 0..HALVINGS {
        let middle = (low * high).sqrt();
        if needed(middle) <= checks { low = middle } else { high = middle }
    }
    low
}

impl Policy for Poisson {
    fn name(&self) -> &'static str {
        "poisson"
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        let track = subject.track;
        let Some(asked_at) = track.asked_at else {
            return Some(Planned { at: track.added_at, reason: Reason::First });
        };
        let nature = Nature::of(subject.past, track.added_at, asked_at);
        Some(if track.open().is_some() {
            let gap = nature.length.clamp(SHORTEST, LONGEST);
            Planned { at: asked_at + gap, reason: Reason::End }
        } else {
            let gap = nature.interval(self.worth(around.platform));
            Planned { at: asked_at + gap, reason: Reason::Interval }
        })
    }

    fn refresh(
        &mut self,
        roster: &mut dyn Iterator<Item = Subject<'_>>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if self.worth.is_some() {
            return None;
        }
        let nature = |subject: Subject<'_>| Nature::of(subject.past, subject.track.added_at, now);
        let natures: Vec<Nature> = roster.map(nature).collect();
        let worth = affordable(&natures, PLANNED * given(around));
        self.affordable.insert(around.platform, worth);
        Some(now + REFRESH)
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        around.quotas.even_gap()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::scenes::{Scene, hour};
    use super::*;

    /// Known for a thousand hours for having been seen so often.
    const fn nature(sessions: f64, hours: i64) -> Nature {
        let length = Span::from_ms(hours * Span::HOUR.ms());
        Nature { sessions, days: 1000.0 / 24.0, length }
    }

    /// Its rate as it is believed to be, and its checks a day.
    fn settled(nature: Nature, worth: f64) -> (f64, f64) {
        let interval = nature.interval(worth);
        (nature.rate(interval.days() / nature.length.days()), 1.0 / interval.days())
    }

    /// Sessions a day that so many checks a day see.
    fn seen(rate: f64, length: Span, checks: f64) -> f64 {
        let share = length.days() * checks;
        rate * share * (1.0 - (-1.0 / share).exp())
    }

    #[test]
    fn one_more_request_adds_its_price_everywhere() {
        for (nature, worth) in
            [(nature(40.0, 3), 50.0), (nature(8.0, 1), 400.0), (nature(120.0, 8), 9.0)]
        {
            let (rate, checks) = settled(nature, worth);
            let more = |checks| seen(rate, nature.length, checks);
            let gain = (more(checks + 1e-4) - more(checks - 1e-4)) / 2e-4;
            assert!((gain * worth - 1.0).abs() < 1e-3, "{nature:?}: {gain}");
        }
    }

    #[test]
    fn no_other_division_of_the_requests_covers_more() {
        let (often, rare) = (nature(80.0, 2), nature(12.0, 4));
        let ((often_rate, a), (rare_rate, b)) = (settled(often, 80.0), settled(rare, 80.0));
        let covered = |a, b| seen(often_rate, often.length, a) + seen(rare_rate, rare.length, b);
        for moved in [-2.0, -0.5, -0.1, 0.1, 0.5, 2.0] {
            assert!(covered(a + moved, b - moved) < covered(a, b), "{moved}");
        }
    }

    #[test]
    fn what_is_worth_nothing_waits_a_day_and_what_is_worth_all_a_minute() {
        assert_eq!(nature(20.0, 2).interval(1e-3), LONGEST);
        assert!(nature(20.0, 2).interval(1e12) <= SHORTEST + Span::SECOND);
    }

    #[test]
    fn what_was_missed_is_made_up_for() {
        let mut scene = Scene::new(hour(0));
        assert!((Nature::of(&scene.past, hour(0), hour(0)).rate(1.0) - 0.5).abs() < 1e-9);
        for day in 0..60 {
            scene.session(hour(24 * day + 10), hour(24 * day + 16));
        }
        let learned = Nature::of(&scene.past, hour(0), hour(60 * 24));
        assert!((learned.length.hours() - 6.0).abs() < 0.1);
        // Checked all the time it has been live once a day; checked every day, four times as often.
        assert!((learned.rate(1e-6) - 1.0).abs() < 0.03);
        assert!((learned.rate(4.0) - 4.0).abs() < 0.5, "{}", learned.rate(4.0));
    }

    #[test]
    fn what_is_on_air_is_asked_about_after_its_mean_length() {
        let mut scene = Scene::new(hour(0));
        scene.live(hour(5), hour(6));
        let planned = Planned { at: hour(8), reason: Reason::End };
        assert_eq!(scene.next(&Poisson::new(Some(9.0))), Some(planned));
    }

    #[test]
    fn a_budget_is_used_up_and_not_more() {
        let natures = [nature(80.0, 2), nature(12.0, 4), nature(40.0, 1), nature(2.0, 3)];
        let worth = affordable(&natures, 120.0);
        let checks: f64 = natures.iter().map(|nature| 1.0 / nature.interval(worth).days()).sum();
        assert!((119.0..=120.0).contains(&checks), "{checks}");
        let scene = Scene::new(hour(0));
        let mut policy = Poisson::new(None);
        let again = policy.refresh(&mut [scene.subject()].into_iter(), scene.around(), hour(0));
        assert_eq!(again, Some(hour(6)));
        assert!(policy.worth(Platform::Demo) > 1e5, "100 a minute for one account");
        assert_eq!(
            Poisson::new(Some(3.0)).refresh(&mut [].into_iter(), scene.around(), hour(0)),
            None
        );
    }
}
