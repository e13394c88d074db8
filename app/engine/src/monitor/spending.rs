//! A day's budget lasts the day: how fast requests may go out so that nobody is left unasked for
//! hours because all was spent before.
//!
//! Plans are made account by account and follow a budget by and by. Until they do, and whenever
//! many accounts fall due together, a day's requests would be gone within the hour.

use almanac_wire::{Quota, QuotaState, Quotas, Span, Timestamp};

use crate::checks::CheckDay;

/// Hours that are remembered, this one included: those of a sliding day.
const HOURS: usize = 25;
/// Requests go out at most so many times as fast as could be kept up for any time to come: good
/// hours may take three times their even part.
const FASTER: f64 = 3.0;

/// The requests of the last day, by the hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spending {
    /// The hours since 1970 of the first of these.
    hour: i64,
    /// Requests of that hour and of those before, the latest first.
    spent: [u32; HOURS],
}

impl Spending {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { hour: hour_of(now), spent: [0; HOURS] }
    }

    /// As the record of checks tells of it, where a request asks about so many accounts at most.
    pub(super) fn recorded<'a>(
        days: impl Iterator<Item = &'a CheckDay>,
        batch: u32,
        now: Timestamp,
    ) -> Self {
        let mut spending = Self::new(now);
        for (at, _) in days.flat_map(CheckDay::iter) {
            spending.note(at);
        }
        let requests = |checks: &mut u32| *checks = checks.div_ceil(batch.max(1));
        spending.spent.iter_mut().for_each(requests);
        spending
    }

    /// A request went out.
    pub(super) fn note(&mut self, at: Timestamp) {
        let later = hour_of(at) - self.hour;
        if let Ok(later @ 1..) = usize::try_from(later) {
            self.spent.rotate_right(later.min(HOURS));
            self.spent.iter_mut().take(later).for_each(|spent| *spent = 0);
            self.hour += i64::try_from(later).unwrap_or(0);
        }
        let place = usize::try_from(self.hour - hour_of(at)).ok();
        if let Some(spent) = place.and_then(|place| self.spent.get_mut(place)) {
            *spent += 1;
        }
    }

    /// The least time between two requests at which the quotas longer than an hour, `given` to
    /// these checks out of what the upstream allows in all (`budget`), last.
    pub(super) fn pace(&self, given: &Quotas, budget: &[QuotaState], now: Timestamp) -> Span {
        let long = |quota: &&Quota| Span::HOUR < quota.window() && quota.window() <= Span::DAY;
        let long = given.as_slice().iter().filter(long);
        let paces = long.map(|quota| {
            let same =
                |one: &&QuotaState| one.window_s == quota.window_s.get() && one.zone == quota.zone;
            let whole = budget.iter().find(same).copied();
            let whole = whole.unwrap_or_else(|| QuotaState::whole(quota));
            match quota.zone {
                Some(_) => until_midnight(whole),
                None => self.sliding(*quota, whole, now),
            }
        });
        paces.max().unwrap_or(Span::ZERO)
    }

    /// Of a window that slides: what is left now and what comes back within each of its hours.
    fn sliding(&self, quota: Quota, whole: QuotaState, now: Timestamp) -> Span {
        let passed = usize::try_from(hour_of(now) - self.hour).unwrap_or(0);
        let ago = |hours: usize| {
            let place = hours.checked_sub(passed);
            place.and_then(|place| self.spent.get(place)).map_or(0.0, |spent| f64::from(*spent))
        };
        let window = usize::try_from(quota.window().ms() / Span::HOUR.ms()).unwrap_or(HOURS - 1);
        let own: f64 = (0..window).map(ago).sum();
        let others = (f64::from(whole.limit) - f64::from(whole.remaining) - own).max(0.0);
        let mut back = 0.0;
        let mut pace = 0.0_f64;
        for hours in 1..=window {
            back += ago(window - hours);
            let of_all = f64::from(whole.remaining) + others * hours as f64 / window as f64;
            let given = (f64::from(quota.limit.get()) - own).max(0.0);
            let left = of_all.min(given) + back;
            pace = pace.max(lasting(left, hours as f64));
        }
        Span::from_minutes(pace * 60.0)
    }
}

/// Hours between requests where so many have to last so many hours; none are made where none is
/// left.
fn lasting(requests: f64, hours: f64) -> f64 {
    if requests >= 1.0 { hours / (FASTER * requests) } else { hours }
}

/// Of a window that a zone's midnight begins anew.
fn until_midnight(whole: QuotaState) -> Span {
    let hours = Span::from_s(i64::from(whole.reset_s)).hours();
    Span::from_minutes(lasting(f64::from(whole.remaining), hours) * 60.0)
}

/// Whole hours since 1970.
const fn hour_of(at: Timestamp) -> i64 {
    at.ms().div_euclid(Span::HOUR.ms())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_s(1_780_000_000 / 3600 * 3600) + Span::HOUR * n
    }

    fn given() -> Quotas {
        "10/min,60/h,120/day".parse().unwrap()
    }

    fn left(remaining: u32) -> Vec<QuotaState> {
        let whole: Vec<_> = given().as_slice().iter().map(QuotaState::whole).collect();
        let day = whole.last().map(|day| QuotaState { remaining, ..*day });
        whole.into_iter().take(2).chain(day).collect()
    }

    /// So many requests each hour, from `hour(0)` on.
    fn spent(each: &[u32]) -> Spending {
        let mut spending = Spending::new(hour(0));
        for (n, requests) in (0..).zip(each) {
            (0..*requests).for_each(|_| spending.note(hour(n)));
        }
        spending
    }

    #[test]
    fn a_whole_day_may_be_spent_three_times_as_fast_as_evenly() {
        let pace = Spending::new(hour(0)).pace(&given(), &left(120), hour(0));
        assert_eq!(pace, Span::MINUTE * 4);
    }

    #[test]
    fn what_is_spent_at_once_leaves_the_rest_for_the_day() {
        let pace = spent(&[60]).pace(&given(), &left(60), hour(1));
        assert!((Span::MINUTE * 7..Span::MINUTE * 9).contains(&pace), "{pace:?}");
        let late = spent(&[60]).pace(&given(), &left(60), hour(22));
        assert!(late < Span::MINUTE * 5, "half comes back soon: {late:?}");
    }

    #[test]
    fn what_comes_back_in_time_may_be_spent() {
        // As yesterday: all in eight hours of the evening.
        let evening: Vec<u32> = (0..24).map(|n| if n >= 16 { 15 } else { 0 }).collect();
        let pace = spent(&evening).pace(&given(), &left(0), hour(40));
        assert!(pace <= Span::MINUTE * 4, "{pace:?}");
    }

    #[test]
    fn where_nothing_is_left_nothing_is_asked_and_short_windows_have_no_pace() {
        let spent_all = spent(&[120]).pace(&given(), &left(0), hour(1));
        assert!((Span::HOUR * 22..=Span::HOUR * 24).contains(&spent_all), "{spent_all:?}");
        let hourly: Quotas = "60/h".parse().unwrap();
        assert_eq!(spent(&[9]).pace(&hourly, &left(100), hour(1)), Span::ZERO);
    }

    #[test]
    fn a_share_is_paced_by_itself_and_others_requests_come_back_too() {
        let half = given().share(50);
        let alone = Spending::new(hour(0)).pace(&half, &left(120), hour(0));
        assert_eq!(alone, Span::MINUTE * 8);
        let shared = Spending::new(hour(0)).pace(&given(), &left(20), hour(0));
        assert_eq!(shared, Span::MINUTE * 4, "theirs come back evenly, as far as can be told");
    }

    #[test]
    fn of_a_zones_day_what_is_left_lasts_until_midnight() {
        let quotas: Quotas = "240/day@America/Los_Angeles".parse().unwrap();
        let whole = quotas.as_slice().first().map(QuotaState::whole).unwrap();
        let state = [QuotaState { remaining: 40, reset_s: 10 * 3600, ..whole }];
        let pace = Spending::new(hour(0)).pace(&quotas, &state, hour(0));
        assert_eq!(pace, Span::MINUTE * 5);
    }

    #[test]
    fn hours_pass_also_where_nothing_is_asked() {
        let mut spending = spent(&[7, 0, 5]);
        spending.note(hour(3));
        assert_eq!(spending.spent[..4], [1, 5, 0, 7]);
        spending.note(hour(1));
        assert_eq!(spending.spent[..4], [1, 5, 1, 7]);
        spending.note(hour(400));
        assert_eq!(spending.spent.iter().sum::<u32>(), 1);
    }
}
