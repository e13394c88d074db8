//! Whole numbers and fractions into each other, in one place.

use almanac_wire::Span;
use serde::{Serialize, Serializer};

/// A count as a fraction; exact below 2^53.
#[must_use]
pub const fn fraction(count: usize) -> f64 {
    count as f64
}

/// A length of time in milliseconds; exact for 285,000 years.
#[must_use]
pub const fn millis(span: Span) -> f64 {
    span.ms() as f64
}

/// A length of time in minutes.
#[must_use]
pub fn minutes(span: Span) -> f64 {
    millis(span) / millis(Span::MINUTE)
}

/// A length of time in hours.
#[must_use]
pub fn hours(span: Span) -> f64 {
    millis(span) / millis(Span::HOUR)
}

/// A length of time in days.
#[must_use]
pub fn days(span: Span) -> f64 {
    millis(span) / millis(Span::DAY)
}

/// The nearest length of time in whole milliseconds.
#[must_use]
pub fn span_of_minutes(minutes: f64) -> Span {
    Span::from_ms(whole(minutes * millis(Span::MINUTE)))
}

/// The nearest whole number; what is out of range becomes the end of the range.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "`as` from a float saturates, and NaN is 0")]
pub fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The nearest index; what is negative becomes 0.
#[must_use]
pub fn index(number: f64) -> usize {
    usize::try_from(whole(number)).unwrap_or(0)
}

/// A number that is written without a point where it is whole: a count, or a mean of counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count(pub f64);

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            serializer.serialize_i64(whole(self.0))
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_and_saturate() {
        assert_eq!(whole(-2.6), -3);
        assert_eq!(whole(f64::NAN), 0);
        assert_eq!(whole(1e300), i64::MAX);
        assert_eq!(index(-7.0), 0);
        assert_eq!(serde_json::to_string(&[Count(60.0), Count(60.5)]).unwrap(), "[60,60.5]");
        assert_eq!(span_of_minutes(1.5), Span::from_s(90));
        assert!((minutes(Span::HOUR) - 60.0).abs() < 1e-12);
        assert!((days(Span::HOUR * 36) - 1.5).abs() < 1e-12);
    }
}
