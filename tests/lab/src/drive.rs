//! The driver: plays the shell to the monitor, in simulated time. All that the lab knows of the
//! monitor is here and in [`crate::policies`].

use almanac_engine::wishes::Wishes;
use almanac_engine::{Action, Event, Monitor, ProxyFailure, Snapshot};
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
    let mut upstream = Upstream::new(population, conditions)?;
    // The monitor has one request under way at a time.
    let mut coming: Option<(Timestamp, u64, Coming)> = None;
    loop {
        while let Some(action) = monitor.poll_action(now) {
            match action {
                Action::Greet => monitor.handle(Event::Upstreams(vec![upstream.info()]), now),
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
