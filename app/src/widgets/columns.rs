//! The geometry of the plan's hours: a column for each, as high as it has checks.

use std::fmt::Write;

use almanac_engine::view::PlanView;
use almanac_engine::zone::Zone;
use almanac_wire::{Span, Timestamp};

use super::strip::percent;

/// The columns as SVG, in units of an hour and a hundredth of the highest.
pub(crate) fn columns(hours: &[u16]) -> String {
    let most = u32::from(hours.iter().copied().max().unwrap_or(0)).max(1);
    let mut path = String::new();
    for (place, count) in hours.iter().enumerate() {
        let height = (u32::from(*count) * 100).div_ceil(most);
        // Writing to a string cannot fail.
        let _ = write!(path, "M{place} 100v-{height}h1v{height}z");
    }
    format!("<path d=\"{path}\"/>")
}

/// The hours of the clock under them: how far from the left, and what is to be read there.
pub(crate) fn labels(view: &PlanView, zone: &Zone) -> Vec<(String, String)> {
    let whole = Span::DAY.ms();
    let label = |(at, hour): (Timestamp, u32)| {
        (percent((at - view.now).ms() * 10_000 / whole), format!("{hour:02}"))
    };
    zone.hour_marks(view.now, view.now + Span::DAY, 6).into_iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_column_is_full() {
        assert_eq!(
            columns(&[0, 2, 4]),
            "<path d=\"M0 100v-0h1v0zM1 100v-50h1v50zM2 100v-100h1v100z\"/>"
        );
        assert_eq!(columns(&[]), "<path d=\"\"/>");
    }

    #[test]
    fn hours_stand_where_the_clock_shows_them() {
        let now = Timestamp::from_s(1_772_396_640);
        let view = PlanView { now, hours: vec![0; 24], checks: Vec::new(), other: Vec::new() };
        let told = labels(&view, &Zone::UTC);
        assert_eq!(told[0], ("15.00%".to_owned(), "00".to_owned()));
        assert_eq!(told.len(), 4);
    }
}
