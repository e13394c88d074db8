//! Several runs' numbers as one: mean and spread.

use serde::Serialize;

use crate::calibration::mean;
use crate::numbers::fraction;

/// A mean and how far single runs stray from it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The standard deviation (n - 1); `None` for a single run.
    pub sd: Option<f64>,
}

impl Spread {
    /// Of the runs that have the number; `None` where none has.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().flatten().collect();
        let mean = mean(values.iter().copied())?;
        let sd = (values.len() > 1).then(|| {
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            (squares / fraction(values.len() - 1)).sqrt()
        });
        Some(Self { mean, sd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_spread() {
        let three = Spread::of([Some(1.0), None, Some(3.0), Some(5.0)]).unwrap();
        assert_eq!(three, Spread { mean: 3.0, sd: Some(2.0) });
        assert_eq!(Spread::of([Some(4.0)]), Some(Spread { mean: 4.0, sd: None }));
        assert_eq!(Spread::of([None]), None);
    }
}
