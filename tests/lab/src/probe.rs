//! Asks for forecasts all through a run, and holds them against the trace.

use almanac_fakes::Session;
use almanac_wire::{Span, Timestamp};

use crate::calibration::{Pairs, Score, crps, mean};
use crate::drive::{Watch, drive};
use crate::error::LabError;
use crate::numbers::{fraction, hours};
use crate::policies::{Forecaster, Spec};
use crate::population::{Period, Population};
use crate::tally::Tally;
use crate::upstream::{Conditions, Showed};

/// From one look at the forecasts to the next: not an hour, or starts on the hour would always
/// be as far away.
const EVERY: Span = Span::from_ms(61 * Span::MINUTE.ms());
/// Nothing is asked about the last stretch of a run, whose truth is cut off.
const LOOKAHEAD: Span = Span::DAY;
/// Fewer measured sessions than this are too few to score an account by itself.
pub const ENOUGH: usize = 15;

/// One account's forecasts and what came of them.
#[derive(Clone, Debug, Default)]
pub struct AccountForecasts {
    /// Sessions that begin in the measured period.
    pub sessions: usize,
    /// Of P(live now).
    pub live_now: Pairs,
    /// Of P(live within the next hour).
    pub live_within_hour: Pairs,
    /// Of P(goes live today), asked at midnight UTC.
    pub today: Pairs,
    /// Of the shown windows.
    pub windows: Pairs,
    /// Of the next start, in hours.
    pub crps: Vec<f64>,
}

/// All forecasts of a run.
#[derive(Clone, Debug)]
pub struct Forecasts {
    /// By the index of the account.
    pub accounts: Vec<AccountForecasts>,
}

/// The score of one kind of forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KindScore {
    /// Of all accounts' forecasts together.
    pub score: Score,
    /// Skill over the climatology of each account: its own base rate in the very period, which
    /// nobody could have known.
    pub skill: Option<f64>,
    /// The share of accounts with [`ENOUGH`] sessions whose skill is above 0.
    pub skilled_accounts: Option<f64>,
}

impl Forecasts {
    /// All forecasts of P(live now).
    #[must_use]
    pub fn live_now(&self) -> Pairs {
        self.pooled(|account| &account.live_now)
    }

    /// The score of one kind of forecast; `None` without any.
    #[must_use]
    pub fn score(&self, kind: fn(&AccountForecasts) -> &Pairs) -> Option<KindScore> {
        let score = self.pooled(kind).score()?;
        // The sum of squared errors is the Brier score times the forecasts.
        let (mut own, mut reference) = (0.0, 0.0);
        for pairs in self.accounts.iter().map(kind) {
            let (Some(brier), Some(rate)) = (pairs.brier(), pairs.base_rate()) else { continue };
            own += brier * fraction(pairs.0.len());
            reference += rate * (1.0 - rate) * fraction(pairs.0.len());
        }
        let enough = self.accounts.iter().filter(|account| account.sessions >= ENOUGH);
        let skilled: Vec<f64> = enough
            .map(kind)
            .filter_map(|pairs| pairs.skill_over(pairs.base_rate()?))
            .map(|skill| f64::from(u8::from(skill > 0.0)))
            .collect();
        Some(KindScore {
            score,
            skill: (reference > 0.0).then(|| 1.0 - own / reference),
            skilled_accounts: mean(skilled.into_iter()),
        })
    }

    /// The mean CRPS of the next start, in hours.
    #[must_use]
    pub fn crps(&self) -> Option<f64> {
        let all: Vec<f64> =
            self.accounts.iter().flat_map(|account| account.crps.iter().copied()).collect();
        mean(all.into_iter())
    }

    /// One kind of forecast, of all accounts.
    #[must_use]
    pub fn pooled(&self, kind: impl Fn(&AccountForecasts) -> &Pairs) -> Pairs {
        Pairs(self.accounts.iter().flat_map(|account| kind(account).0.iter().copied()).collect())
    }
}

/// Which forecasts are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All kinds.
    All,
    /// P(live now): a small part of the work.
    LiveNow,
}

/// Runs a policy once, and asks for its forecasts all the way.
///
/// # Errors
/// Those of the driver.
pub fn run_probed(
    population: &Population,
    conditions: &Conditions,
    spec: &Spec,
    tally: &mut Tally,
    asked: Asked,
) -> Result<Forecasts, LabError> {
    let mut prober = Prober::new(population, tally, asked);
    drive(population, conditions, spec, &mut prober)?;
    Ok(prober.forecasts)
}

/// Watches for the tally, and looks at the forecasts now and then.
struct Prober<'a> {
    population: &'a Population,
    tally: &'a mut Tally,
    asked: Asked,
    forecasts: Forecasts,
    period: Period,
    next: Timestamp,
    /// The next day's beginning.
    midnight: Timestamp,
    /// For each account, how many of its sessions have begun.
    begun: Vec<usize>,
}

impl<'a> Prober<'a> {
    fn new(population: &'a Population, tally: &'a mut Tally, asked: Asked) -> Self {
        let period = population.period;
        let account = |sessions: &Vec<Session>| AccountForecasts {
            sessions: sessions.iter().filter(|session| period.measures(session)).count(),
            ..AccountForecasts::default()
        };
        Self {
            population,
            tally,
            asked,
            forecasts: Forecasts { accounts: population.sessions.iter().map(account).collect() },
            period,
            next: period.measured_from,
            midnight: period.measured_from,
            begun: vec![0; population.len()],
        }
    }
}

impl Watch for Prober<'_> {
    fn sent(&mut self, at: Timestamp) {
        self.tally.sent(at);
    }

    fn refused(&mut self, at: Timestamp) {
        self.tally.refused(at);
    }

    fn answered(&mut self, account: usize, at: Timestamp, showed: Showed) {
        self.tally.answered(account, at, showed);
    }

    fn next_probe(&self) -> Option<Timestamp> {
        let next = self.next.min(self.midnight);
        (next + LOOKAHEAD <= self.period.until).then_some(next)
    }

    fn probe(&mut self, forecaster: &dyn Forecaster, at: Timestamp) {
        let midnight = self.midnight <= at;
        while self.midnight <= at {
            self.midnight += Span::DAY;
        }
        let regular = self.next <= at;
        while self.next <= at {
            self.next += EVERY;
        }
        for (index, sessions) in self.population.sessions.iter().enumerate() {
            let begun = &mut self.begun[index];
            while sessions.get(*begun).is_some_and(|session| session.start <= at) {
                *begun += 1;
            }
            let live = begun.checked_sub(1).is_some_and(|last| sessions[last].covers(at));
            if self.asked == Asked::LiveNow {
                let said = forecaster.live_now(index, at).filter(|_| regular);
                self.forecasts.accounts[index].live_now.0.extend(said.map(|said| (said, live)));
                continue;
            }
            let Some(forecast) = forecaster.forecast(index, at) else { continue };
            let wait = sessions.get(*begun).map(|next| next.start - at);
            let within = |span: Span| wait.is_some_and(|wait| wait <= span);
            let account = &mut self.forecasts.accounts[index];
            if midnight {
                account.today.0.push((forecast.starts_within_day, within(Span::DAY)));
            }
            if regular {
                account.live_now.0.push((forecast.live_now, live));
                let soon = live || within(Span::HOUR);
                account.live_within_hour.0.push((forecast.live_within_hour, soon));
                if let Some((from, to, p)) = forecast.window
                    && at + to <= self.period.until
                {
                    let held = wait.is_some_and(|wait| from <= wait && wait <= to);
                    account.windows.0.push((p, held));
                }
                let cdf: Vec<_> =
                    forecast.next_start.iter().map(|(by, p)| (hours(*by), *p)).collect();
                if forecast.next_start.last().is_some_and(|(by, _)| at + *by <= self.period.until) {
                    account.crps.push(crps(&cdf, wait.map(hours)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use almanac_wire::Reveals;

    use super::*;
    use crate::policies::Forecast;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_s(hour * 3600)
    }

    /// On air from 12 to 14 every day but the first, of ten.
    fn population() -> Population {
        let day = |day: i64| Session { start: at(24 * day + 12), end: at(24 * day + 14) };
        Population {
            names: vec!["mira".to_owned()],
            sessions: vec![(1..10).map(day).collect()],
            period: Period { from: at(0), measured_from: at(24), until: at(240) },
        }
    }

    /// Knows the hours, or believes they are others.
    struct Clock {
        off: i64,
    }

    impl Forecaster for Clock {
        fn forecast(&self, _account: usize, now: Timestamp) -> Option<Forecast> {
            let minute = (now.ms() / Span::MINUTE.ms() - self.off * 60).rem_euclid(1440);
            let (noon, over) = (12 * 60, 14 * 60);
            let sure = |yes: bool| f64::from(u8::from(yes));
            let wait = Span::MINUTE * (noon - minute).rem_euclid(1440);
            let wait = if wait == Span::ZERO { Span::DAY } else { wait };
            Some(Forecast {
                live_now: sure((noon..over).contains(&minute)),
                live_within_hour: sure((noon - 60..over).contains(&minute)),
                starts_within_day: 1.0,
                next_start: vec![(wait, 0.0), (wait, 1.0), (Span::DAY, 1.0)],
                window: Some((wait - Span::MINUTE, wait + Span::MINUTE, 0.9)),
            })
        }
    }

    fn probed(forecaster: &Clock) -> Forecasts {
        let population = population();
        let mut tally = Tally::new(&population, Reveals::Start);
        let mut prober = Prober::new(&population, &mut tally, Asked::All);
        while let Some(at) = prober.next_probe() {
            prober.probe(forecaster, at);
        }
        prober.forecasts
    }

    #[test]
    fn who_knows_the_truth_is_perfect() {
        let forecasts = probed(&Clock { off: 0 });
        let account = &forecasts.accounts[0];
        assert_eq!((account.sessions, account.today.0.len()), (9, 9));
        assert!(account.live_now.0.len() > 185, "{}", account.live_now.0.len());
        let kinds: [fn(&AccountForecasts) -> &Pairs; 3] =
            [|one| &one.live_now, |one| &one.live_within_hour, |one| &one.today];
        for kind in kinds {
            let score = forecasts.score(kind).unwrap().score;
            assert!(score.brier == 0.0 && score.ece == 0.0, "{score:?}");
        }
        let live_now = forecasts.score(kinds[0]).unwrap();
        assert_eq!(
            (live_now.skill, live_now.skilled_accounts),
            (Some(1.0), None),
            "too few sessions"
        );
        assert!(forecasts.crps().unwrap() < 0.02, "{:?}", forecasts.crps());
        assert!((account.windows.base_rate().unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn who_is_three_hours_off_is_found_out() {
        let forecasts = probed(&Clock { off: 3 });
        let live_now = forecasts.score(|one| &one.live_now).unwrap();
        // Two hours of 24 wrong each way.
        assert!((live_now.score.brier - 4.0 / 24.0).abs() < 0.01, "{live_now:?}");
        // Against two hours of 24, always forecast as such.
        let skill = 1.0 - (4.0 / 24.0) / (2.0 / 24.0 * (22.0 / 24.0));
        assert!((live_now.skill.unwrap() - skill).abs() < 0.08, "{live_now:?}");
        assert!(forecasts.crps().unwrap() > 2.5, "{:?}", forecasts.crps());
        assert_eq!(forecasts.accounts[0].windows.base_rate(), Some(0.0));
    }
}
