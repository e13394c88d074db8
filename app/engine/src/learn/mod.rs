//! The model: what an account's checks have taught about when it starts and how long it stays.
//!
//! A [`Learner`] takes [`Lesson`]s down and settles them into fading sums; a [`Pool`] gathers all
//! accounts' sums into the prior of each; a [`Fit`] is what follows from both, for planning and
//! forecasting. The files: `study` reads lessons in the light of a `model` and adds them to the
//! `record`, whose sums are `column`s and whose time is cut by `clock`. The model: `experts` make
//! the weekly intensity (`smoothing`), `factors` multiply it, `recent` starts too,
//! `recalibration` corrects the product and `outlook` puts it together; `endings` tells how long
//! sessions last. `weekly` is the week as it is shown.

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
mod agreement;

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
