//! Asks for forecasts all through a run, and holds them against the trace.

use almanac_fakes::Session;
use almanac_wire::{Span, Timestamp};

use crate::calibration::{Pairs, Score, crps, mean};
use crate::drive::{Watch, drive};
use crate::error::LabError;
use crate::numbers::{days, fraction, hours};
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
    pub live_now: Told,
    /// Of P(live within the next hour).
    pub live_within_hour: Told,
    /// Of P(goes live today), asked at midnight UTC.
    pub today: Told,
    /// Of the shown windows.
    pub windows: Pairs,
    /// Of the next start, in hours.
    pub crps: Vec<f64>,
}

/// Forecasts of one kind, beside those of somebody who knows nothing but how often it has been so
/// in the run up to then.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What was said.
    pub said: Pairs,
    /// What the climatology said, of the same.
    pub usual: Pairs,
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
    /// Skill over each account's climatology: the share of the time, or of the days, of the run
    /// up to each forecast in which it was so. It misses no session, as checks do.
    pub skill: Option<f64>,
    /// The share of accounts with [`ENOUGH`] sessions whose skill is above 0.
    pub skilled_accounts: Option<f64>,
    /// Both over the share in the very period that is measured, which nobody could have known.
    pub hindsight: [Option<f64>; 2],
}

impl Forecasts {
    /// All forecasts of P(live now).
    #[must_use]
    pub fn live_now(&self) -> Pairs {
        self.pooled(|account| &account.live_now.said)
    }

    /// The score of one kind of forecast; `None` without any.
    #[must_use]
    pub fn score(&self, kind: fn(&AccountForecasts) -> &Told) -> Option<KindScore> {
        let score = self.pooled(|account| &kind(account).said).score()?;
        let hindsight = |told: &Told| {
            let rate = told.said.base_rate()?;
            Some(rate * (1.0 - rate))
        };
        let [skill, skilled_accounts] = self.skill(kind, |told| told.usual.brier());
        let hindsight = self.skill(kind, hindsight);
        Some(KindScore { score, skill, skilled_accounts, hindsight })
    }

    /// Skill over the Brier score of a reference, and the share of accounts that have some.
    fn skill(
        &self,
        kind: fn(&AccountForecasts) -> &Told,
        reference: impl Fn(&Told) -> Option<f64>,
    ) -> [Option<f64>; 2] {
        // The sum of squared errors is the Brier score times the forecasts.
        let (mut own, mut of_reference) = (0.0, 0.0);
        let mut skilled = Vec::new();
        for account in &self.accounts {
            let told = kind(account);
            let (Some(brier), Some(usual)) = (told.said.brier(), reference(told)) else { continue };
            own += brier * fraction(told.said.0.len());
            of_reference += usual * fraction(told.said.0.len());
            // Where the reference is perfect itself, nothing can have skill.
            if account.sessions >= ENOUGH && usual > 0.0 {
                skilled.push(f64::from(u8::from(brier < usual)));
            }
        }
        let skill = (of_reference > 0.0).then(|| 1.0 - own / of_reference);
        [skill, mean(skilled.into_iter())]
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

impl Told {
    fn push(&mut self, said: f64, usual: f64, came_true: bool) {
        self.said.0.push((said, came_true));
        self.usual.0.push((usual, came_true));
    }
}

/// What could be known of an account at a moment.
struct Past<'a> {
    /// Its sessions that have begun.
    sessions: &'a [Session],
    /// The beginning of the run.
    from: Timestamp,
    at: Timestamp,
}

impl Past<'_> {
    /// The share of the time in which it was live or would be so within `ahead`; half an hour is
    /// added for those of which nothing is known.
    fn live(&self, ahead: Span) -> f64 {
        let (mut until, mut sum) = (self.from, 0.0);
        let now = self.at - ahead;
        for session in self.sessions {
            let (from, to) = ((session.start - ahead).max(until), session.end.min(now));
            if from < to {
                sum += hours(to - from);
                until = to;
            }
        }
        (sum + 0.5) / (hours(now - self.from).max(0.0) + 1.0)
    }

    /// The share of whole days with a start; half a day is added (Krichevsky and Trofimov 1981).
    fn days_with_a_start(&self) -> f64 {
        let day = |at: Timestamp| (at - self.from).ms().div_euclid(Span::DAY.ms());
        let mut live: Vec<i64> = self.sessions.iter().map(|session| day(session.start)).collect();
        live.retain(|one| (0..day(self.at)).contains(one));
        live.dedup();
        (fraction(live.len()) + 0.5) / (days(self.at - self.from).floor() + 1.0)
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
                let told = &mut self.forecasts.accounts[index].live_now;
                told.said.0.extend(said.map(|said| (said, live)));
                continue;
            }
            let Some(forecast) = forecaster.forecast(index, at) else { continue };
            let wait = sessions.get(*begun).map(|next| next.start - at);
            let within = |span: Span| wait.is_some_and(|wait| wait <= span);
            let account = &mut self.forecasts.accounts[index];
            let past = Past { sessions: &sessions[..*begun], from: self.period.from, at };
            if midnight {
                let begins = within(Span::DAY);
                account.today.push(forecast.starts_within_day, past.days_with_a_start(), begins);
            }
            if regular {
                account.live_now.push(forecast.live_now, past.live(Span::ZERO), live);
                let soon = live || within(Span::HOUR);
                account.live_within_hour.push(
                    forecast.live_within_hour,
                    past.live(Span::HOUR),
                    soon,
                );
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
        assert_eq!((account.sessions, account.today.said.0.len()), (9, 9));
        assert!(account.live_now.said.0.len() > 185, "{}", account.live_now.said.0.len());
        let kinds: [fn(&AccountForecasts) -> &Told; 3] =
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
    fn a_climatology_knows_the_past_alone() {
        let population = population();
        let (from, at) = (population.period.from, at(24 * 3 + 13));
        // On the second and third day of three for two hours, and for an hour now.
        let past = Past { sessions: &population.sessions[0][..3], from, at };
        assert!((past.live(Span::ZERO) - 5.5 / 86.0).abs() < 1e-9, "{}", past.live(Span::ZERO));
        // Three hours each, but for what the hour to come will tell.
        assert!((past.live(Span::HOUR) - 7.5 / 85.0).abs() < 1e-9, "{}", past.live(Span::HOUR));
        assert!((past.days_with_a_start() - 2.5 / 4.0).abs() < 1e-9);
    }

    #[test]
    fn who_is_three_hours_off_is_found_out() {
        let forecasts = probed(&Clock { off: 3 });
        let live_now = forecasts.score(|one| &one.live_now).unwrap();
        // Two hours of 24 wrong each way.
        assert!((live_now.score.brier - 4.0 / 24.0).abs() < 0.01, "{live_now:?}");
        // Against two hours of 24, always forecast as such.
        let skill = 1.0 - (4.0 / 24.0) / (2.0 / 24.0 * (22.0 / 24.0));
        assert!((live_now.hindsight[0].unwrap() - skill).abs() < 0.08, "{live_now:?}");
        assert!(live_now.skill.unwrap() < 0.0, "{live_now:?}");
        assert!(forecasts.crps().unwrap() > 2.5, "{:?}", forecasts.crps());
        assert_eq!(forecasts.accounts[0].windows.base_rate(), Some(0.0));
    }
}
