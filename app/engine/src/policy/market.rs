//! What a request costs, hour by hour, where the budget is short.
//!
//! Prices in the sense of Lagrange: each quota that binds adds one to the normal price, and it
//! rises while more is asked for than the quota gives and falls while less is (dual ascent, by
//! factors). The quotas of an hour or less are taken together into what each hour of the day
//! gives, longer ones into what a day gives.

use almanac_wire::{Quota, Quotas, Span, Timestamp};
use serde::{Deserialize, Serialize};

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

    /// Moves the prices by what is asked for in each hour of the coming day. Where a long quota is
    /// `short` already, more is asked for than could be foreseen.
    pub(super) fn follow(&mut self, demand: &[f64; HOURS], short: bool) {
        let follow = |price: &mut f64, asked: f64, given: f64| {
            let pressure = (asked / (given * PLANNED)).clamp(0.1, 10.0);
            *price = (*price * pressure.powf(GAIN)).clamp(RANGE.0, RANGE.1);
        };
        if let Some((gives, prices)) = &mut self.hourly {
            for (price, asked) in prices.iter_mut().zip(demand) {
                follow(price, *asked, *gives);
            }
        }
        if let Some((gives, price)) = &mut self.daily {
            let foreseen: f64 = demand.iter().sum();
            let asked = if short { foreseen.max(*gives * UNFORESEEN) } else { foreseen };
            follow(price, asked, *gives);
        }
    }

    /// The price of a request at a moment.
    pub(super) fn price(&self, at: Timestamp) -> f64 {
        let hourly = self.hourly.map_or(0.0, |(_, prices)| prices[hour_of(at)]);
        hourly + self.daily.map_or(0.0, |(_, price)| price)
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
            market.follow(&demand(market), false);
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
