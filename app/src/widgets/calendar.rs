//! The geometry of a calendar: a column a week, a row a day, the stronger the longer it was live.

use std::fmt::Write;

use almanac_engine::view::Day;
use almanac_engine::zone::Zone;

use super::week::{DAYS, SHADES, shaded};

/// As much as this, in minutes, is full.
const FULL: usize = 240;

/// The cells as SVG, in units of a week and a day, and how many columns they take. Days of which
/// nothing is known are left out.
pub(crate) fn cells(days: &[Day], zone: &Zone) -> (String, usize) {
    let mut paths: [String; SHADES.len()] = Default::default();
    let before = days.first().map_or(0, |day| row(day, zone));
    for (place, day) in days.iter().enumerate().filter(|(_, day)| day.followed) {
        let (column, row) = ((place + before) / 7, row(day, zone));
        if let Some(path) = paths.get_mut(shade(day)) {
            let _ = write!(path, "M{column} {row}h1v1h-1z");
        }
    }
    (shaded(&paths), (days.len() + before).div_ceil(7))
}

/// Where months begin: the column, and the day.
pub(crate) fn months(days: &[Day], zone: &Zone) -> Vec<(usize, Day)> {
    let before = days.first().map_or(0, |day| row(day, zone));
    let first = |day: &Day| zone.local(day.noon).is_some_and(|local| local.day == 1);
    let begins = days.iter().enumerate().filter(|(_, day)| first(day));
    begins.map(|(place, day)| ((place + before) / 7, *day)).collect()
}

fn row(day: &Day, zone: &Zone) -> usize {
    let weekday = zone.local(day.noon).map_or(0, |local| local.weekday);
    let weekday = usize::try_from(weekday).unwrap_or(0);
    DAYS.iter().position(|one| *one == weekday).unwrap_or(0)
}

fn shade(day: &Day) -> usize {
    let minutes = usize::from(day.minutes).max(usize::from(day.sessions > 0));
    (minutes.min(FULL) * (SHADES.len() - 1)).div_ceil(FULL)
}

#[cfg(test)]
mod tests {
    use almanac_wire::{Span, Timestamp};

    use super::*;

    /// From noon on Wednesday, 1 July 2026, UTC.
    fn days(minutes: &[u16]) -> Vec<Day> {
        let noon = |n: i64| Timestamp::from_s(1_782_907_200) + Span::DAY * n;
        let day = |(n, minutes): (i64, &u16)| Day {
            noon: noon(n),
            minutes: *minutes,
            least: 0,
            most: 0,
            sessions: 0,
            followed: n > 0,
        };
        (0..).zip(minutes).map(day).collect()
    }

    #[test]
    fn weeks_are_columns_that_begin_on_monday() {
        let (drawn, columns) = cells(&days(&[0, 240, 0, 0, 0, 120]), &Zone::UTC);
        assert_eq!(columns, 2);
        assert!(drawn.contains(r#"<path fill-opacity="1" d="M0 3h1v1h-1z"/>"#), "{drawn}");
        assert!(drawn.contains(r#"d="M1 0h1v1h-1z""#), "{drawn}");
        assert_eq!(drawn.matches('M').count(), 5, "the first day is not known");
        assert_eq!(cells(&[], &Zone::UTC), (String::new(), 0));
    }

    #[test]
    fn a_month_is_named_where_it_begins() {
        let all = days(&[0; 40]);
        let found: Vec<usize> = months(&all, &Zone::UTC).iter().map(|(at, _)| *at).collect();
        assert_eq!(found, [0, 4]);
    }

    #[test]
    fn a_short_broadcast_is_seen() {
        let short = Day { minutes: 0, sessions: 1, ..days(&[0, 0])[1] };
        assert_eq!(shade(&short), 1);
        assert_eq!(days(&[0, 120, 1000]).iter().map(shade).collect::<Vec<_>>(), [0, 3, 6]);
    }
}
