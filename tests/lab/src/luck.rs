//! How much of a score is luck: for how many accounts somebody who could know no more would be
//! ahead of their climatology, on days drawn anew.

use almanac_fakes::rng::{SplitMix64, number_of};
use serde::Serialize;

use crate::archetypes::unit;
use crate::calibration::{Pairs, mean};
use crate::numbers::fraction;
use crate::probe::{AccountForecasts, ENOUGH, Told};

/// So often each account's days are drawn.
const REPLAYS: u64 = 400;

/// The share of accounts that would have skill in P(goes live today), by what the forecaster knows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Luck<N = f64> {
    /// Each day's probability: days are drawn by what was said of them, so that all that was said
    /// is exactly right.
    pub exactly_right: N,
    /// Where an account's days are all alike: the share of them on which it goes live, from the
    /// beginning.
    pub share_known: N,
    /// Where they are all alike: how such shares are spread over the accounts, and every day that
    /// has been.
    pub share_learned: N,
}

/// Accounts whose days so far say something of one more: a beta distribution of shares.
#[derive(Clone, Copy)]
struct Shares {
    live: f64,
    not: f64,
}

impl Shares {
    /// By the moments of what was seen, without what is chance in it.
    fn of(seen: &[f64], days: f64) -> Option<Self> {
        let middle = mean(seen.iter().copied())?;
        let chance = mean(seen.iter().map(|share| share * (1.0 - share) / days))?;
        let spread = mean(seen.iter().map(|share| (share - middle).powi(2)))? - chance;
        let worth = (middle * (1.0 - middle) / spread.max(1e-3) - 1.0).max(1.0);
        Some(Self { live: worth * middle, not: worth * (1.0 - middle) })
    }
}

/// See [`Luck`]; `None` where no account has enough sessions. `before` are the days of the run that
/// had passed at the first forecast.
#[must_use]
pub fn luck(accounts: &[AccountForecasts], before: usize) -> Option<Luck> {
    let all: Vec<&AccountForecasts> =
        accounts.iter().filter(|one| !one.today.said.0.is_empty()).collect();
    let share = |told: &Told| told.said.base_rate().unwrap_or_default();
    let shares: Vec<f64> = all.iter().map(|one| share(&one.today)).collect();
    let days = mean(all.iter().map(|one| fraction(one.today.said.0.len())))?;
    let Shares { live, not } = Shares::of(&shares, days)?;

    let (mut right, mut known, mut learned) = (Vec::new(), Vec::new(), Vec::new());
    for (place, one) in all.iter().enumerate().filter(|(_, one)| one.sessions >= ENOUGH) {
        let told = &one.today;
        let share = share(told);
        let said: Vec<f64> = told.said.0.iter().map(|(said, _)| *said).collect();
        let alike = vec![share; said.len()];
        for replay in 0..REPLAYS {
            let mut rng = SplitMix64::new(number_of(&place.to_string(), replay));
            let at_first = live_before(&told.usual, before);
            right.extend(ahead(&said, at_first, before, &mut rng, |day, _, _| said[day]));
            let at_first = (0..before).filter(|_| unit(&mut rng) <= share).count();
            let at_first = fraction(at_first);
            known.extend(ahead(&alike, at_first, before, &mut rng, |_, _, _| share));
            let learn = |_, seen: f64, days: f64| (seen + live) / (days + live + not);
            learned.extend(ahead(&alike, at_first, before, &mut rng, learn));
        }
    }
    let part = |ahead: Vec<bool>| mean(ahead.into_iter().map(|one| f64::from(u8::from(one))));
    Some(Luck {
        exactly_right: part(right)?,
        share_known: part(known)?,
        share_learned: part(learned)?,
    })
}

/// On how many of the days before the first forecast an account went live, by what its climatology
/// said then.
fn live_before(usual: &Pairs, before: usize) -> f64 {
    usual.0.first().map_or(0.0, |(said, _)| said * (fraction(before) + 1.0) - 0.5)
}

/// Whether somebody is ahead of the climatology, half a day added, on days drawn by `truth`; `None`
/// where that is perfect. The account went live on `live` of the days `before`; `says` is told the
/// day's place, and on how many of how many days it has gone live so far.
fn ahead(
    truth: &[f64],
    mut live: f64,
    before: usize,
    rng: &mut SplitMix64,
    says: impl Fn(usize, f64, f64) -> f64,
) -> Option<bool> {
    let (mut own, mut usual) = (0.0, 0.0);
    for (day, probability) in truth.iter().enumerate() {
        let days = fraction(before + day);
        let was = f64::from(u8::from(unit(rng) <= *probability));
        own += (says(day, live, days) - was).powi(2);
        usual += ((live + 0.5) / (days + 1.0) - was).powi(2);
        live += was;
    }
    (usual > 0.0).then_some(own < usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of whom these probabilities were said, after two weeks of which every second day was live.
    fn account(said: impl Iterator<Item = f64>, sessions: usize) -> AccountForecasts {
        let mut today = Told::default();
        for (day, said) in said.enumerate() {
            today.said.0.push((said, day % 2 == 0));
            today.usual.0.push((0.5, day % 2 == 0));
        }
        AccountForecasts { sessions, today, ..AccountForecasts::default() }
    }

    #[test]
    fn who_is_sure_and_right_is_always_ahead() {
        let sure = account((0..60).map(|day| f64::from(u8::from(day % 3 == 0))), 20);
        assert!(luck(&[sure], 14).unwrap().exactly_right > 0.9999);
    }

    #[test]
    fn to_know_a_share_is_not_enough_and_to_learn_it_is_less() {
        // Accounts that go live on one day of twenty, on two, ... on all.
        let accounts: Vec<_> = (0..20)
            .map(|place| {
                let mut account = account((0..60).map(|_| 0.5), 20);
                for (day, (_, live)) in account.today.said.0.iter_mut().enumerate() {
                    *live = (day * 7 + place) % 20 <= place;
                }
                account
            })
            .collect();
        let luck = luck(&accounts, 14).unwrap();
        assert!((0.84..0.94).contains(&luck.share_known), "{luck:?}");
        assert!(luck.share_learned < luck.share_known - 0.05, "{luck:?}");
        // One half is what was said of all days, and was drawn.
        assert!((luck.exactly_right - luck.share_known).abs() < 0.05, "{luck:?}");
    }

    #[test]
    fn of_too_few_sessions_nothing_is_said() {
        assert_eq!(luck(&[account((0..60).map(|_| 0.5), ENOUGH - 1)], 14), None);
        assert_eq!(luck(&[], 14), None);
    }
}
