//! What the app and the proxy say to each other, in one place.
//!
//! Invariant: a value that deserialises is valid. Handles are checked against their platform's
//! alphabet here, so that an account can never become a host, a path or a query of its own.

pub mod account;
mod custom_name;
mod facts;
pub mod history;
pub mod number;
pub mod platform;
pub mod quota;
pub mod snapshot;
pub mod status;
pub mod time;
pub mod upstreams;
mod whole;
pub mod zone;
pub mod zone_name;

pub use account::{AccountError, AccountId};
pub use custom_name::CustomName;
pub use history::{HistoryReply, HowKnown, PastSession};
pub use number::{HourOfDay, Hours, Probability, RangeError};
pub use platform::{Platform, is_channel_id};
pub use quota::{Quota, QuotaError, QuotaState, Quotas};
pub use snapshot::{
    AccountForecast, Chances, ForecastSnapshot, PatternColumns, StartWindow, Weekdays, WindowLength,
};
pub use status::{
    Broadcast, CheckResult, Outcome, Refusal, RefusalCode, StatusReply, UnknownReason,
};
pub use time::{Span, Timestamp};
pub use upstreams::{ClockInfo, Reveals, UpstreamInfo, UpstreamsReply};
pub use zone::{ZoneChange, ZoneClock};
pub use zone_name::{ZoneName, ZoneNameError};
