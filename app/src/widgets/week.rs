//! The geometry of a week: a row a day, a cell each half hour, the stronger the oftener it was live.

use std::fmt::Write;

use almanac_engine::view::{HALF_HOURS, Week};

/// The days as rows, Monday first, as most of the world begins its week.
pub(crate) const DAYS: [usize; 7] = [1, 2, 3, 4, 5, 6, 0];
/// Shades from faint to full; the first is for never.
pub(crate) const SHADES: [u8; 7] = [5, 22, 38, 54, 70, 85, 100];
/// At this share of weeks, in percent, an hour stands out.
const STANDS_OUT: u8 = 34;

/// A stretch of a weekday, in half hours from its midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// 0 is Sunday.
    pub(crate) weekday: usize,
    pub(crate) from: usize,
    /// Behind its last.
    pub(crate) to: usize,
}

/// The shade of a share in percent.
pub(crate) fn shade(percent: u8) -> usize {
    match percent {
        0 => 0,
        percent => (usize::from(percent.min(100)) * (SHADES.len() - 1)).div_ceil(100),
    }
}

/// The cells as SVG, in units of a half hour and a day. Nothing but numbers goes into it.
pub(crate) fn cells(week: &Week) -> String {
    let mut paths: [String; SHADES.len()] = Default::default();
    for (row, weekday) in DAYS.into_iter().enumerate() {
        for half in 0..HALF_HOURS {
            let live = week.live.get(weekday * HALF_HOURS + half).copied().unwrap_or(0);
            if let Some(path) = paths.get_mut(shade(live)) {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{half} {row}h1v1h-1z");
            }
        }
    }
    shaded(&paths)
}

/// A path for each shade.
pub(crate) fn shaded(paths: &[String]) -> String {
    let mut markup = String::new();
    for (path, opacity) in paths.iter().zip(SHADES) {
        if !path.is_empty() {
            let _ = write!(markup, "<path fill-opacity=\".{opacity:02}\" d=\"{path}\"/>");
        }
    }
    // Full is full.
    markup.replace("\".100\"", "\"1\"")
}

/// The stretches that stand out, through the week from Monday on.
pub(crate) fn outstanding(week: &Week) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for weekday in DAYS {
        for half in 0..HALF_HOURS {
            let live = week.live.get(weekday * HALF_HOURS + half).copied().unwrap_or(0);
            if live < STANDS_OUT {
                continue;
            }
            match found.last_mut() {
                Some(last) if last.weekday == weekday && last.to == half => last.to += 1,
                Some(_) | None => found.push(Stretch { weekday, from: half, to: half + 1 }),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(cells: &[(usize, usize, u8)]) -> Week {
        let mut live = vec![0; 7 * HALF_HOURS];
        for (weekday, half, percent) in cells {
            live[weekday * HALF_HOURS + half] = *percent;
        }
        Week { live, weeks: 3 }
    }

    #[test]
    fn every_cell_is_drawn_once_in_its_shade() {
        let drawn = cells(&week(&[(1, 0, 100), (0, 47, 50)]));
        assert_eq!(drawn.matches("h1v1h-1z").count(), 7 * HALF_HOURS);
        assert!(drawn.contains(r#"<path fill-opacity="1" d="M0 0h1v1h-1z"/>"#), "{drawn}");
        assert!(drawn.contains(r#"<path fill-opacity=".54" d="M47 6h1v1h-1z"/>"#), "{drawn}");
        assert_eq!(cells(&Week { live: Vec::new(), weeks: 1 }).matches("h1v1h-1z").count(), 336);
    }

    #[test]
    fn never_is_no_shade_and_once_is_one() {
        assert_eq!([0, 1, 16, 17, 50, 99, 100, 255].map(shade), [0, 1, 1, 2, 3, 6, 6, 6]);
    }

    #[test]
    fn what_stands_out_is_told_from_monday_on() {
        let told = outstanding(&week(&[(0, 3, 90), (1, 40, 40), (1, 41, 80), (2, 42, 33)]));
        let stretch = |weekday, from, to| Stretch { weekday, from, to };
        assert_eq!(told, [stretch(1, 40, 42), stretch(0, 3, 4)]);
    }
}
