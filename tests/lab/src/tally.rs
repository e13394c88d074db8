//! What a run's checks found, kept small: two times a session, a few numbers an account.

use almanac_wire::{Reveals, Span, Timestamp};

use crate::drive::Watch;
use crate::population::{Period, Population};
use crate::upstream::Showed;

/// When a session was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first answer that showed it live.
    pub live_at: Option<Timestamp>,
    /// The first answer after that which showed it over.
    pub over_at: Option<Timestamp>,
}

/// What the checks of one account found.
#[derive(Clone, Debug)]
pub struct AccountTally {
    /// In the order of the trace's sessions.
    pub found: Vec<Found>,
    /// Answers in the measured period.
    pub checks: usize,
    /// The longest time between two answers that touches the measured period.
    pub longest_gap: Span,
    answered_at: Timestamp,
    /// Sessions seen live and not yet shown over.
    open: Vec<usize>,
}

/// What a run's checks found.
#[derive(Clone, Debug)]
pub struct Tally {
    /// By the index of the account.
    pub accounts: Vec<AccountTally>,
    /// Requests in the measured period.
    pub requests: usize,
    /// Requests that the proxy refused in the measured period.
    pub refused: usize,
    /// Most requests in an hour of the clock.
    pub peak_hour: usize,
    hour: (i64, usize),
    period: Period,
    reveals: Reveals,
}

impl Tally {
    /// Nothing found yet.
    #[must_use]
    pub fn new(population: &Population, reveals: Reveals) -> Self {
        let account = |sessions: &Vec<_>| AccountTally {
            found: vec![Found::default(); sessions.len()],
            checks: 0,
            longest_gap: Span::ZERO,
            answered_at: population.period.from,
            open: Vec::new(),
        };
        Self {
            accounts: population.sessions.iter().map(account).collect(),
            requests: 0,
            refused: 0,
            peak_hour: 0,
            hour: (i64::MIN, 0),
            period: population.period,
            reveals,
        }
    }

    /// Counts the gaps that the end of the run cut off.
    pub fn finish(&mut self) {
        for account in &mut self.accounts {
            account.longest_gap = account.longest_gap.max(self.period.until - account.answered_at);
        }
    }
}

impl Watch for Tally {
    fn sent(&mut self, at: Timestamp) {
        if at < self.period.measured_from {
            return;
        }
        self.requests += 1;
        let hour = at.ms().div_euclid(Span::HOUR.ms());
        let count = if self.hour.0 == hour { self.hour.1 + 1 } else { 1 };
        self.hour = (hour, count);
        self.peak_hour = self.peak_hour.max(count);
    }

    fn refused(&mut self, at: Timestamp) {
        self.refused += usize::from(at >= self.period.measured_from);
    }

    fn answered(&mut self, account: usize, at: Timestamp, showed: Showed) {
        let Some(account) = self.accounts.get_mut(account) else { return };
        if at >= self.period.measured_from {
            account.checks += 1;
            account.longest_gap = account.longest_gap.max(at - account.answered_at);
        }
        account.answered_at = at;
        // Where broadcasts carry no mark, a later one does not show that an earlier one is over.
        let telling = match showed {
            Showed::Offline => true,
            Showed::Live(_) => self.reveals != Reveals::Nothing,
        };
        if telling {
            let found = &mut account.found;
            account.open.retain(|&index| {
                let goes_on = showed == Showed::Live(index);
                if !goes_on {
                    found[index].over_at = Some(at);
                }
                goes_on
            });
        }
        if let Showed::Live(index) = showed
            && let Some(found) = account.found.get_mut(index)
            && found.live_at.is_none()
        {
            found.live_at = Some(at);
            account.open.push(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use almanac_fakes::Session;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_s(minute * 60)
    }

    /// One account with three sessions; a day of run, measured from minute 600.
    fn tally(reveals: Reveals) -> Tally {
        let session = |from, to| Session { start: at(from), end: at(to) };
        let population = Population {
            names: vec!["mira".to_owned()],
            sessions: vec![vec![session(700, 710), session(715, 800), session(900, 930)]],
            period: Period { from: at(0), measured_from: at(600), until: at(1440) },
        };
        Tally::new(&population, reveals)
    }

    #[test]
    fn a_later_broadcast_shows_that_one_is_over_only_where_it_can_be_told_apart() {
        let answers = [
            (705, Showed::Live(0)),
            (709, Showed::Live(0)),
            (720, Showed::Live(1)),
            (780, Showed::Live(1)),
            (820, Showed::Offline),
            (950, Showed::Offline),
        ];
        let found = |reveals| {
            let mut tally = tally(reveals);
            for (minute, showed) in answers {
                tally.answered(0, at(minute), showed);
            }
            tally.accounts.remove(0).found
        };
        let of = |live, over| Found { live_at: Some(at(live)), over_at: Some(at(over)) };
        assert_eq!(found(Reveals::Start), [of(705, 720), of(720, 820), Found::default()]);
        assert_eq!(found(Reveals::Last), found(Reveals::Start));
        assert_eq!(found(Reveals::Nothing), [of(705, 820), of(720, 820), Found::default()]);
    }

    #[test]
    fn gaps_count_that_touch_the_measured_time() {
        let gap = |minutes: &[i64]| {
            let mut tally = tally(Reveals::Start);
            minutes.iter().for_each(|minute| tally.answered(0, at(*minute), Showed::Offline));
            tally.finish();
            tally.accounts[0].longest_gap.ms() / Span::MINUTE.ms()
        };
        assert_eq!(gap(&[]), 1440, "nobody asked");
        assert_eq!(gap(&[300, 500, 700, 1100, 1200]), 400);
        assert_eq!(gap(&[200, 700, 1100, 1300]), 500, "it began in the warm-up");
        assert_eq!(gap(&[700, 1000]), 700, "the first one has its wait behind it");
        assert_eq!(gap(&[500, 600, 800, 900]), 540, "the end of the run cuts one off");
    }

    #[test]
    fn requests_count_after_the_warm_up_and_by_hours_of_the_clock() {
        let mut tally = tally(Reveals::Start);
        for minute in [1, 2, 3, 4, 599, 600, 658, 659, 660, 661, 720] {
            tally.sent(at(minute));
        }
        tally.refused(at(599));
        tally.refused(at(601));
        assert_eq!((tally.requests, tally.peak_hour, tally.refused), (6, 3, 1));
    }
}
