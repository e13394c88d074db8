//! What a policy is worth, in numbers, worked out of a [`Tally`].

use almanac_wire::Span;

use crate::calibration::{Pairs, Score};
use crate::error::LabError;
use crate::numbers::{days, fraction, hours, minutes};
use crate::population::Population;
use crate::tally::{Found, Tally};

/// Accounts with fewer measured sessions than this are rare.
pub const RARE: usize = 5;

/// The figures of one run, of the measured period alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Requests sent to the upstream a day; a batch is one.
    pub requests_per_day: f64,
    /// Sessions seen live at least once, in percent of all.
    pub coverage: f64,
    /// From the true start to the first answer that showed it, over sessions seen; minutes.
    pub delay_median_min: Option<f64>,
    /// The same, exceeded by one session in ten.
    pub delay_p90_min: Option<f64>,
    /// From the true end to the first answer that showed it, over sessions seen; minutes.
    pub end_error_median_min: Option<f64>,
    /// The longest any account went without an answer.
    pub longest_gap_h: f64,
    /// Most requests in an hour of the clock.
    pub peak_hour_requests: f64,
    /// Score of P(live now), where the policy forecasts.
    pub live_now: Option<Score>,
    /// Sessions measured.
    pub sessions: usize,
    /// Those seen live at least once.
    pub seen: usize,
    /// Sessions of rare accounts.
    pub rare_sessions: usize,
    /// Coverage of rare accounts, in percent.
    pub rare_coverage: Option<f64>,
    /// Requests that the proxy refused.
    pub refused: usize,
    /// Account by account.
    pub accounts: Vec<AccountFigures>,
}

/// The figures of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountFigures {
    /// Its name in the trace.
    pub name: String,
    /// Sessions measured.
    pub sessions: usize,
    /// Those seen live at least once.
    pub seen: usize,
    /// Median delay in minutes.
    pub delay_median_min: Option<f64>,
    /// Answers a day.
    pub checks_per_day: f64,
    /// The longest time without an answer.
    pub longest_gap_h: f64,
}

impl Figures {
    /// Works the figures out; `live_now` are forecasts of P(live now) and what was so.
    ///
    /// # Errors
    /// When there was no session to measure.
    pub fn of(population: &Population, tally: &Tally, live_now: &Pairs) -> Result<Self, LabError> {
        let length = days(population.period.measured());
        let (mut delays, mut end_errors) = (Vec::new(), Vec::new());
        let mut figures =
            Self { live_now: live_now.score(), refused: tally.refused, ..Self::default() };
        let (mut rare_seen, mut longest_gap) = (0, Span::ZERO);
        for (index, account) in tally.accounts.iter().enumerate() {
            let mut own_delays = Vec::new();
            let mut sessions = 0;
            for (session, found) in population.sessions[index].iter().zip(&account.found) {
                if !population.period.measures(session) {
                    continue;
                }
                sessions += 1;
                let Found { live_at: Some(live_at), over_at } = found else { continue };
                own_delays.push(minutes(*live_at - session.start));
                end_errors.extend(over_at.map(|over_at| minutes(over_at - session.end)));
            }
            figures.sessions += sessions;
            figures.seen += own_delays.len();
            if sessions < RARE {
                figures.rare_sessions += sessions;
                rare_seen += own_delays.len();
            }
            longest_gap = longest_gap.max(account.longest_gap);
            delays.extend_from_slice(&own_delays);
            figures.accounts.push(AccountFigures {
                name: population.names[index].clone(),
                sessions,
                seen: own_delays.len(),
                delay_median_min: quantile(&mut own_delays, 0.5),
                checks_per_day: fraction(account.checks) / length,
                longest_gap_h: hours(account.longest_gap),
            });
        }
        figures.requests_per_day = fraction(tally.requests) / length;
        figures.coverage =
            percent(figures.seen, figures.sessions).ok_or(LabError::NothingToMeasure)?;
        figures.rare_coverage = percent(rare_seen, figures.rare_sessions);
        figures.delay_median_min = quantile(&mut delays, 0.5);
        figures.delay_p90_min = quantile(&mut delays, 0.9);
        figures.end_error_median_min = quantile(&mut end_errors, 0.5);
        figures.longest_gap_h = hours(longest_gap);
        figures.peak_hour_requests = fraction(tally.peak_hour);
        Ok(figures)
    }
}

/// A part in percent of a whole; `None` where the whole is nothing.
#[must_use]
pub fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| 100.0 * fraction(part) / fraction(whole))
}

/// The value below which this share lies, between neighbours in proportion; sorts.
#[must_use]
pub fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * fraction(values.len().checked_sub(1)?);
    let below = crate::numbers::index(place.floor());
    let above = (below + 1).min(values.len() - 1);
    let part = place - place.floor();
    Some(values[below] + (values[above] - values[below]) * part)
}

#[cfg(test)]
mod tests {
    use almanac_fakes::Session;
    use almanac_wire::{Reveals, Timestamp};

    use super::*;
    use crate::drive::Watch;
    use crate::population::Period;
    use crate::upstream::Showed;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&mut [], 0.5), None);
        assert_eq!(quantile(&mut [3.0], 0.9), Some(3.0));
        assert_eq!(quantile(&mut [4.0, 1.0], 0.5), Some(2.5));
        let mut ten: Vec<f64> = (0..11).rev().map(f64::from).collect();
        assert_eq!(quantile(&mut ten, 0.9), Some(9.0));
        assert_eq!(quantile(&mut ten, 1.0), Some(10.0));
    }

    #[test]
    fn rare_is_who_has_fewer_than_five_sessions() {
        let at = |hour: i64| Timestamp::from_s(hour * 3600);
        let sessions = |many: i64| {
            (0..many).map(|n| Session { start: at(n * 2), end: at(n * 2 + 1) }).collect::<Vec<_>>()
        };
        let population = Population {
            names: vec!["four".to_owned(), "five".to_owned()],
            sessions: vec![sessions(4), sessions(5)],
            period: Period { from: at(0), measured_from: at(0), until: at(48) },
        };
        let mut tally = Tally::new(&population, Reveals::Start);
        tally.answered(0, at(0), Showed::Live(0));
        let figures = Figures::of(&population, &tally, &Pairs::default()).unwrap();
        assert_eq!((figures.rare_sessions, figures.rare_coverage), (4, Some(25.0)));
        assert_eq!((figures.sessions, figures.seen), (9, 1));
        assert_eq!(figures.accounts[1].seen, 0);
    }

    #[test]
    fn a_part_of_nothing_is_no_percentage() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(1, 4), Some(25.0));
    }
}
