//! Almanac's functional core.
//!
//! Data goes round once: a check's result becomes an observation; observations become sessions;
//! the budget and a policy turn what is known into the next checks. Time is an argument: nothing
//! here reads a clock, does I/O or draws a random number.

pub mod alerts;
pub mod budget;
pub mod checks;
pub mod days;
pub mod forecast;
pub mod import;
pub mod learn;
pub mod mind;
pub mod monitor;
pub mod pattern;
pub mod plan;
pub mod policy;
pub mod revision;
pub mod session;
pub mod settings;
pub mod tables;
pub mod track;
pub mod trial;
pub mod view;
pub mod wishes;
pub mod zone;
pub mod zones;

pub use alerts::{Alert, AlertBook, AlertKind, AlertRules};
pub use checks::{CheckDay, Verdict};
pub use monitor::{
    Action, Change, CheckOrder, Event, Found, LogEntry, LogWhat, Monitor, ProxyFailure, Snapshot,
};
pub use revision::Revision;
pub use session::{End, Interval, KnownBy, Session};
pub use settings::{Rule, Setting, Settings, Share, Target};
pub use track::{Known, News, Track, Trouble, TroubleKind};
pub use trial::TrialOrder;
pub use zone::Zone;
pub use zones::Zones;
