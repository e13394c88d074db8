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
        share_at(&self.tables[class.index()], age)
    }

    /// The shares at so many ages of the table from 0 on.
    pub fn first(&self, class: Class, ages: usize) -> impl Iterator<Item = f64> + '_ {
        let table = &self.tables[class.index()];
        let last = table.last().copied().unwrap_or(1.0);
        (0..ages).map(move |age| table.get(age).copied().unwrap_or(last))
    }

    /// The age at which a session that ended before another age probably did: half of these are
    /// over by then.
    #[must_use]
    pub fn likely_end(&self, class: Class, before: Span) -> Span {
        let table = &self.tables[class.index()];
        let half = f64::midpoint(1.0, share_at(table, before));
        let steps = table.iter().position(|share| *share <= half);
        let age = steps.and_then(|steps| i64::try_from(steps).ok());
        age.map_or(before, |steps| (Self::STEP * steps).min(before))
    }

    /// The average length of a session of a class: the area under its curve.
    #[must_use]
    pub fn mean(&self, class: Class) -> Span {
        let sum: f64 = self.tables[class.index()].iter().sum();
        Span::from_minutes(Self::STEP.minutes() * sum)
    }
}

/// The share of a table at an age: linear between its ages.
pub(super) fn share_at(table: &[f64], age: Span) -> f64 {
    let last = table.last().copied().unwrap_or(1.0);
    let age = age.ms().max(0);
    let step = Survival::STEP.ms();
    let Ok(below) = usize::try_from(age / step) else { return last };
    match (table.get(below), table.get(below + 1)) {
        (Some(here), Some(next)) => here + (next - here) * ((age % step) as f64 / step as f64),
        (Some(_), None) | (None, _) => last,
    }
}
