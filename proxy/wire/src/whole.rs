//! Whole numbers, however they are written: to JSON, `5` and `5.0` are the same number.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) i64);

/// Reads a whole number into a type that holds fewer of them.
pub(crate) fn whole<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let Whole(number) = Whole::deserialize(deserializer)?;
    T::try_from(number)
        .map_err(|_| D::Error::invalid_value(Unexpected::Signed(number), &"a number in its range"))
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Reader)
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
        Ok(Whole(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        let held = i64::try_from(number).map(Whole);
        held.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2 to the 53rd")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Whole, E> {
        // From there on, numbers that are not whole cannot be told from those that are.
        let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        if exact {
            Ok(Whole(number as i64))
        } else {
            Err(E::invalid_type(Unexpected::Float(number), &self))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_number_that_counts() {
        let read = |text: &str| serde_json::from_str::<Whole>(text).map(|Whole(number)| number);
        for (text, number) in
            [("5", 5), ("-5.0", -5), ("1e3", 1000), ("9223372036854775807", i64::MAX)]
        {
            assert_eq!(read(text).unwrap(), number, "{text}");
        }
        for text in ["5.5", "1e300", "18446744073709551615", "\"5\"", "null", "true"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
