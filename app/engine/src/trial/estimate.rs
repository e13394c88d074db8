//! Estimates with intervals that say how much is known.
//!
//! Broadcasts of one account are alike, so accounts are what is counted: variances are those
//! between accounts (linearised ratios; Cochran 1977, 6.3), quantiles those of Student with as
//! many degrees of freedom. A share near one, of which accounts show no variance yet, keeps the
//! width that as many independent broadcasts would leave (Wilson 1927; Agresti and Caffo 2000).

use serde::{Deserialize, Serialize};

use super::sums::Sums;

/// A number, and the interval that holds the truth 95 times in 100.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The likeliest.
    pub value: f64,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A part of a whole, on one account: the whole, the sum of its squared weights, and the part.
type Part = (f64, f64, f64);

/// The share of broadcasts that were caught; `None` while too little is known to say.
pub(super) fn coverage<'a>(accounts: impl Iterator<Item = &'a Sums>) -> Option<Estimate> {
    share(&accounts.map(|one| (one.broadcasts, one.squares, one.caught)).collect::<Vec<_>>())
}

/// Requests an account and day.
pub(super) fn requests<'a>(accounts: impl Iterator<Item = &'a Sums>) -> Option<Estimate> {
    let parts: Vec<Part> = accounts.map(|one| (one.days, 0.0, one.requests)).collect();
    let (whole, ..) = whole(&parts);
    let (value, variance, degrees) = ratio(&parts)?;
    let half = student(degrees) * variance.sqrt();
    (whole > 1.0).then(|| Estimate { value, low: (value - half).max(0.0), high: value + half })
}

/// The median delay in minutes (its interval by Woodruff 1952).
pub(super) fn delay<'a>(accounts: impl Iterator<Item = &'a Sums> + Clone) -> Option<Estimate> {
    let mut all = Sums::default();
    accounts.clone().for_each(|one| all.add(one));
    let median = all.delay(0.5);
    let below = accounts.map(|one| (one.delayed(), one.delayed(), one.delayed_less(median)));
    let below = share(&below.collect::<Vec<_>>())?;
    let (low, high) = (0.5 + below.low - below.value, 0.5 + below.high - below.value);
    Some(Estimate { value: median, low: all.delay(low), high: all.delay(high) })
}

/// By how much the one's coverage is above the other's; accounts in the same order.
pub(super) fn difference(one: &[&Sums], other: &[&Sums]) -> Option<Estimate> {
    let parts = |sums: &[&Sums]| -> Vec<Part> {
        sums.iter().map(|sums| (sums.broadcasts, sums.squares, sums.caught)).collect()
    };
    let (one, other) = (parts(one), parts(other));
    let value = share(&one)?.value - share(&other)?.value;
    let sum: f64 = residuals(&one).zip(residuals(&other)).map(|(a, b)| (a - b).powi(2)).sum();
    let accounts = filled(&one).min(filled(&other));
    let degrees = f64::from(accounts.checked_sub(1).filter(|degrees| *degrees > 0)?);
    let between = sum * f64::from(accounts) / degrees;
    let half = student(degrees) * between.max(independent(&one) + independent(&other)).sqrt();
    Some(Estimate { value, low: (value - half).max(-1.0), high: (value + half).min(1.0) })
}

fn whole(parts: &[Part]) -> (f64, f64, f64) {
    let add = |sum: Part, part: &Part| (sum.0 + part.0, sum.1 + part.1, sum.2 + part.2);
    parts.iter().fold((0.0, 0.0, 0.0), add)
}

/// Accounts that have anything.
fn filled(parts: &[Part]) -> u32 {
    u32::try_from(parts.iter().filter(|(whole, ..)| *whole > 0.0).count()).unwrap_or(u32::MAX)
}

/// By how much each account's part differs from the common share, over the whole.
fn residuals(parts: &[Part]) -> impl Iterator<Item = f64> + '_ {
    let (all, _, part) = whole(parts);
    let share = if all > 0.0 { part / all } else { 0.0 };
    parts.iter().map(move |(own, _, part)| if all > 0.0 { (part - share * own) / all } else { 0.0 })
}

/// The variance of a share of so many independent broadcasts, two more of each kind.
fn independent(parts: &[Part]) -> f64 {
    let (all, squares, part) = whole(parts);
    let count = if squares > 0.0 { all * all / squares } else { 0.0 } + 4.0;
    let share = (part / all.max(1e-12) * (count - 4.0) + 2.0) / count;
    share * (1.0 - share) / count
}

/// A ratio, its variance between accounts, and the degrees of freedom.
fn ratio(parts: &[Part]) -> Option<(f64, f64, f64)> {
    let (all, _, part) = whole(parts);
    let accounts = f64::from(filled(parts));
    if all <= 0.0 || accounts < 2.0 {
        return None;
    }
    let sum: f64 = residuals(parts).map(|off| off * off).sum();
    Some((part / all, sum * accounts / (accounts - 1.0), accounts - 1.0))
}

/// A share and its interval: Wilson's, for as many broadcasts as would vary by as much.
fn share(parts: &[Part]) -> Option<Estimate> {
    let (value, variance, degrees) = ratio(parts)?;
    let (all, squares, _) = whole(parts);
    let count = all * all / squares.max(1e-12);
    let binomial = value * (1.0 - value) / count;
    let effect = if binomial > 0.0 { (variance / binomial).max(1.0) } else { 1.0 };
    let (count, z) = (count / effect, student(degrees));
    let middle = (value + z * z / (2.0 * count)) / (1.0 + z * z / count);
    let half = z / (1.0 + z * z / count)
        * (value * (1.0 - value) / count + z * z / (4.0 * count * count)).sqrt();
    let (low, high) = ((middle - half).max(0.0), (middle + half).min(1.0));
    Some(Estimate { value, low: low.min(value), high: high.max(value) })
}

/// The 97.5th percentile of Student's distribution (Abramowitz and Stegun 26.7.5), exact for one
/// degree of freedom, within a twentieth for more.
fn student(degrees: f64) -> f64 {
    if degrees < 1.5 {
        return 12.706;
    }
    1.96 + 2.372 / degrees + 2.823 / degrees.powi(2) + 2.557 / degrees.powi(3)
}
