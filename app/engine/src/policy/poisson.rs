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
//! - Rate and mean length are the posterior means of the sessions seen since the account was added,
//!   of 90 days at most, with a prior worth one session: one in two days, of two hours. Sessions
//!   that were missed are not made up for.
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
    /// Sessions a day.
    rate: f64,
    /// Their mean length.
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
        let days = PRIOR_DAYS + (now - from).days().max(0.0);
        Self { rate: sessions / days, length: Span::from_minutes(60.0 * hours / over) }
    }

    /// The interval at which one more request adds one by `worth` sessions.
    fn interval(self, worth: f64) -> Span {
        let length = self.length.max(SHORTEST).minutes();
        let price = 1.0 / (worth * self.rate * (length / Span::DAY.minutes()));
        let gain = |minutes: f64| {
            let u = minutes / length;
            1.0 - (1.0 + u) * (-u).exp()
        };
        let (mut low, mut high) = (SHORTEST.minutes(), LONGEST.minutes());
        if gain(high) <= price {
            return LONGEST;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if gain(middle) <= price { low = middle } else { high = middle }
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
    let a_day = |quota: &almanac_wire::Quota| f64::from(quota.limit.get()) / quota.window().days();
    let requests = around.quotas.as_slice().iter().map(a_day).fold(f64::INFINITY, f64::min);
    requests * f64::from(around.batch.max(1))
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

    const fn nature(rate: f64, hours: i64) -> Nature {
        Nature { rate, length: Span::from_ms(hours * Span::HOUR.ms()) }
    }

    /// Sessions a day seen at so many checks a day.
    fn seen(nature: Nature, checks: f64) -> f64 {
        let share = nature.length.days() * checks;
        nature.rate * share * (1.0 - (-1.0 / share).exp())
    }

    #[test]
    fn one_more_request_adds_its_price_everywhere() {
        for (nature, worth) in
            [(nature(1.0, 3), 50.0), (nature(0.2, 1), 400.0), (nature(3.0, 8), 9.0)]
        {
            let checks = 1.0 / nature.interval(worth).days();
            let gain = (seen(nature, checks + 1e-4) - seen(nature, checks - 1e-4)) / 2e-4;
            assert!((gain * worth - 1.0).abs() < 1e-3, "{nature:?}: {gain}");
        }
    }

    #[test]
    fn no_other_division_of_the_requests_covers_more() {
        let (often, rare) = (nature(2.0, 2), nature(0.3, 4));
        let checks = |nature: Nature| 1.0 / nature.interval(80.0).days();
        let (a, b) = (checks(often), checks(rare));
        let best = seen(often, a) + seen(rare, b);
        for moved in [-2.0, -0.5, -0.1, 0.1, 0.5, 2.0] {
            let other = seen(often, a + moved) + seen(rare, b - moved);
            assert!(other < best, "{moved}: {other} {best}");
        }
    }

    #[test]
    fn what_is_worth_nothing_waits_a_day_and_what_is_worth_all_a_minute() {
        assert_eq!(nature(0.5, 2).interval(1e-3), LONGEST);
        assert!(nature(0.5, 2).interval(1e12) <= SHORTEST + Span::SECOND);
    }

    #[test]
    fn the_prior_gives_way() {
        let mut scene = Scene::new(hour(0));
        assert_eq!(Nature::of(&scene.past, hour(0), hour(0)), nature(0.5, 2));
        for day in 0..60 {
            scene.session(hour(24 * day + 10), hour(24 * day + 16));
        }
        let learned = Nature::of(&scene.past, hour(0), hour(60 * 24));
        assert!((learned.rate - 1.0).abs() < 0.03 && (learned.length.hours() - 6.0).abs() < 0.1);
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
        let natures = [nature(2.0, 2), nature(0.3, 4), nature(1.0, 1), nature(0.05, 3)];
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
