//! The model: what an account's checks have taught about when it starts and how long it stays.

mod ahead;
mod survival;

pub use ahead::{Ahead, Class};
pub use survival::Survival;

mod stub;
pub use stub::*;
