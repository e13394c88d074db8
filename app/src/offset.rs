//! Reads a zone's offset from UTC out of what Intl says.

use almanac_wire::Span;

/// `7/1/2026, GMT+02:00` is two hours ahead, `GMT` alone is none; `None` where no offset is told.
pub(crate) fn offset_in(said: &str) -> Option<Span> {
    let (_, told) = said.rsplit_once("GMT")?;
    let (sign, clock) = match told.chars().next() {
        None => return Some(Span::ZERO),
        Some('+') => (1, told.get(1..)?),
        // Some browsers write a proper minus.
        Some('-') => (-1, told.get(1..)?),
        Some('\u{2212}') => (-1, told.get(3..)?),
        Some(_) => return None,
    };
    let mut parts = clock.split(':').map(|part| part.trim().parse::<i64>().ok());
    let hours = parts.next()??;
    let minutes = parts.next().unwrap_or(Some(0))?;
    let seconds = parts.next().unwrap_or(Some(0))?;
    Some(Span::from_s((hours * 3600 + minutes * 60 + seconds) * sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_as_browsers_write_them() {
        let minutes = |said| offset_in(said).map(|offset| offset.ms() / 60_000);
        for (said, expected) in [
            ("7/1/2026, GMT+02:00", Some(120)),
            ("7/1/2026, GMT-03:30", Some(-210)),
            ("7/1/2026, GMT\u{2212}5", Some(-300)),
            ("7/1/2026, GMT", Some(0)),
            ("GMT+5:45", Some(345)),
            ("GMT+?", None),
            ("7/1/2026", None),
            ("", None),
        ] {
            assert_eq!(minutes(said), expected, "{said}");
        }
    }
}
