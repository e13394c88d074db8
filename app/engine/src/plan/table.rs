//! The plan for an account that is offline: how long to wait after each further offline answer.

use serde::{Deserialize, Serialize};

use almanac_wire::{Span, Timestamp};

use super::prices::Prices;
use crate::learn::{Ahead, Class, Survival};

/// The most steps between two checks.
const WIDEST: usize = 200;
/// Requests that a session costs once it is found, to see it through to its end.
const LIVE_REQUESTS: f64 = 2.2;

/// When to check next after an offline answer, for every step of its horizon: an offline answer
/// costs a look into a table, and only news (a start, an end) or the horizon's end a new plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The beginning of the first step.
    origin: Timestamp,
    /// The length of a step.
    step: Span,
    /// Steps until the next check after an offline answer at the beginning of each step.
    next: Vec<u8>,
    /// Starts expected over the horizon, as far as every answer is offline.
    starts: f32,
    /// Those of them that end unseen.
    missed: f32,
}

impl Plan {
    /// The length of a step, as plans are made.
    pub(crate) const STEP: Span = Span::from_ms(5 * Span::MINUTE.ms());
    /// The most steps that are planned for: 20 hours. Longer plans are no better, as plans are made
    /// anew every eight hours, and take longer.
    pub(crate) const STEPS: usize = 240;

    /// The plan of least expected cost over the horizon of `ahead`, for an account that was
    /// offline at its origin.
    ///
    /// `request_price` is the price of a request at a moment, normally 1.0. No two checks are
    /// further apart than `longest_gap` (but at least one step apart), nor than 200 steps.
    ///
    /// With `V(a)` the cost to come after an offline answer at `a`, and `H` and `C` the starts
    /// expected since `a` and those of them whose sessions still are on at `t`:
    ///
    /// ```text
    /// V(a) = min over t of  delay Σ P(live) + missed (H - C) + price(t)
    ///                       + P(offline) V(t)
    ///                       + P(live) (2.2 price(t) + V(t + a session's mean length))
    /// P(live) = 1 - exp(-C)
    /// ```
    ///
    /// The last step ends the account: what follows costs nothing.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "stored in half the space")]
    pub fn make(
        ahead: &Ahead,
        survival: &Survival,
        prices: &Prices,
        request_price: &dyn Fn(Timestamp) -> f64,
        longest_gap: Span,
    ) -> Self {
        let Ahead { origin, step, .. } = *ahead;
        let count = ahead.starts.len().min(ahead.class.len()).min(Self::STEPS);
        let planner = Planner::new(ahead, survival, prices, request_price, longest_gap, count);
        let next = planner.solve();
        let missed = planner.missed_by(&next) as f32;
        Self { origin, step, next, starts: planner.total[count] as f32, missed }
    }

    /// When to check next after an offline answer at `now`; `None` outside the plan's horizon,
    /// where a new plan is due. At least half a step from `now`, for a check seldom comes at the
    /// very beginning of a step. An answer takes its time, and a plan is made when it is in: asked
    /// a step before the origin is asked at the origin.
    #[must_use]
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        let now = if now + self.step < self.origin { now } else { now.max(self.origin) };
        let place = (now - self.origin).ms().div_euclid(self.step.ms().max(1));
        let steps = *self.next.get(usize::try_from(place).ok()?)?;
        let planned = self.origin + self.step * (place + i64::from(steps));
        Some(planned.max(now + self.step / 2))
    }

    /// The checks after `now`, as long as every answer is offline, up to the plan's horizon.
    pub fn checks_from(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        std::iter::successors(self.next_after(now), |at| self.next_after(*at))
    }

    /// Starts expected over the horizon, the floor's among them, and those of them that end
    /// unseen by this plan.
    #[must_use]
    pub fn starts_and_missed(&self) -> (f64, f64) {
        (f64::from(self.starts), f64::from(self.missed))
    }

    /// The end of the plan's last step.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.origin + self.step * i64::try_from(self.next.len()).unwrap_or(0)
    }

    /// The beginning of the plan's first step.
    #[must_use]
    pub const fn origin(&self) -> Timestamp {
        self.origin
    }
}

/// What the planning needs of each step or end of a step.
struct Planner {
    /// The length of a step in hours.
    hours: f64,
    /// Starts within each step, with the floor's.
    starts: Vec<f64>,
    /// The class of each step.
    class: Vec<Class>,
    /// Starts before the end of each step, from 0.0 on; one more than steps.
    total: Vec<f64>,
    /// The price of a request at the end of each step; one more than steps.
    price: Vec<f64>,
    /// The share of sessions that are still on half a step, a step and a half... after their
    /// start, by class; as many as steps between two checks at most.
    lasting: [Vec<f64>; 4],
    /// A session's mean length in steps.
    length: usize,
    missed: f64,
    delay: f64,
}

impl Planner {
    fn new(
        ahead: &Ahead,
        survival: &Survival,
        prices: &Prices,
        request_price: &dyn Fn(Timestamp) -> f64,
        longest_gap: Span,
        count: usize,
    ) -> Self {
        let step = Span::from_ms(ahead.step.ms().max(1));
        let widest = usize::try_from(longest_gap.ms() / step.ms()).unwrap_or(0).clamp(1, WIDEST);
        let floor = prices.floor_within(step);
        let class = ahead.class.iter().take(count).copied().collect();
        let starts: Vec<f64> =
            ahead.starts.iter().take(count).map(|starts| starts.max(0.0) + floor).collect();
        let mut total = vec![0.0];
        let mut sum = 0.0;
        total.extend(starts.iter().map(|starts| {
            sum += starts;
            sum
        }));
        let ends = std::iter::successors(Some(ahead.origin), |end| Some(*end + step));
        let price = ends.take(count + 1).map(|end| request_price(end).max(0.0)).collect();
        let middles = std::iter::successors(Some(step / 2), |age| Some(*age + step));
        let lasting = Class::ALL
            .map(|class| middles.clone().take(widest).map(|age| survival.at(class, age)).collect());
        Self {
            hours: step.hours(),
            length: mean_steps(ahead, survival, step, count),
            starts,
            class,
            total,
            price,
            lasting,
            missed: prices.missed.max(0.0),
            delay: prices.delay.max(0.0),
        }
    }

    /// Steps until the next check after each step, from the last step back to the first.
    fn solve(&self) -> Vec<u8> {
        let count = self.starts.len();
        let mut next = vec![1; count];
        let mut value = vec![0.0; count + 1];
        // Sessions that are on at the end of each step, of those that start at `from` or later.
        let mut on = vec![0.0; count + 1];
        for from in (0..count).rev() {
            let (starts, lasting) = (self.starts[from], &self.lasting[self.class[from].index()]);
            for (on, share) in on[from + 1..].iter_mut().zip(lasting) {
                *on += starts * share;
            }
            let (mut least, mut gap) = (f64::INFINITY, 1);
            let mut delay = 0.0;
            let reach = count.min(from + lasting.len());
            for at in from + 1..=reach {
                let live = at_least_one(on[at]);
                delay += live * self.hours;
                let missed = self.total[at] - self.total[from] - on[at];
                let waiting = self.delay * delay + self.missed * missed;
                if waiting > least {
                    // It only grows from here, and what follows costs no less than nothing.
                    break;
                }
                let rest = if at == count {
                    0.0
                } else {
                    let found = LIVE_REQUESTS * self.price[at] + value[count.min(at + self.length)];
                    self.price[at] + (1.0 - live) * value[at] + live * found
                };
                if waiting + rest < least {
                    (least, gap) = (waiting + rest, at - from);
                }
            }
            value[from] = least;
            next[from] = u8::try_from(gap).unwrap_or(u8::MAX);
        }
        next
    }
}

impl Planner {
    /// Sessions that end unseen where checks are made by this table.
    fn missed_by(&self, next: &[u8]) -> f64 {
        let mut missed = 0.0;
        let mut from = 0;
        while let Some(gap) = next.get(from) {
            let at = (from + usize::from(*gap).max(1)).min(next.len());
            for step in from..at {
                let lasting = &self.lasting[self.class[step].index()];
                let share = lasting.get(at - 1 - step).copied().unwrap_or(0.0);
                missed += self.starts[step] * (1.0 - share);
            }
            from = at;
        }
        missed
    }
}

/// A session's mean length in steps, at least one, over the starts of all steps.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it saturates, as is wanted"
)]
fn mean_steps(ahead: &Ahead, survival: &Survival, step: Span, count: usize) -> usize {
    let mean = Class::ALL.map(|class| survival.mean(class).hours() / step.hours());
    // A trace of the usual length, so that no starts at all have a length too.
    let mut sum = (1e-9, mean[Class::Usual.index()] * 1e-9);
    for (starts, class) in ahead.starts.iter().zip(&ahead.class).take(count) {
        let starts = starts.max(0.0);
        sum = (sum.0 + starts, sum.1 + starts * mean[class.index()]);
    }
    (sum.1 / sum.0).round().max(1.0) as usize
}

/// `1 - exp(-x)` for `x >= 0.0`, within 0.0005 below 2 and 0.01 above: the probability that at
/// least one comes where `x` are expected.
///
/// The Padé approximant [3/3] of `exp(-x)`, which falls everywhere (the numerator of its
/// derivative, `-(7200 - 360 x² + 12 x⁴)`, has no zero), cut off at 1: a quarter of an `exp`.
fn at_least_one(x: f64) -> f64 {
    let square = x * x;
    (x * (120.0 + 2.0 * square) / (120.0 + 60.0 * x + 12.0 * square + square * x)).min(1.0)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::plan::samples::{ORIGIN, STEP, even, exponential, prices};

    fn plan(ahead: &Ahead, longest: Span) -> Plan {
        Plan::make(ahead, &exponential(Span::HOUR * 2), &prices(), &|_| 1.0, longest)
    }

    #[test]
    fn the_approximation_rises_and_is_close() {
        let mut before = 0.0;
        for thousandth in 0..20_000 {
            let x = f64::from(thousandth) / 1000.0;
            let (near, exact) = (at_least_one(x), 1.0 - (-x).exp());
            let close = if x <= 2.0 { 0.0005 } else { 0.01 };
            assert!((near - exact).abs() < close, "{x}: {near} for {exact}");
            assert!((before..=1.0).contains(&near), "{x}: {near} after {before}");
            before = near;
        }
    }

    #[test]
    fn a_habit_is_awaited() {
        // Nothing for ten hours, then nine in ten starts within half an hour.
        let mut ahead = even(240, 0.0002);
        for starts in &mut ahead.starts[120..126] {
            *starts = 0.4;
        }
        let plan = plan(&ahead, Span::DAY);
        let mut at = ORIGIN;
        let mut checks = Vec::new();
        while let Some(next) = plan.next_after(at) {
            at = next;
            checks.push((at - ORIGIN).ms() / STEP.ms());
        }
        let early = checks.iter().filter(|check| **check < 120).count();
        let then = checks.iter().filter(|check| (120..=132).contains(*check)).count();
        assert!(early <= 4 && then >= 3, "{checks:?}");
    }

    #[test]
    fn a_session_that_is_worth_more_is_missed_less() {
        let ahead = even(240, 0.01);
        let share = |missed: f64| {
            let prices = Prices { missed, ..prices() };
            let survival = exponential(Span::HOUR * 2);
            let plan = Plan::make(&ahead, &survival, &prices, &|_| 1.0, Span::DAY);
            let (starts, missed) = plan.starts_and_missed();
            missed / starts
        };
        assert!(share(10.0) < 1.0 && share(40.0) < share(10.0) && share(400.0) < share(40.0));
        assert!(share(400.0) > 0.0 && share(400.0) < 0.08, "{}", share(400.0));
    }

    #[test]
    fn outside_its_horizon_it_says_nothing() {
        let plan = plan(&even(100, 0.01), Span::DAY);
        assert_eq!(plan.next_after(ORIGIN - STEP - Span::from_ms(1)), None);
        assert_eq!(plan.next_after(ORIGIN - Span::SECOND), plan.next_after(ORIGIN));
        assert_eq!(plan.next_after(ORIGIN + STEP * 100), None);
        assert!(plan.next_after(ORIGIN + STEP * 100 - Span::from_ms(1)).is_some());
        assert_eq!(self::plan(&even(0, 0.0), Span::DAY).next_after(ORIGIN), None);
    }

    #[test]
    fn an_expensive_hour_is_avoided() {
        let ahead = even(240, 0.02);
        let (from, to) = (ORIGIN + STEP * 20, ORIGIN + STEP * 32);
        let dear = |at: Timestamp| if at >= from && at < to { 20.0 } else { 1.0 };
        let checks = |price: &dyn Fn(Timestamp) -> f64| {
            let plan =
                Plan::make(&ahead, &exponential(Span::HOUR * 2), &prices(), price, Span::DAY);
            plan.checks_from(ORIGIN).filter(|at| *at >= from && *at < to).count()
        };
        assert!(checks(&|_| 1.0) > 0);
        assert_eq!(checks(&dear), 0);
    }

    #[test]
    fn numbers_that_are_none_do_no_harm() {
        let mut ahead = even(50, f64::NAN);
        ahead.starts[3] = -1.0;
        ahead.starts[4] = f64::INFINITY;
        let plan = plan(&ahead, Span::ZERO);
        assert_eq!(plan.next_after(ORIGIN), Some(ORIGIN + STEP));
    }
}
