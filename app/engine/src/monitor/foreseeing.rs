//! What the monitor shows of its plan: the coming checks, and what more or fewer would change.

use std::iter::successors;

use almanac_wire::{AccountId, Platform, Span, Timestamp};

use super::Monitor;
use super::book::Entry;
use super::expecting::percent;
use crate::forecast::Outlook;
use crate::learn::{Ahead, Survival};
use crate::mind::Mind;
use crate::plan::{Plan, Prices};
use crate::policy::{FIRST_WORTH, Planned, Reason};
use crate::settings::Share;
use crate::view::{BudgetPoint, ComingCheck, OtherBudgets, PlanView, Why};

/// Checks listed one by one.
const LISTED: usize = 40;
/// Hours ahead.
const HOURS: usize = 24;
/// Of an account, no more checks than this are looked for: a pinned minute's are a day's.
const EACH: usize = 1440;
/// Other budgets are worked out over so many accounts at most: it costs a plan for each and price.
const SAMPLED: usize = 30;
/// Fewer accounts with a plan than this tell nothing.
const ENOUGH: usize = 3;
/// Prices of a request at which plans are made, from dear to cheap.
const PRICES: [f64; 9] = [32.0, 12.0, 5.0, 2.5, 1.2, 0.6, 0.3, 0.12, 0.04];

/// What plans at one price come to, over all accounts looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    checks: f64,
    starts: f64,
    seen: f64,
    late_hours: f64,
}

impl Monitor {
    /// The coming checks, and what other budgets would change; that costs a moment, and is left
    /// out where `other` is not wanted.
    #[must_use]
    pub fn plan_view(&self, other: bool) -> PlanView {
        let end = self.now + Span::DAY;
        let mut checks: Vec<ComingCheck> = self
            .entries
            .iter()
            .flat_map(|(account, entry)| self.coming(account, entry))
            .filter(|check| check.at < end)
            .collect();
        checks.sort_by_key(|check| check.at);
        // Plans follow a smaller budget by and by, and each knows of no other.
        let mut checks = self.rationed(checks, end);
        let mut hours = vec![0_u16; HOURS];
        for check in &checks {
            let hour = usize::try_from((check.at - self.now).ms() / Span::HOUR.ms()).unwrap_or(0);
            if let Some(count) = hours.get_mut(hour) {
                *count = count.saturating_add(1);
            }
        }
        checks.truncate(LISTED);
        let mut platforms: Vec<Platform> = self.entries.keys().map(AccountId::platform).collect();
        platforms.dedup();
        platforms.retain(|_| other);
        PlanView {
            now: self.now,
            hours,
            checks,
            other: platforms.into_iter().filter_map(|one| self.other_budgets(one)).collect(),
        }
    }

    /// The checks of an account in the coming day as things stand: the next, and where it goes by its
    /// plan or by an interval those after it, as long as every answer is offline.
    fn coming(&self, account: &AccountId, entry: &Entry) -> Vec<ComingCheck> {
        let (Some(planned), Some(first)) = (entry.planned, self.plan_of(entry)) else {
            return Vec::new();
        };
        let first = first.max(self.now);
        let mind = entry.mind.as_ref();
        let plan = mind.and_then(Mind::plan).filter(|_| {
            planned.reason == Reason::Plan && self.goes_by_its_plan(account.platform())
        });
        let mut moments = vec![first];
        moments.extend(plan.into_iter().flat_map(|plan| plan.checks_from(first)).take(EACH));
        if let Some(interval) = repeated(entry, planned) {
            let end = self.now + Span::DAY;
            let later = successors(Some(first + interval), |at| Some(*at + interval));
            moments.extend(later.take_while(|at| *at < end).take(EACH));
        }
        let outlook = mind.and_then(Mind::outlook);
        let live = |before: Timestamp, at: Timestamp| {
            outlook.map(|outlook| percent(outlook.live_at(before, at)))
        };
        let nexts = moments.iter().skip(1).copied().map(Some).chain([None]);
        let befores = [None].into_iter().chain(moments.iter().copied().map(Some));
        let check = |((at, next), before): ((&Timestamp, Option<Timestamp>), Option<Timestamp>)| {
            let why = match before {
                None => self.why(account, planned),
                // What is forecast of it holds for accounts that exist.
                Some(_) if plan.is_none() || entry.track.is_missing() => self.why(account, planned),
                Some(before) => Why::Plan { live: live(before, *at) },
            };
            let until_next = next.map(|next| next - *at);
            ComingCheck { account: account.clone(), at: *at, why, until_next }
        };
        moments.iter().zip(nexts).zip(befores).map(check).collect()
    }

    /// Whether accounts of a platform are asked about one by one, each by its plan.
    fn goes_by_its_plan(&self, platform: Platform) -> bool {
        self.upstream(platform).is_some_and(|upstream| upstream.info.batch <= 1)
    }

    fn other_budgets(&self, platform: Platform) -> Option<OtherBudgets> {
        if !self.goes_by_its_plan(platform) {
            return None;
        }
        let upstream = self.upstream(platform).filter(|one| one.share != Share::NONE)?;
        let given = upstream.quotas.a_day();
        let planned = self.entries.iter().filter(|(account, entry)| {
            account.platform() == platform
                && !entry.track.wishes.paused
                && !entry.track.is_missing()
                && entry.track.wishes.interval.is_none()
                && entry.mind.as_ref().is_some_and(|mind| mind.plan().is_some())
        });
        let planned: Vec<&Entry> = planned.map(|(_, entry)| entry).collect();
        let every = planned.len().div_ceil(SAMPLED).max(1);
        let mut now = 0.0;
        let mut sums = [Sum::default(); PRICES.len()];
        for entry in planned.iter().step_by(every) {
            let Some(mind) = &entry.mind else { continue };
            let (Some(plan), Some(outlook)) = (mind.plan(), mind.outlook()) else { continue };
            let until = self.now + Plan::STEP * i64::try_from(Plan::STEPS).unwrap_or(0);
            now +=
                plan.checks_from(self.now).take_while(|at| *at < until).take(EACH).count() as f64;
            let zone = self.zones.habits(&entry.track);
            let pool = self.pools.of(platform);
            let ahead = mind.ahead(pool, &zone, self.now, Plan::STEP, Plan::STEPS);
            self.weigh_prices(entry, &ahead, outlook, &mut sums);
        }
        let (accounts, looked_at) = (planned.len(), planned.iter().step_by(every).count());
        if looked_at < ENOUGH || now < 1.0 {
            return None;
        }
        let hours = Plan::STEP.hours() * Plan::STEPS as f64;
        let scale = accounts as f64 / looked_at as f64 * Span::DAY.hours() / hours;
        // Plans follow a smaller budget by and by, and may want more than it gives until then.
        let now = now.min(given / scale);
        let points = [50, 100, 200].map(|share| {
            let sum = at(&sums, now * f64::from(share) / 100.0);
            point(share, &sum, scale)
        });
        Some(OtherBudgets { platform, accounts, points: points.to_vec() })
    }

    fn weigh_prices(
        &self,
        entry: &Entry,
        ahead: &Ahead,
        outlook: &Outlook,
        sums: &mut [Sum; PRICES.len()],
    ) {
        let survival = outlook.survival();
        let prices = Prices::for_missed(FIRST_WORTH * f64::from(entry.track.wishes.share) / 100.0);
        let longest_gap = entry.track.wishes.longest_gap;
        for (price, sum) in PRICES.iter().zip(sums) {
            let plan = Plan::make(ahead, &survival, &prices, &|_| *price, longest_gap);
            sum.add(&plan, ahead, &survival);
        }
    }
}

impl Sum {
    /// Adds what a plan comes to, by the starts that the model expects.
    fn add(&mut self, plan: &Plan, ahead: &Ahead, survival: &Survival) {
        let mut from = 0;
        let place = |at: Timestamp| {
            usize::try_from((at - ahead.origin).ms() / ahead.step.ms().max(1)).unwrap_or(0)
        };
        for at in plan.checks_from(ahead.origin).take(EACH) {
            let to = place(at).min(ahead.starts.len());
            self.checks += 1.0;
            for step in from..to {
                let begin = ahead.origin + ahead.step * i64::try_from(step).unwrap_or(0);
                let age = at - (begin + ahead.step / 2);
                let (Some(starts), Some(class)) = (ahead.starts.get(step), ahead.class.get(step))
                else {
                    continue;
                };
                let seen = starts.max(0.0) * survival.at(*class, age);
                self.starts += starts.max(0.0);
                self.seen += seen;
                self.late_hours += seen * age.hours();
            }
            from = from.max(to);
        }
    }
}

/// What so many checks come to: between the two prices that come nearest. Of the dearest plan's checks,
/// where not all can be made, each is as likely to be.
fn at(sums: &[Sum; PRICES.len()], checks: f64) -> Sum {
    let above = sums.iter().position(|sum| sum.checks >= checks);
    let (low, high) = match above {
        Some(0) => (Sum { starts: sums[0].starts, ..Sum::default() }, sums[0]),
        Some(place) => (sums[place - 1], sums[place]),
        None => (sums[PRICES.len() - 1], sums[PRICES.len() - 1]),
    };
    let width = high.checks - low.checks;
    let share = if width > 0.0 { ((checks - low.checks) / width).clamp(0.0, 1.0) } else { 0.0 };
    let between = |a: f64, b: f64| a + (b - a) * share;
    Sum {
        checks: between(low.checks, high.checks),
        starts: between(low.starts, high.starts),
        seen: between(low.seen, high.seen),
        late_hours: between(low.late_hours, high.late_hours),
    }
}

/// The interval after which an account's check comes again whatever is answered, if it goes by one.
fn repeated(entry: &Entry, planned: Planned) -> Option<Span> {
    let interval = match planned.reason {
        Reason::Pinned => entry.track.wishes.interval?,
        Reason::Interval => planned.at - entry.track.asked_at?,
        Reason::First
        | Reason::End
        | Reason::Plan
        | Reason::Asked
        | Reason::LongestGap
        | Reason::Audit
        | Reason::Spare => return None,
    };
    (interval >= Span::MINUTE).then_some(interval)
}

#[expect(clippy::cast_possible_truncation, reason = "shown in whole requests")]
fn point(share: u16, sum: &Sum, scale: f64) -> BudgetPoint {
    BudgetPoint {
        share,
        requests: (sum.checks * scale) as f32,
        seen: percent(if sum.starts > 0.0 { sum.seen / sum.starts } else { 0.0 }),
        delay: Span::from_minutes(sum.late_hours / sum.seen.max(1e-9) * 60.0),
    }
}
