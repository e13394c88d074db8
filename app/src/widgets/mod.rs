//! One file a widget, its geometry a pure function.
#![expect(unreachable_pub, reason = "what #[component] makes of a component is pub")]

pub(crate) mod account_row;
pub(crate) mod axis;
pub(crate) mod calendar;
pub(crate) mod card;
pub(crate) mod columns;
pub(crate) mod curve;
pub(crate) mod day_strip;
pub(crate) mod dialog;
pub(crate) mod gauges;
pub(crate) mod mark;
pub(crate) mod notify;
mod sight;
pub(crate) mod strip;
pub(crate) mod week;
