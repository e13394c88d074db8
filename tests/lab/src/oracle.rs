//! The bound: a policy that knows the trace.

use almanac_engine::policy::{Planned, Policy, Reason, Subject, Surroundings};
use almanac_fakes::Session;
use almanac_wire::{Quotas, Span, Timestamp};

use crate::numbers::{days, index};
use crate::population::Population;
use crate::upstream::index_of;

/// Two checks of an account are at least this far apart, as with any policy.
const SHORTEST: Span = Span::MINUTE;
/// Requests that a session takes: one when it has begun and one when it is over.
const REQUESTS: f64 = 2.0;

/// Checks every session it bothers with as soon as it has begun and as soon as it is over, and at
/// no other time: nobody covers as much with fewer requests, nor finds a start or an end sooner.
///
/// It bothers with the longest sessions of those that are measured, as many as the requests allow:
/// every session costs the same and counts the same for coverage, and these are live for longest.
#[derive(Clone, Debug)]
pub struct Oracle {
    /// For each account by its index, when to check, in order.
    moments: Vec<Vec<Timestamp>>,
}

impl Oracle {
    /// With so many requests for each day that is measured.
    #[must_use]
    pub fn new(population: &Population, requests_per_day: f64) -> Self {
        let period = population.period;
        let mut sessions: Vec<(usize, Session)> = Vec::new();
        for (account, own) in population.sessions.iter().enumerate() {
            let measured = own.iter().filter(|session| period.measures(session));
            sessions.extend(measured.map(|session| (account, *session)));
        }
        sessions.sort_by_key(|(_, session)| session.start - session.end);
        let affordable = requests_per_day * days(period.measured()) / REQUESTS;
        sessions.truncate(index(affordable));
        let mut moments = vec![Vec::new(); population.len()];
        for (account, session) in sessions {
            moments[account].extend([session.start, session.end]);
        }
        for moments in &mut moments {
            moments.sort_unstable();
        }
        Self { moments }
    }

    /// The requests a day that quotas give.
    #[must_use]
    pub fn given(quotas: &Quotas) -> f64 {
        let a_day =
            |quota: &almanac_wire::Quota| f64::from(quota.limit.get()) / days(quota.window());
        quotas.as_slice().iter().map(a_day).fold(f64::INFINITY, f64::min)
    }
}

impl Policy for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        _around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        let track = subject.track;
        let moments = self.moments.get(index_of(&track.account)?)?;
        let past = moments.partition_point(|at| track.asked_at.is_some_and(|asked| *at <= asked));
        let moment = *moments.get(past)?;
        let at = track.asked_at.map_or(moment, |asked_at| moment.max(asked_at + SHORTEST));
        let reason = if past % 2 == 0 { Reason::Plan } else { Reason::End };
        Some(Planned { at, reason })
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        around.quotas.even_gap()
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::policy::Past;
    use almanac_engine::track::Track;
    use almanac_wire::{Platform, Reveals};

    use super::*;
    use crate::compare::run_once;
    use crate::policies::{PolicyKind, Setting, Spec};
    use crate::population::Period;
    use crate::upstream::{Conditions, account_of};

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_s(1_780_000_000) + Span::HOUR * n
    }

    /// Two accounts over ten days, the last eight of them measured.
    fn population() -> Population {
        let on = |from, to| Session { start: hour(from), end: hour(to) };
        let sessions = vec![
            vec![on(5, 8), on(60, 61), on(100, 104), on(150, 152)],
            vec![on(100, 109), on(120, 123), on(239, 241)],
        ];
        let period = Period { from: hour(0), measured_from: hour(48), until: hour(240) };
        Population { names: vec!["mira".to_owned(), "noor".to_owned()], sessions, period }
    }

    fn figures(requests_per_day: f64) -> crate::Figures {
        let conditions = Conditions {
            reveals: Reveals::Start,
            batch: 1,
            budget: None,
            imported: Span::ZERO,
            prices: crate::prices::PriceWords::default(),
        };
        let spec = Spec { kind: PolicyKind::Oracle, setting: Setting::Knob(requests_per_day) };
        run_once(&population(), &conditions, &spec, false).unwrap()
    }

    #[test]
    fn two_requests_a_session_cover_all() {
        let found = figures(100.0);
        assert!((found.coverage - 100.0).abs() < 1e-9, "{found:?}");
        assert!((found.requests_per_day - 10.0 / 8.0).abs() < 1e-9, "{found:?}");
        let delay = found.delay_median_min.unwrap();
        assert!(delay < 0.01, "{delay}");
    }

    #[test]
    fn with_fewer_requests_the_longest_are_taken() {
        let found = figures(6.0 / 8.0);
        assert!((found.coverage - 60.0).abs() < 1e-9, "{found:?}");
        assert!((found.requests_per_day - 6.0 / 8.0).abs() < 1e-9, "{found:?}");
        let oracle = Oracle::new(&population(), 6.0 / 8.0);
        let ends: Vec<Timestamp> = oracle.moments.iter().flatten().copied().collect();
        assert_eq!(ends, [hour(100), hour(104), hour(100), hour(109), hour(120), hour(123)]);
    }

    #[test]
    fn even_the_oracle_waits_a_minute() {
        let mut population = population();
        population.sessions[0] = vec![
            Session { start: hour(60), end: hour(61) },
            Session { start: hour(61) + Span::SECOND * 20, end: hour(62) },
        ];
        let oracle = Oracle::new(&population, 100.0);
        let mut track = Track::new(account_of(0).unwrap(), hour(0));
        let quotas = "10/min".parse().unwrap();
        let mut next = |asked_at| {
            track.asked_at = asked_at;
            let subject = Subject { track: &track, past: &Past::default(), mind: None, arm: None };
            let around = Surroundings {
                platform: Platform::Tiktok,
                accounts: 2,
                batch: 1,
                quotas: &quotas,
                short: false,
            };
            oracle.next_check(subject, around, hour(0)).map(|planned| planned.at)
        };
        assert_eq!(next(None), Some(hour(60)));
        assert_eq!(next(Some(hour(60))), Some(hour(61)));
        assert_eq!(next(Some(hour(61))), Some(hour(61) + Span::MINUTE));
        assert_eq!(next(Some(hour(62))), None);
    }

    #[test]
    fn quotas_give_what_the_tightest_gives() {
        assert!((Oracle::given(&"10/min,60/h,120/day".parse().unwrap()) - 120.0).abs() < 1e-9);
    }
}
