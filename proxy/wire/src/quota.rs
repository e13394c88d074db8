//! Nested quotas: several windows that all hold at once, such as `10/min,60/h,120/day`. A day may
//! be one of a time zone, which begins anew at its midnight: `10000/day@America/Los_Angeles`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::Span;
use crate::zone_name::ZoneName;

/// At most `limit` requests in any stretch of `window_s` seconds, or in each day of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quota {
    /// Most requests in the window.
    #[cfg_attr(feature = "openapi", schema(value_type = u32, minimum = 1))]
    pub limit: NonZeroU32,
    /// Length of the sliding window in seconds; of a zone's day, 86,400.
    #[cfg_attr(feature = "openapi", schema(value_type = u32, minimum = 1))]
    pub window_s: NonZeroU32,
    /// The zone whose midnight begins the window anew; without one the window slides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub zone: Option<ZoneName>,
}

impl Quota {
    /// Length of the window; a zone's day is now and then an hour shorter or longer.
    #[must_use]
    pub fn window(self) -> Span {
        Span::from_s(i64::from(self.window_s.get()))
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = WINDOWS.iter().find(|(s, _)| *s == self.window_s.get());
        match known {
            Some((_, words)) => write!(f, "{}/{}", self.limit, words[0])?,
            None => write!(f, "{}/{}s", self.limit, self.window_s)?,
        }
        match self.zone {
            Some(zone) => write!(f, "@{zone}"),
            None => Ok(()),
        }
    }
}

/// Windows people name, shortest first; the first name is the one we write.
const WINDOWS: [(u32, &[&str]); 4] = [
    (1, &["s", "sec", "second"]),
    (60, &["min", "m", "minute"]),
    (3600, &["h", "hour"]),
    (DAY_S, &["day", "d"]),
];

const DAY_S: u32 = 86_400;

/// Why a text is no list of quotas.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuotaError {
    /// Nothing given.
    #[error("no quota given; write for example 10/min,60/h,120/day")]
    Empty,
    /// One of the parts.
    #[error(
        "“{0}” is no quota; write a number, a slash and s, min, h, day or seconds: 10/min, 5/90s; for a day that \
         begins at a zone's midnight: 10000/day@America/Los_Angeles"
    )]
    Malformed(String),
    /// Two quotas for one window.
    #[error("two quotas for the same window of {0} s")]
    SameWindow(u32),
}

/// One or more quotas that hold at once, shortest window first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Vec<Quota>", try_from = "Vec<Quota>")]
pub struct Quotas(Vec<Quota>);

impl Quotas {
    /// Quotas that hold at once, in any order.
    ///
    /// # Errors
    /// When there are none, or two share a window.
    pub fn new(quotas: Vec<Quota>) -> Result<Self, QuotaError> {
        let place = |quota: &Quota| (quota.window_s, quota.zone);
        let mut by_window: Vec<Quota> = Vec::with_capacity(quotas.len());
        for quota in quotas {
            match by_window.binary_search_by_key(&place(&quota), place) {
                Ok(_) => return Err(QuotaError::SameWindow(quota.window_s.get())),
                Err(place) => by_window.insert(place, quota),
            }
        }
        if by_window.is_empty() { Err(QuotaError::Empty) } else { Ok(Self(by_window)) }
    }

    /// The quotas, shortest window first; never empty.
    #[must_use]
    pub fn as_slice(&self) -> &[Quota] {
        &self.0
    }

    /// The longest window.
    #[must_use]
    pub fn longest(&self) -> Span {
        self.0.iter().map(|quota| quota.window()).max().unwrap_or(Span::ZERO)
    }

    /// A share of each quota in percent, at least one request of each.
    #[must_use]
    pub fn share(&self, percent: u8) -> Self {
        let part = |quota: &Quota| {
            let limit = u64::from(quota.limit.get()) * u64::from(percent) / 100;
            let limit = u32::try_from(limit).ok().and_then(NonZeroU32::new);
            Quota { limit: limit.unwrap_or(NonZeroU32::MIN), ..*quota }
        };
        Self(self.0.iter().map(part).collect())
    }

    /// Requests a day that all of them together let through.
    #[must_use]
    pub fn a_day(&self) -> f64 {
        let a_day = |quota: &Quota| f64::from(quota.limit.get()) / quota.window().days();
        self.0.iter().map(a_day).fold(f64::INFINITY, f64::min)
    }

    /// The time between requests at which the shortest window is used evenly.
    #[must_use]
    pub fn even_gap(&self) -> Span {
        self.0.first().map_or(Span::ZERO, |quota| quota.window() / i64::from(quota.limit.get()))
    }
}

impl TryFrom<Vec<Quota>> for Quotas {
    type Error = QuotaError;
    fn try_from(quotas: Vec<Quota>) -> Result<Self, QuotaError> {
        Self::new(quotas)
    }
}

impl From<Quotas> for Vec<Quota> {
    fn from(quotas: Quotas) -> Self {
        quotas.0
    }
}

impl fmt::Display for Quotas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, quota) in self.0.iter().enumerate() {
            write!(f, "{}{quota}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl FromStr for Quotas {
    type Err = QuotaError;

    fn from_str(text: &str) -> Result<Self, QuotaError> {
        if text.trim().is_empty() {
            return Err(QuotaError::Empty);
        }
        let quotas = text
            .split(',')
            .map(str::trim)
            .map(|part| parse_quota(part).ok_or_else(|| QuotaError::Malformed(part.to_owned())))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(quotas)
    }
}

fn parse_quota(part: &str) -> Option<Quota> {
    let (limit, window) = part.split_once('/')?;
    let (window, zone) = match window.split_once('@') {
        Some((window, zone)) => (window.trim(), Some(zone.trim().parse().ok()?)),
        None => (window.trim(), None),
    };
    let named = WINDOWS.iter().find(|(_, names)| names.contains(&window)).map(|(s, _)| *s);
    let window_s = match named {
        Some(s) => s,
        None => window.strip_suffix('s')?.parse().ok()?,
    };
    let window_s = NonZeroU32::new(window_s).filter(|s| zone.is_none() || s.get() == DAY_S)?;
    Some(Quota { limit: limit.trim().parse().ok()?, window_s, zone })
}

/// How much of one quota is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotaState {
    /// Length of the window in seconds.
    pub window_s: u32,
    /// The zone whose midnight begins the window anew; without one the window slides.
    // Always told: the app passes this on in a format that leaves nothing out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub zone: Option<ZoneName>,
    /// Most requests in the window.
    pub limit: u32,
    /// Requests that could be sent at once as far as this window goes.
    pub remaining: u32,
    /// Seconds until `remaining` grows by at least one, or until the zone's midnight; 0 when it is
    /// whole.
    pub reset_s: u32,
}

impl QuotaState {
    /// All of a quota is left.
    #[must_use]
    pub const fn whole(quota: &Quota) -> Self {
        Self {
            window_s: quota.window_s.get(),
            zone: quota.zone,
            limit: quota.limit.get(),
            remaining: quota.limit.get(),
            reset_s: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_read_and_write_as_people_say_them() {
        let quotas: Quotas = "120/day, 10/min ,60/h".parse().unwrap();
        assert_eq!(quotas.to_string(), "10/min,60/h,120/day");
        assert_eq!(quotas.longest(), Span::DAY);
        assert_eq!(quotas.even_gap(), Span::from_s(6));
        assert_eq!("5/90s".parse::<Quotas>().unwrap().to_string(), "5/90s");
        let day = "10000/day@America/Los_Angeles, 60/min";
        assert_eq!(
            day.parse::<Quotas>().unwrap().to_string(),
            "60/min,10000/day@America/Los_Angeles"
        );
    }

    #[test]
    fn what_is_no_quota_is_refused() {
        for text in [
            "",
            "0/min",
            "10",
            "10/",
            "10/fortnight",
            "ten/min",
            "10/0s",
            "-1/h",
            "1/min,2/60s",
            "1/min,,2/h",
            "1/min,",
            "5/h@UTC",
            "5/day@",
            "5/day@..",
            "1/day@UTC,2/d@UTC",
        ] {
            assert!(text.parse::<Quotas>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_leaves_at_least_one_request_of_each() {
        let quotas: Quotas = "10/min,60/h,120/day".parse().unwrap();
        assert_eq!(quotas.share(100), quotas);
        assert_eq!(quotas.share(25).to_string(), "2/min,15/h,30/day");
        assert_eq!(quotas.share(0).to_string(), "1/min,1/h,1/day");
    }
}
