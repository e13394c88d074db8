//! When an account goes live next, and when it goes offline.

use almanac_wire::{Span, Timestamp};

use super::{Outlook, Standing};
use crate::learn::Class;

/// A stretch of time in which the next start comes with a probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
    /// The probability that the next start falls into it, `0.0..=1.0`.
    pub probability: f64,
}

/// Of all that may start within the time looked at, this share falls into the shown window.
const SHOWN: f64 = 0.5;

impl Outlook {
    /// The probability that the account is live at some moment between `now` and `by`, when it
    /// was last asked about at `asked_at`.
    #[must_use]
    pub fn live_within(&self, asked_at: Timestamp, now: Timestamp, by: Timestamp) -> f64 {
        let neither = (1.0 - self.live_at(asked_at, now)) * (-self.starts_within(now, by)).exp();
        1.0 - neither
    }

    /// The probability that a session starts between `now` and `by`, when the account was last
    /// asked about at `asked_at`. One that may be on already is no such start.
    #[must_use]
    pub fn next_start_by(&self, asked_at: Timestamp, now: Timestamp, by: Timestamp) -> f64 {
        self.next_starts(asked_at, now, by).iter().map(|part| part.probability).sum()
    }

    /// The same for `count` moments, the first `every` after `now` and each of the others as long
    /// after the one before: all of them for about the price of the last.
    #[must_use]
    pub fn next_start_by_each(
        &self,
        asked_at: Timestamp,
        now: Timestamp,
        every: Span,
        count: u32,
    ) -> Vec<f64> {
        let by = now + every * i64::from(count);
        let parts = self.next_starts(asked_at, now, by);
        let (mut sum, mut parts) = (0.0, parts.iter().peekable());
        let moments = (1..=i64::from(count)).map(|place| now + every * place);
        moments
            .map(|moment| {
                while let Some(part) = parts.next_if(|part| part.to <= moment) {
                    sum += part.probability;
                }
                let within = |part: &&Window| {
                    let width = (part.to - part.from).minutes().max(1e-9);
                    part.probability * ((moment - part.from).minutes() / width).clamp(0.0, 1.0)
                };
                sum + parts.peek().map_or(0.0, within)
            })
            .collect()
    }

    /// The shortest stretch that holds half of the probability of a start between `now` and
    /// `by`; `None` where nothing at all may start.
    #[must_use]
    pub fn next_window(
        &self,
        asked_at: Timestamp,
        now: Timestamp,
        by: Timestamp,
    ) -> Option<Window> {
        let parts = self.next_starts(asked_at, now, by);
        let wanted = SHOWN * parts.iter().map(|part| part.probability).sum::<f64>();
        let mut best: Option<Window> = None;
        let (mut first, mut sum) = (0, 0.0);
        for last in &parts {
            sum += last.probability;
            while let Some(front) = parts.get(first)
                && sum - front.probability >= wanted
            {
                sum -= front.probability;
                first += 1;
            }
            let Some(front) = parts.get(first) else { continue };
            let found = Window { from: front.from, to: last.to, probability: sum };
            let shorter = |best: &Window| found.to - found.from < best.to - best.from;
            if sum >= wanted && sum > 0.0 && best.as_ref().is_none_or(shorter) {
                best = Some(found);
            }
        }
        best
    }

    /// When the session that is on has ended with a probability, when it was last seen live at
    /// `asked_at`; `None` where the account is not live, or where that is more than a day after
    /// its start.
    #[must_use]
    pub fn end_by(&self, asked_at: Timestamp, probability: f64) -> Option<Timestamp> {
        let Standing::Live { start, class, .. } = self.standing else { return None };
        let left = self.share(class, asked_at - start) * (1.0 - probability.clamp(0.0, 1.0));
        let ages = std::iter::successors(Some(asked_at - start), |age| Some(*age + Span::MINUTE));
        ages.take_while(|age| *age <= Span::DAY)
            .find(|age| self.share(class, *age) <= left)
            .map(|age| start + age)
    }

    /// The probability that the next start after `now` falls into each step until `by`.
    fn next_starts(&self, asked_at: Timestamp, now: Timestamp, by: Timestamp) -> Vec<Window> {
        let (on, class, age) = self.on_air(asked_at, now);
        let before = self.share(class, age).max(1e-9);
        let mut none_yet = 1.0;
        self.parts(now, by)
            .map(|part| {
                let still = on * self.share(class, age + (part.middle - now)) / before;
                let starts = part.starts * (1.0 - still.clamp(0.0, 1.0));
                let probability = -none_yet * (-starts).exp_m1();
                none_yet -= probability;
                Window { from: part.from, to: part.to, probability }
            })
            .collect()
    }

    /// The probability that a session is on, with its class and likely age.
    pub(crate) fn on_air(&self, asked_at: Timestamp, now: Timestamp) -> (f64, Class, Span) {
        match self.standing {
            Standing::Live { start, class, .. } => {
                (self.live_at(asked_at, now), class, now - start)
            }
            Standing::Offline { .. } => {
                let (mut on, mut minutes) = (0.0, 0.0);
                for part in self.parts(asked_at, now) {
                    let age = now - part.middle;
                    let here = part.starts * self.share(part.class, age);
                    on += here;
                    minutes += here * age.minutes();
                }
                let age = if on > 0.0 { minutes / on } else { 0.0 };
                (self.live_at(asked_at, now), Class::Usual, Span::from_minutes(age))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::plan::samples::{ORIGIN, STEP, even, exponential};

    const OFFLINE: Standing = Standing::Offline { since: ORIGIN };

    fn outlook(starts: f64, standing: Standing) -> Outlook {
        Outlook::new(&even(300, starts), &exponential(Span::HOUR * 2), standing)
    }

    #[test]
    fn who_was_just_offline_starts_by_the_hazard_alone() {
        let outlook = outlook(0.01, OFFLINE);
        let by = ORIGIN + STEP * 100;
        let next = outlook.next_start_by(ORIGIN, ORIGIN, by);
        assert!((next - outlook.start_within(ORIGIN, by)).abs() < 1e-6);
        assert!((outlook.live_within(ORIGIN, ORIGIN, by) - next).abs() < 1e-6);
    }

    #[test]
    fn many_moments_at_once_say_what_each_says() {
        let outlook = outlook(0.02, OFFLINE);
        let now = ORIGIN + Span::MINUTE * 47;
        let all = outlook.next_start_by_each(ORIGIN, now, Span::MINUTE * 30, 40);
        for (place, found) in (1..).zip(all) {
            let one = outlook.next_start_by(ORIGIN, now, now + Span::MINUTE * 30 * place);
            assert!((found - one).abs() < 1e-4, "{place}: {found} for {one}");
        }
    }

    #[test]
    fn who_may_be_on_already_starts_less_likely_but_is_live_more_likely() {
        let outlook = outlook(0.02, OFFLINE);
        let now = ORIGIN + Span::HOUR * 3;
        let by = now + Span::HOUR;
        let fresh = outlook.start_within(now, by);
        assert!(outlook.next_start_by(ORIGIN, now, by) < 0.8 * fresh);
        assert!(outlook.live_within(ORIGIN, now, by) > 1.2 * fresh);
    }

    #[test]
    fn who_is_live_starts_again_only_after_the_end() {
        let class = Class::Usual;
        let standing = Standing::Live { start: ORIGIN, seen_at: ORIGIN, class };
        let live = outlook(0.02, standing).next_start_by(ORIGIN, ORIGIN, ORIGIN + Span::HOUR);
        let offline = outlook(0.02, OFFLINE).next_start_by(ORIGIN, ORIGIN, ORIGIN + Span::HOUR);
        assert!(live < 0.5 * offline, "{live} {offline}");
    }

    #[test]
    fn the_window_lies_where_starts_are_likely() {
        let mut ahead = even(288, 0.0001);
        for starts in &mut ahead.starts[120..132] {
            *starts = 0.1;
        }
        let outlook = Outlook::new(&ahead, &exponential(Span::HOUR * 2), OFFLINE);
        let by = ORIGIN + STEP * 288;
        let window = outlook.next_window(ORIGIN, ORIGIN, by).unwrap();
        let all = outlook.next_start_by(ORIGIN, ORIGIN, by);
        assert!(window.from >= ORIGIN + STEP * 120 && window.to <= ORIGIN + STEP * 132);
        assert!(window.probability >= 0.5 * all && window.probability < 0.7 * all, "{window:?}");
        assert_eq!(self::outlook(0.0, OFFLINE).next_window(ORIGIN, ORIGIN, by), None);
    }

    #[test]
    fn half_of_the_sessions_have_ended_by_the_half_life() {
        let class = Class::Usual;
        let start = ORIGIN - Span::HOUR;
        let live = outlook(0.01, Standing::Live { start, seen_at: ORIGIN, class });
        let end = live.end_by(ORIGIN, 0.5).unwrap();
        let half_life = Span::from_minutes(120.0 * std::f64::consts::LN_2);
        assert!(((end - ORIGIN).minutes() - half_life.minutes()).abs() < 3.0, "{end:?}");
        assert_eq!(outlook(0.01, OFFLINE).end_by(ORIGIN, 0.5), None);
    }
}
