//! The geometry of the smaller charts: a day's likely starts, and how forecasts have held.

use std::fmt::Write;

use almanac_engine::view::Held;

/// The outline of a hill over a day, in units of a step and a percent; empty where it is flat.
pub(crate) fn hill(shape: &[u8]) -> String {
    if shape.iter().all(|height| *height == 0) {
        return String::new();
    }
    let mut path = "M0 100".to_owned();
    for (place, height) in shape.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(path, "V{}H{}", 100 - height.min(&100), place + 1);
    }
    path.push_str("V100Z");
    path
}

/// What forecasts said (to the right) and what came of them (upwards), as dots whose area is how
/// many they were, in a square of 100.
pub(crate) fn dots(held: &Held) -> String {
    let most = held.points.iter().map(|point| point.forecasts).fold(1.0_f32, f32::max);
    let mut markup = String::new();
    for point in &held.points {
        let radius = (point.forecasts / most).sqrt() * 4.0 + 1.2;
        let (x, y) = (whole(point.said * 100.0), 100 - whole(point.held * 100.0));
        let tenths = whole(radius * 10.0);
        let (r, rest) = (tenths / 10, tenths % 10);
        let _ = write!(markup, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}.{rest}\"/>");
    }
    markup
}

#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
fn whole(number: f32) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use almanac_engine::view::HeldPoint;
    use almanac_wire::Platform;

    use super::*;

    #[test]
    fn a_hill_stands_on_the_ground() {
        assert_eq!(hill(&[0, 50, 100]), "M0 100V100H1V50H2V0H3V100Z");
        assert_eq!(hill(&[0, 0]), "");
        assert_eq!(hill(&[]), "");
    }

    #[test]
    fn a_dot_lies_where_said_meets_happened() {
        let point = |said, held, forecasts| HeldPoint { said, held, forecasts };
        let held = Held {
            platform: Platform::Demo,
            forecasts: 125.0,
            brier: 0.1,
            skill: None,
            points: vec![point(0.05, 0.0, 25.0), point(0.8, 0.9, 100.0)],
        };
        assert_eq!(
            dots(&held),
            "<circle cx=\"5\" cy=\"100\" r=\"3.2\"/><circle cx=\"80\" cy=\"10\" r=\"5.2\"/>"
        );
    }
}
