//! A zone as its clocks go over the time that a snapshot speaks of. The browser knows every zone;
//! who reads a snapshot need not.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::snapshot::is_shown;
use crate::time::{Span, Timestamp};
use crate::whole::whole;

/// Most changes that a zone may name.
pub const MOST_CHANGES: usize = 8;

/// A zone's name and what its clocks are ahead of UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawZone")]
pub struct ZoneClock {
    name: String,
    offset_s: i32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ZoneChange>,
}

/// As it stands on the wire.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ZoneClock))]
pub struct RawZone {
    /// Its name in the IANA time zone database, such as Europe/Berlin.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_+/-]{1,64}$"))]
    name: String,
    /// Seconds that its clocks are ahead of UTC before the first change.
    #[cfg_attr(feature = "openapi", schema(minimum = -86_400, maximum = 86_400))]
    #[serde(deserialize_with = "whole")]
    offset_s: i32,
    /// The changes of its clocks.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    changes: Vec<ZoneChange>,
}

/// From a moment on, other seconds ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ZoneChange {
    /// From when on, milliseconds since the Unix epoch.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 253_402_300_799_999_i64))]
    pub at: Timestamp,
    /// Seconds ahead of UTC from then on.
    #[cfg_attr(feature = "openapi", schema(minimum = -86_400, maximum = 86_400))]
    #[serde(deserialize_with = "whole")]
    pub offset_s: i32,
}

/// Why this is no zone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ZoneError {
    /// The name.
    #[error("zone: a name has 1 to 64 letters, digits and _ + / -, such as Europe/Berlin")]
    Name,
    /// An offset.
    #[error("zone: clocks are at most a day ahead of UTC or behind, not {0} s")]
    Offset(i32),
    /// Too many changes.
    #[error("zone: {0} changes; expected at most {MOST_CHANGES}")]
    TooManyChanges(usize),
    /// A change that no calendar can show.
    #[error("zone: a change is not at a time from 1970 to 9999")]
    NoTime,
}

impl ZoneClock {
    /// A zone; `changes` may come in any order.
    ///
    /// # Errors
    /// When a part is out of its bounds.
    pub fn new(name: &str, offset_s: i32, mut changes: Vec<ZoneChange>) -> Result<Self, ZoneError> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_+/-".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(legal) {
            return Err(ZoneError::Name);
        }
        let mut all_offsets = changes.iter().map(|change| change.offset_s).chain([offset_s]);
        if let Some(wrong) = all_offsets.find(|offset| offset.abs() > 86_400) {
            return Err(ZoneError::Offset(wrong));
        }
        if changes.len() > MOST_CHANGES {
            return Err(ZoneError::TooManyChanges(changes.len()));
        }
        if !changes.iter().all(|change| is_shown(change.at)) {
            return Err(ZoneError::NoTime);
        }
        changes.sort_by_key(|change| change.at);
        Ok(Self { name: name.to_owned(), offset_s, changes })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its clocks are ahead of UTC at a moment.
    #[must_use]
    pub fn offset_at(&self, at: Timestamp) -> Span {
        let change = self.changes.iter().rev().find(|change| change.at <= at);
        Span::from_s(i64::from(change.map_or(self.offset_s, |change| change.offset_s)))
    }
}

impl TryFrom<RawZone> for ZoneClock {
    type Error = ZoneError;
    fn try_from(raw: RawZone) -> Result<Self, ZoneError> {
        Self::new(&raw.name, raw.offset_s, raw.changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(s: i64, offset_s: i32) -> ZoneChange {
        ZoneChange { at: Timestamp::from_s(s), offset_s }
    }

    #[test]
    fn clocks_go_by_the_last_change() {
        let (spring, autumn) = (1_774_746_000, 1_792_890_000);
        let changes = vec![change(autumn, 3600), change(spring, 7200)];
        let zone = ZoneClock::new("Europe/Berlin", 3600, changes).unwrap();
        for (at, hours) in [(spring - 1, 1), (spring, 2), (autumn - 1, 2), (autumn, 1)] {
            assert_eq!(zone.offset_at(Timestamp::from_s(at)), Span::HOUR * hours);
        }
    }

    #[test]
    fn what_is_no_zone_says_why() {
        for name in ["", "Europe Berlin", "a\nb", &"x".repeat(65)] {
            assert_eq!(ZoneClock::new(name, 0, Vec::new()), Err(ZoneError::Name));
        }
        assert_eq!(ZoneClock::new("UTC", 86_401, Vec::new()), Err(ZoneError::Offset(86_401)));
        let many = vec![change(1, 0); 9];
        assert_eq!(ZoneClock::new("UTC", 0, many), Err(ZoneError::TooManyChanges(9)));
        assert_eq!(ZoneClock::new("UTC", 0, vec![change(-1, 0)]), Err(ZoneError::NoTime));
        assert!(serde_json::from_str::<ZoneClock>(r#"{"name":"UTC","offset_s":0,"x":1}"#).is_err());
    }
}
