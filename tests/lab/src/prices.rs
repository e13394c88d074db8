//! What adaptive weighs against requests, as the command line gives it.

use almanac_engine::plan::Prices;

use crate::error::LabError;

/// The worth of a missed session where neither a knob nor a person says otherwise.
const MISSED: f64 = 40.0;

/// Prices a person gave, in place of the engine's own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PriceWords {
    missed: Option<f64>,
    delay: Option<f64>,
    late_end: Option<f64>,
    floor: Option<f64>,
}

impl PriceWords {
    /// The prices where a missed session is worth so many requests.
    #[must_use]
    pub fn prices(&self, missed: Option<f64>) -> Prices {
        let own = Prices::for_missed(missed.or(self.missed).unwrap_or(MISSED));
        Prices {
            delay: self.delay.unwrap_or(own.delay),
            late_end: self.late_end.unwrap_or(own.late_end),
            floor: self.floor.unwrap_or(own.floor),
            ..own
        }
    }
}

/// Reads `delay=2,late-end=6,floor=0.05`, each of them optional.
///
/// # Errors
/// When a word is none of these or a number none that is zero or more.
pub fn read(text: &str) -> Result<PriceWords, LabError> {
    let mut prices = PriceWords::default();
    for part in text.split(',') {
        let bad = || LabError::BadPrice { found: part.to_owned() };
        let (word, number) = part.split_once('=').ok_or_else(bad)?;
        let number = number.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
        let price = match word.trim() {
            "missed" => &mut prices.missed,
            "delay" => &mut prices.delay,
            "late-end" => &mut prices.late_end,
            "floor" => &mut prices.floor,
            _ => return Err(bad()),
        };
        *price = Some(number.ok_or_else(bad)?);
    }
    Ok(prices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_one_by_one() {
        let prices = read("floor=0.2,late-end=3").unwrap().prices(Some(100.0));
        let own = Prices::for_missed(100.0);
        assert_eq!(prices, Prices { floor: 0.2, late_end: 3.0, ..own });
        assert!((read("missed=7").unwrap().prices(None).missed - 7.0).abs() < 1e-12);
        for bad in ["", "floor", "floor=-1", "flor=1", "delay=NaN"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
