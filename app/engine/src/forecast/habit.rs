//! On what share of such days an account goes live, by its latest days alone.
//!
//! Three opinions of the next day, weighed by how likely each held the days before (a mixture of
//! experts): all days count alike, late ones count more, or those of the same weekday count most.

/// What a day's probability is taken to be before any day is known, and what that is worth in days.
const AT_FIRST: f64 = 1.0 / 3.0;
const FIRST_DAYS: f64 = 1.0;
/// What the share of all days is worth to a weekday, in days.
const WEEKDAY_DAYS: f64 = 2.0;
/// What a day leaves of the weight of those before it where late ones count more: half in ten days.
const LATE: f64 = 0.933;
/// What a day leaves of the logarithms of the opinions' weights.
const MEMORY: f64 = 0.97;
/// No opinion is surer than this.
const SURE: f64 = 0.005;

/// The probability that an account goes live on a day, from whether it did on its latest days,
/// oldest first; the day is `ahead` days after the last of them, at least one.
#[must_use]
pub(crate) fn habit(days: impl Iterator<Item = bool>, ahead: usize) -> f64 {
    let mut habit = Habit::default();
    for live in days {
        habit.learn(live);
    }
    habit.say(habit.known + ahead.max(1) - 1)
}

/// Days on which an account went live, of days that count.
#[derive(Clone, Copy, Default)]
struct Share {
    live: f64,
    days: f64,
}

impl Share {
    /// Drawn to a prior that is worth so many days.
    fn of(self, prior: f64, worth: f64) -> f64 {
        (self.live + prior * worth) / (self.days + worth)
    }

    fn add(&mut self, live: f64, keep: f64) {
        *self = Self { live: self.live * keep + live, days: self.days * keep + 1.0 };
    }
}

#[derive(Default)]
struct Habit {
    known: usize,
    all: Share,
    late: Share,
    weekdays: [Share; 7],
    /// The logarithms of the opinions' weights, but for what is common to all.
    logs: [f64; 3],
}

impl Habit {
    fn opinions(&self, day: usize) -> [f64; 3] {
        let all = self.all.of(AT_FIRST, FIRST_DAYS);
        let opinions =
            [all, self.late.of(all, FIRST_DAYS), self.weekdays[day % 7].of(all, WEEKDAY_DAYS)];
        opinions.map(|opinion| opinion.clamp(SURE, 1.0 - SURE))
    }

    fn say(&self, day: usize) -> f64 {
        let most = self.logs.iter().copied().fold(f64::MIN, f64::max);
        let weights = self.logs.map(|log| (log - most).exp());
        let said = self.opinions(day).into_iter().zip(weights);
        said.map(|(opinion, weight)| opinion * weight).sum::<f64>() / weights.iter().sum::<f64>()
    }

    fn learn(&mut self, live: bool) {
        let opinions = self.opinions(self.known);
        for (log, opinion) in self.logs.iter_mut().zip(opinions) {
            *log = *log * MEMORY + if live { opinion } else { 1.0 - opinion }.ln();
        }
        let live = f64::from(u8::from(live));
        self.all.add(live, 1.0);
        self.late.add(live, LATE);
        self.weekdays[self.known % 7].add(live, 1.0);
        self.known += 1;
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn of_who_is_not_known_it_says_what_is_taken_at_first() {
        assert!((habit(std::iter::empty(), 1) - AT_FIRST).abs() < 1e-9);
    }

    #[test]
    fn who_has_weekdays_is_expected_on_them() {
        // Eight weeks of Mondays and Thursdays; the next day is a Monday.
        let days = || (0..56).map(|day| day % 7 == 0 || day % 7 == 3);
        let said: Vec<f64> = (1..=7).map(|ahead| habit(days(), ahead)).collect();
        assert!(said[0] > 0.8 && said[3] > 0.8, "{said:?}");
        assert!([1, 2, 4, 5, 6].iter().all(|day| said[*day] < 0.2), "{said:?}");
    }

    #[test]
    fn who_has_stopped_is_no_longer_expected() {
        // Eight weeks of every day, then three of none.
        let said = habit((0..77).map(|day| day < 56), 1);
        assert!(said < 0.3, "{said}, and 56 days of 77 were live");
    }

    #[test]
    fn without_a_pattern_it_is_about_the_share_of_days() {
        // No two days of three, in no order that a week would show.
        let days = (0..112_u32).map(|day| (day.wrapping_mul(2_654_435_761) >> 16) % 3 == 0);
        let share = days.clone().filter(|live| *live).count() as f64 / 112.0;
        let said = habit(days, 1);
        assert!((said - share).abs() < 0.12, "{said} of {share}");
    }
}
