//! The catalogue: which kinds of streamers there are, and what each does.

use crate::summer::Summer;

/// A time of day at which somebody may go on air; minutes of local time.
pub(crate) struct Slot {
    /// Chance on a day of the week, in percent.
    pub(crate) percent: u64,
    /// Chance on Saturday and Sunday.
    pub(crate) weekend_percent: u64,
    /// The announced start after midnight.
    pub(crate) start: i64,
    /// How far the real one strays, and how.
    pub(crate) stray: Stray,
    /// The median length.
    pub(crate) length: f64,
    /// How much lengths differ: the deviation of their logarithm.
    pub(crate) spread: f64,
}

pub(crate) enum Stray {
    /// To both sides, this standard deviation.
    Around(f64),
    /// Anywhere within so many minutes to both sides.
    Anywhere(i64),
}

/// What becomes of a habit in time.
pub(crate) enum Change {
    Never,
    /// Later by so many minutes every day.
    Drifts(i64),
    /// Later by so many minutes from the middle of the trace on.
    Shifts(i64),
    /// Gone for so many days in the middle of the trace.
    Pauses(i64),
}

pub(crate) struct Archetype {
    pub(crate) name: &'static str,
    pub(crate) slots: &'static [Slot],
    pub(crate) change: Change,
    pub(crate) summer: Summer,
}

const fn slot(percent: u64, weekend_percent: u64, start: i64, stray: Stray, length: f64) -> Slot {
    Slot { percent, weekend_percent, start, stray, length, spread: 0.35 }
}

const EVENING: i64 = 20 * 60;

pub(crate) const ARCHETYPES: [Archetype; 12] = [
    plain("regular", &[slot(92, 92, EVENING, Stray::Around(8.0), 150.0)]),
    plain("weekday", &[slot(88, 3, 18 * 60, Stray::Around(12.0), 120.0)]),
    plain("irregular", &[slot(55, 55, 15 * 60, Stray::Anywhere(420), 140.0)]),
    Archetype {
        change: Change::Drifts(8),
        ..plain("drifter", &[slot(80, 80, EVENING, Stray::Around(20.0), 160.0)])
    },
    Archetype {
        change: Change::Shifts(6 * 60),
        ..plain("shifter", &[slot(80, 80, 14 * 60, Stray::Around(15.0), 150.0)])
    },
    Archetype {
        change: Change::Pauses(21),
        ..plain("hiatus", &[slot(85, 85, EVENING, Stray::Around(15.0), 150.0)])
    },
    plain(
        "several",
        &[
            slot(75, 60, 9 * 60, Stray::Around(15.0), 60.0),
            slot(75, 75, 15 * 60, Stray::Around(20.0), 75.0),
            slot(80, 80, 21 * 60, Stray::Around(20.0), 110.0),
        ],
    ),
    Archetype {
        summer: Summer::Us,
        ..plain("dst_us", &[slot(88, 80, 19 * 60, Stray::Around(6.0), 130.0)])
    },
    Archetype {
        summer: Summer::Eu,
        ..plain("dst_eu", &[slot(88, 80, 19 * 60 + 30, Stray::Around(6.0), 130.0)])
    },
    plain("rare", &[slot(7, 16, 19 * 60, Stray::Around(70.0), 130.0)]),
    plain("night_owl", &[slot(80, 85, 23 * 60, Stray::Around(30.0), 240.0)]),
    plain(
        "short",
        &[
            slot(70, 40, 12 * 60, Stray::Around(20.0), 16.0),
            slot(70, 60, 19 * 60, Stray::Around(30.0), 22.0),
        ],
    ),
];

const fn plain(name: &'static str, slots: &'static [Slot]) -> Archetype {
    Archetype { name, slots, change: Change::Never, summer: Summer::None }
}
