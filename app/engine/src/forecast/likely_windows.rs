//! The stretches of the coming week in which starts are likely.

use almanac_wire::{Span, Timestamp};

use super::{Outlook, Window};
use crate::learn::Ahead;

/// The length of a step.
pub(crate) const STEP: Span = Span::from_ms(15 * Span::MINUTE.ms());
/// Steps in which starts are so many times as likely as on average belong to a window.
const LIKELY: f64 = 1.5;
/// Pauses shorter than this do not part two windows.
const PAUSE: usize = 4;
/// Of all that may start in a stretch, this share falls into its window.
const SHOWN: f64 = 0.8;
/// The steps of a day.
pub(crate) const DAY: usize = 96;

/// The starts expected in each step from now on: none in the past, and fewer while the session
/// that is on may last.
pub(crate) fn starts(
    ahead: &Ahead,
    outlook: &Outlook,
    asked_at: Timestamp,
    now: Timestamp,
) -> Vec<f64> {
    let (on, class, age) = outlook.on_air(asked_at, now);
    let before = outlook.share(class, age).max(1e-9);
    let mut begin = ahead.origin;
    let free = |starts: &f64| {
        let (from, to) = (begin.max(now), begin + ahead.step);
        let left = (to - from).minutes().max(0.0) / ahead.step.minutes();
        let middle = from + (to - from) / 2;
        let still = on * outlook.share(class, age + (middle - now)) / before;
        begin = to;
        starts * left * (1.0 - still.clamp(0.0, 1.0))
    };
    ahead.starts.iter().map(free).collect()
}

/// The windows in steps of [`STEP`] from `origin` on, in order. `correct` is what to make of the
/// probability of a start on a day, 0 for the first.
pub(crate) fn find(
    origin: Timestamp,
    starts: &[f64],
    correct: impl Fn(usize, f64) -> f64,
) -> Vec<Window> {
    let mean = starts.iter().sum::<f64>() / starts.len().max(1) as f64;
    let mut windows = Vec::new();
    for (first, end) in stretches(starts, LIKELY * mean) {
        let (first, end) = shortest(starts, first, end);
        let sum: f64 = starts.get(first..end).unwrap_or_default().iter().sum();
        let day = first - first % DAY;
        let of_day: f64 = starts.iter().skip(day).take(DAY).sum();
        let raw = at_least_one(of_day);
        // What corrects the day corrects its parts.
        let factor = if raw > 0.0 { correct(day / DAY, raw) / raw } else { 1.0 };
        windows.push(Window {
            from: moment(origin, first),
            to: moment(origin, end),
            probability: (at_least_one(sum) * factor).clamp(0.0, 1.0),
        });
    }
    windows
}

pub(crate) fn at_least_one(expected: f64) -> f64 {
    -(-expected).exp_m1()
}

fn moment(origin: Timestamp, step: usize) -> Timestamp {
    origin + STEP * i64::try_from(step).unwrap_or(0)
}

/// Runs of steps above a level, from the first to behind the last; short pauses bridged.
fn stretches(starts: &[f64], level: f64) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (place, starts) in starts.iter().enumerate() {
        if *starts > level {
            match found.last_mut() {
                Some((_, end)) if place - *end < PAUSE => *end = place + 1,
                Some(_) | None => found.push((place, place + 1)),
            }
        }
    }
    found
}

/// The shortest part of a stretch that holds its share of the starts.
fn shortest(starts: &[f64], first: usize, end: usize) -> (usize, usize) {
    let within = |from: usize, to: usize| starts.get(from..to).unwrap_or_default().iter().sum();
    let all: f64 = within(first, end);
    let wanted = SHOWN * all;
    let mut best = (first, end);
    let (mut from, mut sum) = (first, 0.0);
    for to in first..end {
        sum += within(to, to + 1);
        while sum - within(from, from + 1) >= wanted {
            sum -= within(from, from + 1);
            from += 1;
        }
        if sum >= wanted && to + 1 - from < best.1 - best.0 {
            best = (from, to + 1);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::forecast::Standing;
    use crate::learn::Class;
    use crate::plan::samples::{ORIGIN, even, exponential};

    /// A week with so many starts expected at these steps of every day, and hardly any elsewhere.
    fn week(busy: &[(usize, f64)]) -> Vec<f64> {
        let mut starts = vec![1e-4; 7 * DAY];
        for day in 0..7 {
            for (step, expected) in busy {
                starts[day * DAY + step] = *expected;
            }
        }
        starts
    }

    fn places(windows: &[Window]) -> Vec<(i64, i64)> {
        let step = |at: Timestamp| (at - ORIGIN).ms() / STEP.ms();
        windows.iter().map(|window| (step(window.from), step(window.to))).collect()
    }

    #[test]
    fn mornings_and_evenings_are_windows_of_their_own() {
        let starts = week(&[(32, 0.4), (33, 0.4), (78, 0.9), (79, 0.9), (80, 0.02)]);
        let windows = find(ORIGIN, &starts, |_, raw| raw);
        assert_eq!(places(&windows)[..4], [(32, 34), (78, 80), (128, 130), (174, 176)]);
        assert_eq!(windows.len(), 14);
        assert!((windows[0].probability - (1.0 - (-0.8_f64).exp())).abs() < 1e-9);
    }

    #[test]
    fn what_corrects_the_day_corrects_its_windows() {
        let starts = week(&[(32, 0.4), (78, 0.9)]);
        let raw = find(ORIGIN, &starts, |_, raw| raw);
        let halved = find(ORIGIN, &starts, |_, raw| raw / 2.0);
        for (raw, halved) in raw.iter().zip(&halved) {
            assert!((raw.probability / 2.0 - halved.probability).abs() < 1e-9);
        }
    }

    #[test]
    fn who_may_start_at_any_time_has_no_windows() {
        assert_eq!(find(ORIGIN, &[0.01; 7 * DAY], |_, raw| raw), []);
        assert_eq!(find(ORIGIN, &[0.0; 7 * DAY], |_, raw| raw), []);
        assert_eq!(find(ORIGIN, &[], |_, raw| raw), []);
    }

    #[test]
    fn short_pauses_part_nothing_and_long_ones_do() {
        let pause = |steps: usize| {
            let mut starts = vec![0.0; 7 * DAY];
            starts[10] = 0.5;
            starts[11 + steps] = 0.5;
            places(&find(ORIGIN, &starts, |_, raw| raw))
        };
        assert_eq!(pause(3), [(10, 15)]);
        assert_eq!(pause(4), [(10, 11), (15, 16)]);
    }

    #[test]
    fn nothing_starts_in_the_past_nor_while_a_session_is_on() {
        let mut ahead = even(8, 0.1);
        ahead.step = STEP;
        let offline = Standing::Offline { since: ORIGIN };
        let outlook = |standing| Outlook::new(&ahead, &exponential(Span::HOUR * 2), standing);
        let now = ORIGIN + Span::MINUTE * 20;
        let free = starts(&ahead, &outlook(offline), now, now);
        assert!(free[0].abs() < 1e-12, "{free:?}");
        assert!((free[1] - 0.1 * 10.0 / 15.0).abs() < 1e-9 && (free[2] - 0.1).abs() < 1e-9);
        let live = Standing::Live { start: ORIGIN, seen_at: now, class: Class::Usual };
        let held = starts(&ahead, &outlook(live), now, now);
        assert!(held[2] < 0.05 && held[2] < held[7], "{held:?}");
    }
}
