//! How long sessions last.

use almanac_wire::Span;

use super::ahead::Class;

/// The share of sessions that are still on at an age, for each class of start.
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    /// At every multiple of [`Survival::STEP`], from age 0 (1.0) on, falling; by [`Class::index`].
    tables: [Vec<f64>; 4],
}

impl Survival {
    /// The spacing of the tables.
    pub const STEP: Span = Span::from_ms(5 * Span::MINUTE.ms());

    /// From one table a class, each falling from 1.0 in steps of [`Survival::STEP`].
    #[must_use]
    pub const fn new(tables: [Vec<f64>; 4]) -> Self {
        Self { tables }
    }

    /// The share that is still on at an age, `0.0..=1.0`; linear between the table's ages, its
    /// last value beyond its end, 1.0 before the beginning.
    #[must_use]
    pub fn at(&self, class: Class, age: Span) -> f64 {
        let table = &self.tables[class.index()];
        let last = table.last().copied().unwrap_or(1.0);
        let place = (age.ms().max(0) as f64) / (Self::STEP.ms() as f64);
        let below = age.ms().max(0) / Self::STEP.ms();
        let Ok(below) = usize::try_from(below) else { return last };
        match (table.get(below), table.get(below + 1)) {
            (Some(here), Some(next)) => here + (next - here) * (place - below as f64),
            (Some(_), None) | (None, _) => last,
        }
    }

    /// The average length of a session of a class: the area under its curve.
    #[must_use]
    pub fn mean(&self, class: Class) -> Span {
        let sum: f64 = self.tables[class.index()].iter().sum();
        Span::from_minutes(Self::STEP.minutes() * sum)
    }
}
