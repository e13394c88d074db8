//! Sums that are kept for long: single precision in storage, double in arithmetic.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// To single precision.
#[expect(clippy::cast_possible_truncation, reason = "less precision is what is wanted")]
pub(super) const fn single(x: f64) -> f32 {
    x as f32
}

/// `N` sums, none negative.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column<const N: usize>(Box<[f32; N]>);

impl<const N: usize> Column<N> {
    /// All the same.
    pub(super) fn filled(value: f64) -> Self {
        Self(Box::new([single(value); N]))
    }

    /// From a value for each place.
    pub(super) fn from_fn(value: impl Fn(usize) -> f64) -> Self {
        Self(Box::new(std::array::from_fn(|i| single(value(i)))))
    }

    /// One of them.
    pub(super) fn get(&self, i: usize) -> f64 {
        f64::from(self.0[i])
    }

    /// Adds to one of them.
    pub(super) fn add(&mut self, i: usize, value: f64) {
        self.0[i] = single(self.get(i) + value);
    }

    /// Multiplies all of them.
    pub(super) fn scale(&mut self, factor: f64) {
        for value in self.0.iter_mut() {
            *value = single(f64::from(*value) * factor);
        }
    }

    /// All of them, in order.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|&value| f64::from(value))
    }

    /// All of them, in double precision.
    pub(super) fn doubles(&self) -> [f64; N] {
        self.0.map(f64::from)
    }
}

impl<const N: usize> Serialize for Column<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Column<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<f32>::deserialize(deserializer)?;
        if values.iter().any(|value| !value.is_finite() || *value < 0.0) {
            return Err(D::Error::custom("a sum is negative or no number"));
        }
        let values = values.into_boxed_slice().try_into();
        values.map(Self).map_err(|_| D::Error::custom("not as many sums as there should be"))
    }
}

/// Events, and what they are held against: time at risk, or events that were expected. What is
/// learned of an account is such pairs, and their ratios are its rates and factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Tally<const N: usize> {
    /// Events.
    pub(super) seen: Column<N>,
    /// What they are held against.
    pub(super) due: Column<N>,
}

impl<const N: usize> Tally<N> {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { seen: Column::filled(0.0), due: Column::filled(0.0) }
    }

    /// Makes both fade.
    pub(super) fn scale(&mut self, factor: f64) {
        self.seen.scale(factor);
        self.due.scale(factor);
    }
}
