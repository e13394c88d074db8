//! How numbers are written for people.

use std::time::Duration;

/// A duration: `0.4 s`, `12 s`, `6 min 12 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{whole} s"),
        _ => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// A size in kilobytes of 1000 bytes, one decimal: `24.8 kB`.
pub(crate) fn kilobytes(bytes: u64) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_naturally() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(12_900)), "12 s");
        assert_eq!(seconds(Duration::from_secs(372)), "6 min 12 s");
    }

    #[test]
    fn sizes_round_to_a_tenth() {
        assert_eq!(kilobytes(24_849), "24.8 kB");
        assert_eq!(kilobytes(24_850), "24.9 kB");
        assert_eq!(kilobytes(0), "0.0 kB");
    }
}
