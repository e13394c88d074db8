//! Ours: checks where they are worth most.
//!
//! Each account's checks follow the plan that its mind holds ([`crate::plan`]); here the plan is
//! given its prices, and its table is read.

use almanac_wire::{Platform, Reveals, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::market::{Demand, Market};
use super::misses::Misses;
use super::{Planned, Policy, Reason, Subject, Surroundings};
use crate::forecast::Standing;
use crate::mind::Prospect;
use crate::plan::{Plan, Prices, worth_while_live, worth_while_offline};
use crate::wishes::Wishes;

/// Two checks of an account are at least this far apart.
const SHORTEST: Span = Span::from_ms(2 * Span::MINUTE.ms());
/// What the first check of an account is worth: more than any other.
const NEW: f64 = 1e6;
/// How fast the worth of a session follows the target, an hour: plans are up to eight hours old, and
/// whoever follows faster than they do swings.
const TOWARDS: f64 = 0.08;
/// No faster than this in an hour.
const FASTEST: f64 = 1.3;
/// The worth of a session is no lower or higher than this.
const WORTH: (f64, f64) = (1.0, 5000.0);
/// Above this price, requests are short.
const SCARCE: f64 = 1.0;
/// What a missed session is worth at first, in requests, where a target moves it from there.
pub(crate) const FIRST_WORTH: f64 = 100.0;
/// Where the plan does not reach.
const BEYOND: Span = Span::HOUR;
/// The power of a batch's places that are of use in it: 23 of 50.
const PLACES_OF_USE: f64 = 0.8;
/// Sessions of accounts that start less often a day than this are worth more each,
const RARE: f64 = 0.15;
/// up to so many times,
const RAREST: f64 = 2.0;
/// but by no more than so many requests: where a session is worth more, nobody is looked at seldom.
const RAREST_MORE: f64 = 120.0;
/// How often prices are set anew.
const MARKET_DAY: Span = Span::HOUR;

/// How much is to be spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// What is worth its price, as far as the budget goes.
    Worth,
    /// What it takes to catch this share of all sessions, `0.0..1.0`, as far as the budget goes.
    /// The worth of a session is moved until the plans expect that share, less the misses that they
    /// are known to expect too many.
    Catch(f64),
    /// All that the budget gives.
    Budget,
}

/// Plans by the value of a check.
#[derive(Clone, Debug)]
pub struct Adaptive {
    prices: Prices,
    aim: Aim,
    /// One a platform.
    markets: Vec<Dealing>,
}

/// A market, what plans missed in it, and when its prices are set anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Dealing {
    platform: Platform,
    market: Market,
    misses: Misses,
    due: Timestamp,
}

/// What [`Adaptive`] has worked out: the worth of a session and the prices of requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyMemory {
    /// Where it follows a target.
    worth: Option<f64>,
    markets: Vec<Dealing>,
}

impl Adaptive {
    /// By these prices.
    #[must_use]
    pub const fn new(prices: Prices, aim: Aim) -> Self {
        Self { prices, aim, markets: Vec::new() }
    }

    /// With the worth of a session that the app begins with; a target moves it from there.
    #[must_use]
    pub fn following(aim: Aim) -> Self {
        Self::new(Prices::for_missed(FIRST_WORTH), aim)
    }

    /// Changes how much is to be spent.
    pub fn aim(&mut self, aim: Aim) {
        if self.aim != aim {
            self.aim = aim;
            for dealing in &mut self.markets {
                dealing.due = Timestamp::from_ms(i64::MIN);
            }
        }
    }

    fn dealing(&self, platform: Platform) -> Option<&Dealing> {
        self.markets.iter().find(|one| one.platform == platform)
    }

    /// When a platform's prices are due to be set anew.
    #[cfg(test)]
    pub(super) fn refreshed_at(&self, platform: Platform) -> Option<Timestamp> {
        self.dealing(platform).map(|dealing| dealing.due)
    }

    /// The price of a request.
    fn request_price(&self, platform: Platform, of: impl Fn(&Market) -> f64) -> f64 {
        let price = self.dealing(platform).map_or(1.0, |one| of(&one.market));
        match self.aim {
            Aim::Worth | Aim::Catch(_) => price.max(1.0),
            Aim::Budget => price,
        }
    }

    /// The price of a check at a moment.
    fn check_price(&self, around: Surroundings<'_>, at: Timestamp) -> f64 {
        self.request_price(around.platform, |market| market.price(at)) * part_of_request(around)
    }

    /// What is worth how much where checks cost what they do.
    fn prices(&self, around: Surroundings<'_>) -> Prices {
        let mean = self.request_price(around.platform, Market::mean_price);
        let prices = match self.aim {
            Aim::Budget => self.prices.where_all_is_spent(),
            Aim::Worth | Aim::Catch(_) => self.prices,
        };
        prices.where_checks_cost(mean * part_of_request(around))
    }
}

/// What a missed session is worth where an account starts so often a day, of what others are: whoever
/// follows somebody that is live once in a while waits for just that. Not where a request asks about
/// many: there plans only tell the target what is missed, and would say that too much is.
fn worth_of_rare(missed: f64, rate: f64, batch: u32) -> f64 {
    let times = if batch > 1 { 1.0 } else { (RARE / rate).clamp(1.0, RAREST) };
    missed + (times - 1.0) * missed.min(RAREST_MORE)
}

/// What part of a request a check takes, where a request asks about many accounts. More than its
/// even part: when a batch goes out, not all of its places are of use.
fn part_of_request(around: Surroundings<'_>) -> f64 {
    let places = f64::from(around.batch.max(1)).min(around.accounts as f64);
    places.max(1.0).powf(-PLACES_OF_USE)
}

impl Policy for Adaptive {
    fn name(&self) -> &'static str {
        "adaptive"
    }

    fn remember(&self) -> Option<PolicyMemory> {
        let worth = match self.aim {
            Aim::Catch(_) => Some(self.prices.missed),
            Aim::Worth | Aim::Budget => None,
        };
        Some(PolicyMemory { worth, markets: self.markets.clone() })
    }

    fn recall(&mut self, memory: PolicyMemory) {
        if let (Aim::Catch(_), Some(worth)) = (self.aim, memory.worth) {
            self.prices = Prices::for_missed(worth.clamp(WORTH.0, WORTH.1));
        }
        self.markets = memory.markets;
    }

    fn learns(&self) -> bool {
        true
    }

    fn weighs_batches(&self) -> bool {
        true
    }

    fn draft(
        &self,
        prospect: Prospect<'_>,
        around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Plan> {
        let price = |at| self.check_price(around, at);
        let Prospect { ahead, survival, share, longest_gap, rate, reveals } = prospect;
        let prices = self.prices(around);
        let prices = if reveals == Reveals::Last { prices.where_all_is_told() } else { prices };
        let Prices { missed, delay, .. } = prices;
        let missed = worth_of_rare(missed, rate, around.batch) * share;
        let prices = Prices { missed, delay: delay * share, ..prices };
        Some(Plan::make(ahead, survival, &prices, &price, longest_gap))
    }

    fn next_check(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        _now: Timestamp,
    ) -> Option<Planned> {
        let track = subject.track;
        let Some(asked_at) = track.asked_at else {
            return Some(Planned { at: track.added_at, reason: Reason::First });
        };
        if around.batch > 1 {
            // One request asks about many: the monitor weighs when that is worth it.
            let at = asked_at + track.wishes.longest_gap;
            return Some(Planned { at, reason: Reason::Plan });
        }
        let mind = subject.mind;
        let beyond = Planned { at: asked_at + BEYOND, reason: Reason::Interval };
        let Some(outlook) = mind.and_then(|mind| mind.outlook()) else { return Some(beyond) };
        let planned = if let Some(session) = track.open() {
            let start = session.start.middle();
            let price = self.check_price(around, asked_at);
            let gap = outlook.end_gap(asked_at - start, &self.prices(around), price);
            Planned { at: asked_at + gap, reason: Reason::End }
        } else {
            let next = mind.and_then(|mind| mind.plan()).and_then(|plan| plan.next_after(asked_at));
            next.map_or(beyond, |at| Planned { at, reason: Reason::Plan })
        };
        Some(Planned { at: planned.at.max(asked_at + SHORTEST), ..planned })
    }

    fn refresh(
        &mut self,
        roster: &mut dyn Iterator<Item = Subject<'_>>,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let known = self.markets.iter().position(|one| one.platform == around.platform);
        let place = known.unwrap_or_else(|| {
            self.markets.push(Dealing {
                platform: around.platform,
                market: Market::new(around.quotas),
                misses: Misses::new(now),
                due: now,
            });
            self.markets.len() - 1
        });
        let dealing = self.markets.get_mut(place)?;
        if now < dealing.due {
            return Some(dealing.due);
        }
        dealing.due = now + MARKET_DAY;
        let Dealing { market, misses, .. } = dealing;
        market.adjust(around.quotas);
        let mut demand = Demand::of(around.accounts, part_of_request(around));
        let (mut starts, mut missed, mut told) = (0.0, 0.0, 0.0);
        let mut unseen = Vec::new();
        for subject in roster {
            let Wishes { paused, interval, window, .. } = &subject.track.wishes;
            let Some(mind) = subject.mind.filter(|_| !paused) else { continue };
            // Whoever is checked otherwise than planned says nothing of plans.
            let tells = mind.reveals() == Reveals::Last && interval.is_none() && window.is_none();
            if tells {
                let past = subject.past.since(misses.open_since());
                unseen.extend(past.filter(|one| one.missed));
            }
            let Some(plan) = mind.plan() else { continue };
            let expected = plan.starts_and_missed();
            starts += expected.0;
            missed += expected.1;
            if tells {
                told += expected.1 / (plan.until() - plan.origin()).hours().max(1.0);
            }
            demand.add(plan, now);
        }
        if !demand.is_empty() {
            market.follow(&demand, around.short);
        }
        if let Aim::Catch(share) = self.aim {
            misses.note(told, unseen.into_iter(), now);
            if starts > 0.0 {
                let scarce = market.price(now) > SCARCE;
                let missed = misses.believed() * missed / starts;
                let worth = followed(self.prices.missed, share, missed, scarce);
                self.prices = Prices::for_missed(worth);
            }
        }
        Some(dealing.due)
    }

    fn urgency(
        &self,
        subject: Subject<'_>,
        around: Surroundings<'_>,
        due: Timestamp,
        now: Timestamp,
    ) -> f64 {
        let Some(asked_at) = subject.track.asked_at else { return NEW };
        let Some(outlook) = subject.mind.and_then(|mind| mind.outlook()) else {
            return (now - due).hours().max(0.0);
        };
        let prices = self.prices(around);
        let price = self.request_price(around.platform, |market| market.price(now));
        let share = f64::from(subject.track.wishes.share) / 100.0 / price;
        match outlook.standing() {
            Standing::Offline { .. } => {
                share * worth_while_offline(outlook, asked_at, now, &prices)
            }
            Standing::Live { start, class, .. } => {
                let (age, waited) = (asked_at - start, now - asked_at);
                let lasting = |age| outlook.share(class, age);
                share * worth_while_live(&lasting, age, waited, &prices)
            }
        }
    }

    fn spare_after(&self, around: Surroundings<'_>) -> Option<Span> {
        let quotas = around.quotas.as_slice().iter();
        let even = quotas.map(|quota| (quota.window() / i64::from(quota.limit.get()), quota));
        let (gap, quota) = even.max_by_key(|(gap, _)| *gap)?;
        match self.aim {
            // What a day gives is better kept for its best hours, unless a request asks about many.
            Aim::Budget if quota.window() <= Span::HOUR || around.batch > 1 => Some(gap),
            Aim::Budget | Aim::Worth | Aim::Catch(_) => None,
        }
    }

    fn pace(&self, around: Surroundings<'_>) -> Span {
        around.quotas.even_gap()
    }
}

/// The worth of a session an hour later, in requests, where `share` of all, `0.0..1.0`, are to be
/// caught and plans are believed to miss the part `missed` of them. Where requests are short already
/// (`scarce`), to want more only bids prices up.
fn followed(worth: f64, share: f64, missed: f64, scarce: bool) -> f64 {
    let too_many = missed / (1.0 - share).max(1e-4);
    let factor = too_many.powf(TOWARDS).clamp(1.0 / FASTEST, FASTEST);
    let factor = if scarce { factor.min(1.0) } else { factor };
    (worth * factor).clamp(WORTH.0, WORTH.1)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_session_is_worth_more_the_rarer_it_is_up_to_a_point() {
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        let worth = |rate, batch| worth_of_rare(50.0, rate, batch);
        assert!(near(worth(2.0, 1), 50.0) && near(worth(RARE, 1), 50.0));
        assert!(near(worth(RARE / 1.5, 1), 75.0) && near(worth(0.001, 1), 50.0 * RAREST));
        assert!(near(worth(0.001, 50), 50.0));
        assert!(near(worth_of_rare(900.0, 0.001, 1), 900.0 + RAREST_MORE));
    }

    #[test]
    fn a_target_is_followed_in_days() {
        let after = |hours: u32, missed: f64| {
            (0..hours).fold(100.0, |worth, _| followed(worth, 0.98, missed, false))
        };
        assert!((after(48, 0.02) - 100.0).abs() < 1e-6, "what is missed is what may be");
        // Plans are up to eight hours old: three times too many must not triple the worth by then.
        assert!((1.5..2.5).contains(&(after(8, 0.06) / 100.0)), "{}", after(8, 0.06));
        assert!(after(48, 0.08) > 400.0 && after(48, 0.005) < 25.0, "in two days it is followed");
        assert!(after(1000, 1.0) <= WORTH.1 && after(1000, 0.0) >= WORTH.0);
        let short = |missed| followed(100.0, 0.98, missed, true);
        assert!(short(0.5) <= 100.0 && short(0.001) < 100.0, "where requests are short, only down");
    }
}
