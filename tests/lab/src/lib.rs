//! The lab: plays policies against recorded broadcasts and measures what they are worth.
//!
//! A [`Population`] is who was on air when. [`drive::drive`] runs the same monitor that the browser
//! runs against a simulated [`upstream`], from nothing, learning from its own checks alone. What
//! came of it is kept in a [`tally`], and [`figures`] are worked out of that.

pub mod allowance;
pub mod archetypes;
pub mod calibrate;
pub mod calibration;
pub mod capacity;
pub mod compare;
pub mod drive;
pub mod error;
pub mod figures;
pub mod jobs;
pub mod luck;
pub mod meter;
pub mod numbers;
pub mod oracle;
pub mod policies;
pub mod population;
pub mod prices;
pub mod probe;
pub mod report;
pub mod search;
pub mod spread;
pub mod summer;
pub mod tables;
pub mod tally;
pub mod upstream;

pub use error::LabError;
pub use figures::Figures;
pub use policies::{PolicyKind, Spec};
pub use population::{Draw, Population, Source, Split};
pub use upstream::Conditions;
