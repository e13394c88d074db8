//! A probability and how far off it may be.

use serde::{Deserialize, Serialize};

/// A probability estimated from few cases. Invariant: `0.0 <= low <= value <= high <= 1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The probability, `0.0..=1.0`.
    pub value: f64,
    /// The lower end of its 90 % interval.
    pub low: f64,
    /// The upper end of its 90 % interval.
    pub high: f64,
}

/// The normal quantile of a two-sided 90 % interval.
const Z: f64 = 1.645;

impl Estimate {
    /// What cannot be.
    pub(super) const NEVER: Self = Self { value: 0.0, low: 0.0, high: 0.0 };

    /// From `hits` among `cases`, to which `weight` imagined cases are added that hit with
    /// probability `prior`: the mean of a Beta posterior, with the interval of all cases together.
    pub(super) fn of(hits: f64, cases: f64, prior: f64, weight: f64) -> Self {
        Self::around((hits + prior * weight) / (cases + weight), cases + weight)
    }

    /// With the interval that a share of so many cases has: Wilson's score interval (1927), which
    /// Brown, Cai and `DasGupta` (2001) recommend for small numbers.
    pub(super) fn around(value: f64, cases: f64) -> Self {
        let value = value.clamp(0.0, 1.0);
        let z2 = Z * Z;
        let centre = (value * cases + z2 / 2.0) / (cases + z2);
        let half = Z * (value * (1.0 - value) * cases + z2 / 4.0).sqrt() / (cases + z2);
        let low = (centre - half).clamp(0.0, value);
        Self { value, low, high: (centre + half).clamp(value, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        let none = Estimate::around(0.0, 10.0);
        assert_eq!((none.value, none.low), (0.0, 0.0));
        assert!((none.high - 0.213).abs() < 1e-3, "{none:?}");
        let half = Estimate::around(0.5, 10.0);
        assert!((half.low - 0.269).abs() < 1e-3 && (half.high - 0.731).abs() < 1e-3, "{half:?}");
    }

    #[test]
    fn rounding_never_leaves_the_range() {
        for cases in 1..1000 {
            let (never, always) =
                (Estimate::around(0.0, cases.into()), Estimate::around(1.0, cases.into()));
            assert!(never.low >= 0.0 && always.high <= 1.0, "{never:?} {always:?}");
        }
    }

    #[test]
    fn imagined_cases_count_like_others() {
        assert_eq!(Estimate::of(3.0, 4.0, 0.5, 2.0), Estimate::around(4.0 / 6.0, 6.0));
    }
}
