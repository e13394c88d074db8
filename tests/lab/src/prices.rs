//! What adaptive weighs against requests, as the command line gives it.

use almanac_engine::plan::Prices;

use crate::error::LabError;

/// Those it goes by when none are given; a missed session's is the knob.
pub const DEFAULT: Prices = Prices { missed: 40.0, delay: 2.0, late_end: 6.0, floor: 0.05 };

/// Reads `delay=2,late-end=6,floor=0.05`, each of them optional.
///
/// # Errors
/// When a word is none of these or a number none that is zero or more.
pub fn read(text: &str) -> Result<Prices, LabError> {
    let mut prices = DEFAULT;
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
        *price = number.ok_or_else(bad)?;
    }
    Ok(prices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_one_by_one() {
        let prices = read("floor=0.2,late-end=3").unwrap();
        assert_eq!(prices, Prices { floor: 0.2, late_end: 3.0, ..DEFAULT });
        for bad in ["", "floor", "floor=-1", "flor=1", "delay=NaN"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
