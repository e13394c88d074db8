//! The model: what an account's checks have taught about when it starts and how long it stays.
//!
//! A [`Learner`] takes [`Lesson`]s down and settles them into fading sums; a [`Pool`] gathers all
//! accounts' sums into the prior of each; a [`Fit`] is the model that follows from both. From the
//! lessons to the hazard: `study` reads lessons, `record` holds the sums (`column` their
//! storage), `experts` makes the weekly intensity (`smoothing`), `factors` what multiplies it,
//! `recent` follows the recent starts, `recalibration` corrects the product, `outlook` puts it
//! together; `endings` is the length of sessions.

mod ahead;
mod clock;
mod column;
mod endings;
mod experts;
mod factors;
mod fit;
mod learner;
mod lesson;
mod model;
mod outlook;
mod pool;
mod recalibration;
mod recent;
mod record;
mod smoothing;
mod study;
mod survival;
mod weekly;

#[cfg(test)]
mod tests;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;

pub use ahead::{Ahead, Class};
pub use fit::Fit;
pub use learner::Learner;
pub use lesson::Lesson;
pub use pool::Pool;
pub use survival::Survival;
pub use weekly::HourOfWeek;
