//! When to look again: the planner, and what a check is worth.
//!
//! All costs are in one unit, a request at its normal price: [`Prices`] says what a missed session,
//! an hour of delay and an hour of unnoticed end are worth in it. `table` plans the checks of an
//! account that is offline, `end` says when to look again at one that is live, `waiting` what a check
//! is worth where several compete for one request.
//!
//! Sources: Eckstein, Gal and Reiner, Monitoring an information source under a politeness
//! constraint (2008), for planning by dynamic programming over a grid of moments; Liu and Zhao,
//! Indexability of restless bandit problems (2010), for the worth of a check as an index.

mod end;
mod prices;
mod table;
mod waiting;

#[cfg(test)]
pub(crate) mod samples;

pub use end::{end_gap, worth_while_live};
pub use prices::Prices;
pub use table::Plan;
pub use waiting::worth_while_offline;
