//! stub
mod end;
mod prices;
#[cfg(test)]
pub(crate) mod samples;
mod table;
pub use end::{end_gap, worth_while_live};
pub use prices::Prices;
pub use table::Plan;
