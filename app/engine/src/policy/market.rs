//! What a request costs, hour by hour, where the budget is short.
//!
//! Prices in the sense of Lagrange: each quota that binds adds one to the normal price, and it
//! rises while more is asked for than the quota gives and falls while less is (dual ascent, by
//! factors). The quotas of an hour or less are taken together into what each hour of the day
//! gives, longer ones into what a day gives.

use almanac_wire::{Quota, Quotas, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// Hours of a day.
const HOURS: usize = 24;
/// Of what the quotas give, this much is planned for: the rest takes what cannot be planned.
const PLANNED: f64 = 0.96;
/// How fast prices follow demand: plans are up to eight hours old, so not at once.
const GAIN: f64 = 0.25;
/// No quota's price is lower or higher than this.
const RANGE: (f64, f64) = (0.01, 200.0);

/// What is asked for, as a share of what a quota gives, when it is found nearly gone.
const UNFORESEEN: f64 = 1.2;

/// The prices at one upstream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Market {
    /// Requests that an hour gives, and the price in each hour of the day (UTC).
    hourly: Option<(f64, [f64; HOURS])>,
    /// Requests that a day gives, and their price.
    daily: Option<(f64, f64)>,
}

impl Market {
    /// What these quotas give, each at the normal price at first.
    pub(super) fn new(quotas: &Quotas) -> Self {
        let is_short = |quota: &&Quota| quota.window() <= Span::HOUR;
        let least = |per: Span, short: bool| {
            let quotas = quotas.as_slice().iter().filter(|quota| is_short(quota) == short);
            quotas
                .map(|quota| f64::from(quota.limit.get()) * (per.hours() / quota.window().hours()))
                .min_by(f64::total_cmp)
        };
        Self {
            hourly: least(Span::HOUR, true).map(|gives| (gives, [1.0; HOURS])),
            daily: least(Span::DAY, false).map(|gives| (gives, 1.0)),
        }
    }

    /// Goes by other quotas from now on; prices stay where they were.
    pub(super) fn adjust(&mut self, quotas: &Quotas) {
        let new = Self::new(quotas);
        let hourly = self.hourly.map(|(_, prices)| prices);
        let daily = self.daily.map(|(_, price)| price);
        self.hourly = new.hourly.map(|(gives, first)| (gives, hourly.unwrap_or(first)));
        self.daily = new.daily.map(|(gives, first)| (gives, daily.unwrap_or(first)));
    }

    /// Moves the prices by what is asked for. Where a long quota is `short` already, more is asked
    /// for than could be foreseen.
    pub(super) fn follow(&mut self, demand: &Demand, short: bool) {
        let follow = |price: &mut f64, asked: f64, given: f64| {
            let pressure = (asked / (given * PLANNED)).clamp(0.1, 10.0);
            *price = (*price * pressure.powf(GAIN)).clamp(RANGE.0, RANGE.1);
        };
        if let Some((gives, prices)) = &mut self.hourly {
            for (price, asked) in prices.iter_mut().zip(demand.hourly()) {
                follow(price, asked, *gives);
            }
        }
        if let Some((gives, price)) = &mut self.daily {
            let foreseen = demand.daily();
            let asked = if short { foreseen.max(*gives * UNFORESEEN) } else { foreseen };
            follow(price, asked, *gives);
        }
    }

    /// The mean price of a request over the day.
    pub(super) fn mean_price(&self) -> f64 {
        let mean = |prices: &[f64; HOURS]| prices.iter().sum::<f64>() / HOURS as f64;
        let hourly = self.hourly.as_ref().map_or(0.0, |(_, prices)| mean(prices));
        hourly + self.daily.map_or(0.0, |(_, price)| price)
    }

    /// The price of a request at a moment.
    pub(super) fn price(&self, at: Timestamp) -> f64 {
        let hourly = self.hourly.map_or(0.0, |(_, prices)| prices[hour_of(at)]);
        hourly + self.daily.map_or(0.0, |(_, price)| price)
    }
}

/// What plans ask for in the coming day.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    /// Requests for each account, which share one in a batch.
    requests: f64,
    /// All accounts, and those of them whose plans were added.
    accounts: (f64, f64),
    /// Checks planned in each hour of the day, and the hours for which plans are there: they end
    /// within the day.
    checks: [f64; HOURS],
    planned: [f64; HOURS],
}

impl Demand {
    /// Of so many accounts, whose checks take this part of a request each.
    pub(super) fn of(accounts: usize, requests: f64) -> Self {
        let accounts = (accounts as f64, 0.0);
        Self { requests, accounts, checks: [0.0; HOURS], planned: [0.0; HOURS] }
    }

    /// Whether no plan was added.
    pub(super) const fn is_empty(&self) -> bool {
        self.accounts.1 == 0.0
    }

    /// Adds the plan of an account.
    pub(super) fn add(&mut self, plan: &Plan, now: Timestamp) {
        self.accounts.1 += 1.0;
        let end = now + Span::DAY;
        for at in plan.checks_from(now).take_while(|at| *at < end) {
            self.checks[hour_of(at)] += 1.0;
        }
        let (mut at, until) = (now, plan.until().min(end));
        while at < until {
            let next = (at + Span::HOUR).min(until);
            self.planned[hour_of(at)] += (next - at).hours();
            at = next;
        }
    }

    /// Requests in each hour of the day. Hours that no plan reaches ask for as much as others;
    /// those who are live and have no plan, too.
    fn hourly(&self) -> [f64; HOURS] {
        let planned: f64 = self.planned.iter().sum();
        let mean = self.checks.iter().sum::<f64>() / planned.max(1.0);
        let mut hour = 0..;
        self.checks.map(|checks| {
            let planned = self.planned[hour.next().unwrap_or(0)];
            (checks + mean) / (planned + 1.0) * self.accounts.0 * self.requests
        })
    }

    /// Requests in the day, as far as plans reach. That is up to a third too few, and as much too
    /// many, since plans are made as if every answer was offline: put right one at a time, or by
    /// what was used, a day's budget caught less (`docs/science.md`).
    fn daily(&self) -> f64 {
        let (all, planned) = self.accounts;
        self.checks.iter().sum::<f64>() * all / planned.max(1.0) * self.requests
    }
}

/// The hour of the day, UTC.
pub(super) fn hour_of(at: Timestamp) -> usize {
    let hour = at.ms().rem_euclid(Span::DAY.ms()) / Span::HOUR.ms();
    usize::try_from(hour).unwrap_or(0).min(HOURS - 1)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn market(quotas: &str) -> Market {
        Market::new(&quotas.parse().unwrap())
    }

    /// Buyers whose demand falls with the square root of the price.
    fn settle(market: &mut Market, at_one: [f64; HOURS]) -> [f64; HOURS] {
        let demand = |market: &Market| {
            let mut hour = 0..;
            at_one.map(|asked| {
                let at = Timestamp::from_s(hour.next().unwrap_or(0) * 3600);
                asked / market.price(at).sqrt()
            })
        };
        for _ in 0..2000 {
            let checks = demand(market);
            let demand = Demand { checks, planned: [1.0; HOURS], ..Demand::of(1, 1.0) };
            market.follow(&demand, false);
        }
        demand(market)
    }

    #[test]
    fn what_is_short_decides() {
        let market = market("10/min,60/h,120/day");
        assert_eq!(market.hourly.map(|(gives, _)| gives), Some(60.0));
        assert_eq!(market.daily.map(|(gives, _)| gives), Some(120.0));
        assert_eq!(self::market("120/h").daily, None);
    }

    #[test]
    fn hours_that_no_plan_reaches_ask_for_as_much_as_others() {
        let (mut checks, mut planned) = ([0.0; HOURS], [0.0; HOURS]);
        for hour in 0..16 {
            (checks[hour], planned[hour]) = (30.0, 10.0);
        }
        let demand = Demand { checks, planned, ..Demand::of(20, 0.5) };
        for asked in demand.hourly() {
            assert!((asked - 3.0 * 20.0 * 0.5).abs() < 0.1, "{asked}");
        }
    }

    #[test]
    fn demand_settles_at_what_a_day_gives_wherever_it_falls() {
        let mut asked = [40.0; HOURS];
        asked[20] = 90.0;
        let bought = settle(&mut market("60/h,120/day"), asked);
        let sum: f64 = bought.iter().sum();
        assert!((sum - 120.0 * PLANNED).abs() < 1.0, "{sum}");
        assert!(bought[20] > 2.0 * bought[3], "the hours' own quota does not bind");
    }

    #[test]
    fn an_hour_in_demand_is_dearer() {
        let mut asked = [30.0; HOURS];
        asked[20] = 240.0;
        let mut market = market("120/h");
        let bought = settle(&mut market, asked);
        assert!((bought[20] - 120.0 * PLANNED).abs() < 1.0, "{bought:?}");
        let (peak, night) = (Timestamp::from_s(20 * 3600 + 1), Timestamp::from_s(3 * 3600));
        assert!(market.price(peak) > 10.0 * market.price(night));
    }
}
