//! The demo's streamers, each with a character for the analyzer to find.

use almanac_wire::Span;

use super::Session;
use super::dice::Dice;
use super::zone::{Zone, weekday};

/// Another seed is another world.
const SEED: u64 = 1;

/// One generated streamer.
#[derive(Debug)]
pub(super) struct Streamer {
    pub(super) handle: &'static str,
    pub(super) zone: Zone,
    pub(super) titles: &'static [&'static str],
    /// People watching, more or less.
    pub(super) audience: i64,
    /// In the order of the day; none reaches into another, nor into the next day's first.
    slots: &'static [Slot],
    away: Away,
}

/// A time of day at which a streamer may go live. Times are minutes after local midnight.
#[derive(Debug)]
struct Slot {
    /// Chance in percent, Monday to Sunday.
    chance: [u64; 7],
    /// Earliest and latest start.
    start: (i64, i64),
    /// Shortest and longest broadcast in minutes.
    length: (i64, i64),
    drift: Drift,
}

#[derive(Clone, Copy, Debug)]
enum Drift {
    Steady,
    /// Moves later by `reach` minutes over half of `days`, and back over the other half.
    Sways {
        reach: i64,
        days: i64,
    },
}

#[derive(Clone, Copy, Debug)]
enum Away {
    Never,
    /// Away for the last `away` of every `of` weeks.
    Weeks {
        away: i64,
        of: i64,
    },
}

impl Streamer {
    /// The broadcasts that begin on a local day, in order.
    pub(super) fn sessions(&self, day: i64) -> Vec<Session> {
        let dice = Dice::new(SEED).roll(self.handle).roll(&day);
        if self.is_away(day) {
            return Vec::new();
        }
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(i, slot)| self.session(slot, day, dice.roll(&i)))
            .collect()
    }

    fn session(&self, slot: &Slot, day: i64, dice: Dice) -> Option<Session> {
        let chance = slot.chance.get(weekday(day)).copied().unwrap_or(0);
        if dice.roll("happens").below(100) >= chance {
            return None;
        }
        let minute = bell(dice.roll("start"), slot.start) + slot.drift.minutes(day);
        let start =
            self.zone.moment(day, minute) + Span::from_s(dice.roll("second").between(0, 59));
        let end = start + Span::MINUTE * bell(dice.roll("length"), slot.length);
        Some(Session { start, end, dice })
    }

    fn is_away(&self, day: i64) -> bool {
        match self.away {
            Away::Never => false,
            Away::Weeks { away, of } => (day + 3).div_euclid(7).rem_euclid(of) >= of - away,
        }
    }
}

impl Drift {
    fn minutes(self, day: i64) -> i64 {
        match self {
            Self::Steady => 0,
            Self::Sways { reach, days } => {
                let phase = day.rem_euclid(days);
                2 * reach * phase.min(days - phase) / days
            }
        }
    }
}

/// Between two bounds, more often in the middle.
fn bell(dice: Dice, (least, most): (i64, i64)) -> i64 {
    i64::midpoint(dice.roll("first").between(least, most), dice.roll("second").between(least, most))
}

const fn at(hour: i64, minute: i64) -> i64 {
    hour * 60 + minute
}

const fn steady(chance: [u64; 7], start: (i64, i64), length: (i64, i64)) -> Slot {
    Slot { chance, start, length, drift: Drift::Steady }
}

/// Everyone.
pub(super) const CAST: &[Streamer] = &[
    // Every evening, like clockwork.
    Streamer {
        handle: "mira.codes",
        zone: Zone::European(1),
        titles: &["rust until it compiles", "fixing last night's bug", "code review with tea"],
        audience: 420,
        slots: &[steady([92, 92, 92, 92, 92, 85, 30], (at(19, 10), at(19, 50)), (120, 210))],
        away: Away::Never,
    },
    // Mornings and evenings.
    Streamer {
        handle: "tomo_sings",
        zone: Zone::Fixed(9),
        titles: &["morning warm-up", "requests open", "ballads tonight", "guitar & chat"],
        audience: 1300,
        slots: &[
            steady([82, 82, 82, 82, 82, 60, 40], (at(7, 40), at(8, 20)), (40, 75)),
            steady([85, 85, 85, 85, 90, 95, 70], (at(20, 0), at(21, 0)), (80, 150)),
        ],
        away: Away::Never,
    },
    // The same hour by her clock, summer and winter.
    Streamer {
        handle: "nadia.live",
        zone: Zone::European(0),
        titles: &["late talk", "reading your letters", "quiet hour"],
        audience: 760,
        slots: &[steady([90, 90, 80, 90, 90, 40, 80], (at(20, 30), at(21, 0)), (70, 120))],
        away: Away::Never,
    },
    // Weekdays only, at lunch.
    Streamer {
        handle: "lunch.with.leo",
        zone: Zone::European(1),
        titles: &["one pan, one hour", "leftovers day", "soup again"],
        audience: 240,
        slots: &[steady([95, 95, 95, 95, 90, 0, 0], (at(12, 5), at(12, 35)), (40, 65))],
        away: Away::Never,
    },
    // Weekends only, long.
    Streamer {
        handle: "saturday.sam",
        zone: Zone::Fixed(-5),
        titles: &["the long one", "building the loft, part 31", "workshop weekend"],
        audience: 510,
        slots: &[steady([0, 0, 0, 0, 0, 96, 85], (at(13, 30), at(15, 30)), (180, 340))],
        away: Away::Never,
    },
    // Across midnight.
    Streamer {
        handle: "noctua_plays",
        zone: Zone::European(1),
        titles: &["no sleep run", "one more level", "speedrun practice"],
        audience: 890,
        slots: &[steady([80, 80, 80, 85, 95, 95, 60], (at(22, 45), at(25, 0)), (170, 300))],
        away: Away::Never,
    },
    // A little later each day, then back.
    Streamer {
        handle: "wandering.wei",
        zone: Zone::Fixed(8),
        titles: &["walking the old town", "night market", "ferry to the islands"],
        audience: 330,
        slots: &[Slot {
            chance: [75, 75, 75, 75, 75, 85, 85],
            start: (at(13, 0), at(13, 40)),
            length: (60, 130),
            drift: Drift::Sways { reach: 480, days: 56 },
        }],
        away: Away::Never,
    },
    // Whenever.
    Streamer {
        handle: "chaos_kit",
        zone: Zone::Fixed(-8),
        titles: &["oops, live", "drawing badly", "who let me stream", "unboxing nothing"],
        audience: 170,
        slots: &[
            steady([45, 45, 45, 45, 45, 45, 45], (at(6, 0), at(14, 0)), (20, 140)),
            steady([40, 40, 40, 40, 40, 40, 40], (at(17, 30), at(25, 0)), (20, 160)),
        ],
        away: Away::Never,
    },
    // Hardly ever.
    Streamer {
        handle: "comet.ana",
        zone: Zone::Fixed(-3),
        titles: &["telescope night", "it is back"],
        audience: 2600,
        slots: &[steady([3, 3, 3, 3, 8, 10, 5], (at(20, 0), at(23, 0)), (60, 180))],
        away: Away::Never,
    },
    // Three weeks on, two weeks off.
    Streamer {
        handle: "ravi.returns",
        zone: Zone::Fixed(6),
        titles: &["back at the drums", "practice pad hour", "odd time signatures"],
        audience: 380,
        slots: &[steady([85, 85, 85, 85, 85, 70, 70], (at(18, 0), at(18, 40)), (60, 120))],
        away: Away::Weeks { away: 2, of: 5 },
    },
    // Three mornings a week.
    Streamer {
        handle: "juno_bakes",
        zone: Zone::European(1),
        titles: &["sourdough morning", "croissants, day two", "bake along"],
        audience: 620,
        slots: &[steady([0, 95, 0, 95, 0, 95, 0], (at(9, 45), at(10, 15)), (90, 150))],
        away: Away::Never,
    },
    // Two short ones with a break for supper.
    Streamer {
        handle: "pixel.pia",
        zone: Zone::European(2),
        titles: &["tiny tiles", "palette of eight", "pixel jam", "animating water"],
        audience: 290,
        slots: &[
            steady([70, 70, 30, 70, 70, 20, 60], (at(16, 45), at(17, 15)), (50, 80)),
            steady([80, 80, 40, 80, 80, 30, 70], (at(20, 15), at(20, 45)), (60, 110)),
        ],
        away: Away::Never,
    },
];
