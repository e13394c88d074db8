//! The driver: plays the shell to the monitor, in simulated time. All that the lab knows of the
//! monitor is here and in [`crate::policies`].

use std::mem;

use almanac_engine::wishes::Wishes;
use almanac_engine::{
    Action, End, Event, Interval, KnownBy, Monitor, ProxyFailure, Session, Snapshot,
};
use almanac_wire::{CheckResult, Span, Timestamp};

use crate::error::LabError;
use crate::policies::{Forecast, Forecaster, Spec};
use crate::population::Population;
use crate::upstream::{Conditions, LATENCY, Showed, Treatment, Upstream, account_of};

/// Somebody who watches a run and interferes with nothing.
pub trait Watch {
    /// A request left for the upstream.
    fn sent(&mut self, at: Timestamp);
    /// The proxy refused a request: it was never sent.
    fn refused(&mut self, at: Timestamp);
    /// The answer about an account was in.
    fn answered(&mut self, account: usize, at: Timestamp, showed: Showed);
    /// When it wants to see the forecasts next.
    fn next_probe(&self) -> Option<Timestamp> {
        None
    }
    /// The moment has come.
    fn probe(&mut self, _forecaster: &dyn Forecaster, _at: Timestamp) {}
}

/// A reply or refusal on its way.
enum Coming {
    Reply { showed: Vec<(usize, Showed)>, results: Vec<CheckResult> },
    Refusal { retry_after: Span },
}

/// Runs a policy over the whole period, from nothing.
///
/// # Errors
/// When a quota is broken or the monitor misbehaves.
pub fn drive(
    population: &Population,
    conditions: &Conditions,
    spec: &Spec,
    watch: &mut impl Watch,
) -> Result<(), LabError> {
    let mut now = population.period.from;
    let (policy, settings) = spec.policy(population, conditions);
    let snapshot = Snapshot { settings, ..Snapshot::default() };
    let mut monitor = Monitor::restore(snapshot, policy, now);
    let accounts = (0..population.len()).map(account_of).collect::<Result<Vec<_>, _>>()?;
    monitor.handle(Event::Add(accounts.clone()), now);
    let wishes = Wishes { longest_gap: spec.kind.longest_gap(), ..Wishes::default() };
    for account in accounts {
        monitor.handle(Event::Wish(account, wishes.clone()), now);
    }
    let mut to_import = imported(population, conditions.imported)?;
    let mut upstream = Upstream::new(population, conditions)?;
    // The monitor has one request under way at a time.
    let mut coming: Option<(Timestamp, u64, Coming)> = None;
    loop {
        while let Some(action) = monitor.poll_action(now) {
            match action {
                Action::Greet => {
                    monitor.handle(Event::Upstreams(vec![upstream.info()]), now);
                    let sessions = mem::take(&mut to_import);
                    if !sessions.is_empty() {
                        monitor.take_in(&sessions, now);
                    }
                }
                Action::Save(_) | Action::Notify(_) => {}
                Action::Check(_) if coming.is_some() => {
                    return Err(LabError::misbehaviour(now, "it sent two requests at once"));
                }
                Action::Check(order) => {
                    let what = match upstream.ask(&order.accounts, now)? {
                        Treatment::Passed { showed, results } => {
                            watch.sent(now);
                            Coming::Reply { showed, results }
                        }
                        Treatment::Refused { retry_after } => {
                            watch.refused(now);
                            Coming::Refusal { retry_after }
                        }
                    };
                    coming = Some((now + LATENCY, order.ticket, what));
                }
            }
        }
        let timeout = monitor.poll_timeout();
        if timeout.is_some_and(|at| at <= now) {
            return Err(LabError::misbehaviour(now, "it wants to be woken at once, for nothing"));
        }
        let landing = coming.as_ref().map(|(at, ..)| *at);
        let wakes = [timeout, landing, watch.next_probe()];
        let Some(next) = wakes.into_iter().flatten().min() else { break };
        if next >= population.period.until {
            break;
        }
        now = next;
        if let Some((_, ticket, what)) = coming.take_if(|(at, ..)| *at <= now) {
            let event = match what {
                Coming::Reply { showed, results } => {
                    for (account, showed) in showed {
                        watch.answered(account, now, showed);
                    }
                    Event::Answered { ticket, reply: upstream.reply(results, now) }
                }
                Coming::Refusal { retry_after } => {
                    let failure = ProxyFailure::OverBudget { retry_after };
                    Event::Failed { ticket, failure }
                }
            };
            monitor.handle(event, now);
        }
        if watch.next_probe().is_some_and(|at| at <= now) {
            watch.probe(&Believer(&monitor), now);
        }
    }
    Ok(())
}

/// The sessions of so long before the run, over when it begins, as a table tells of them.
fn imported(population: &Population, before: Span) -> Result<Vec<Session>, LabError> {
    let from = population.period.from;
    let mut all = Vec::new();
    for (index, sessions) in population.sessions.iter().enumerate() {
        let account = account_of(index)?;
        let listed = |one: &&almanac_fakes::Session| one.start >= from - before && one.end <= from;
        all.extend(sessions.iter().filter(listed).map(|one| Session {
            account: account.clone(),
            recorded_at: one.start,
            start: Interval::exact(one.start),
            end: End::Over(Interval::exact(one.end)),
            known_by: KnownBy::Imported,
            room_id: None,
            started_at: Some(one.start),
            title: None,
            peak_viewers: None,
            gifts: None,
        }));
    }
    Ok(all)
}

/// The monitor as a forecaster.
struct Believer<'a>(&'a Monitor);

/// The spacing of the times for which the next start is forecast.
const NEXT_STARTS: Span = Span::from_ms(30 * Span::MINUTE.ms());

impl Forecaster for Believer<'_> {
    fn live_now(&self, account: usize, now: Timestamp) -> Option<f64> {
        let (asked_at, outlook) = self.0.outlook(&account_of(account).ok()?)?;
        Some(outlook.live_at(asked_at, now))
    }

    fn forecast(&self, account: usize, now: Timestamp) -> Option<Forecast> {
        let account = account_of(account).ok()?;
        let (asked_at, outlook) = self.0.outlook(&account)?;
        let shown = self.0.forecast(&account, now)?;
        let starts = outlook.next_start_by_each(asked_at, now, NEXT_STARTS, 48);
        Some(Forecast {
            live_now: shown.live_now,
            live_within_hour: shown.live_within_hour,
            starts_within_day: shown.starts_within_day,
            next_start: (1..).map(|step| NEXT_STARTS * step).zip(starts).collect(),
            window: shown.window.map(|shown| (shown.from - now, shown.to - now, shown.probability)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::{PolicyKind, Setting};
    use crate::population::Period;
    use crate::prices::PriceWords;
    use almanac_wire::Reveals;

    fn hour(hours: i64) -> Timestamp {
        Timestamp::from_ms(0) + Span::HOUR * hours
    }

    /// What is forecast for the coming day, when nobody has learned anything from checks.
    #[derive(Default)]
    struct First(Option<f64>);

    impl Watch for First {
        fn sent(&mut self, _at: Timestamp) {}
        fn refused(&mut self, _at: Timestamp) {}
        fn answered(&mut self, _account: usize, _at: Timestamp, _showed: Showed) {}
        fn next_probe(&self) -> Option<Timestamp> {
            self.0.is_none().then(|| hour(40 * 24 + 3))
        }
        fn probe(&mut self, forecaster: &dyn Forecaster, at: Timestamp) {
            self.0 = forecaster.forecast(0, at).map(|forecast| forecast.starts_within_day);
        }
    }

    /// Of an account that is live every evening.
    fn first_day(imported: Span) -> f64 {
        let period = Period { from: hour(40 * 24), measured_from: hour(40 * 24), until: hour(984) };
        let evening = |day: i64| almanac_fakes::Session {
            start: hour(day * 24 + 19),
            end: hour(day * 24 + 21),
        };
        let population = Population {
            names: vec!["nightly".to_owned()],
            sessions: vec![(0..41).map(evening).collect()],
            period,
        };
        let conditions = Conditions {
            reveals: Reveals::Start,
            batch: 1,
            budget: None,
            imported,
            prices: PriceWords::default(),
        };
        let spec = Spec { kind: PolicyKind::Adaptive, setting: Setting::Knob(60.0) };
        let mut first = First::default();
        drive(&population, &conditions, &spec, &mut first).unwrap();
        first.0.unwrap()
    }

    #[test]
    fn what_is_imported_is_known_on_the_first_day() {
        let (none, some) = (first_day(Span::ZERO), first_day(Span::DAY * 30));
        assert!(none < 0.6 && some > 0.9, "{none}, {some}");
    }
}
