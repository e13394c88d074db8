//! Upstreams that answer as the real ones do, so that nobody has to ask the real ones.
//!
//! [`Fake`] is an HTTP server with the routes of one [`Site`]. What it says follows from a [`Trace`] (who was
//! on air when) and a [`Clock`] (which may run fast); it misbehaves as [`Faults`] tell it, and it
//! keeps a [`Record`] of every request. That makes it the referee of the proxy and of the app: it
//! knows the truth, and it has counted.
//!
//! Invariant: a request is counted as it arrives, before anything else happens to it, and what is
//! answered was true at one moment (`truth_at`) between its arrival and its answer, unless a fault
//! that is named in the record bent it.

mod bilibili;
mod breakage;
mod chzzk;
mod clock;
mod control;
mod euler;
mod faults;
mod generate;
mod journal;
mod keys;
mod kick;
mod plain;
pub mod rng;
mod seeds;
mod server;
mod site;
mod soop;
mod tiktok;
mod trace;
mod twitch;
mod world;
mod youtube;

pub use clock::{Clock, ClockError};
pub use faults::{Fault, Faults, FaultsError, Kind};
pub use journal::{Answer, Busiest, Record, Told};
pub use keys::{API_KEY, CLIENT_ID, CLIENT_SECRET};
pub use seeds::{Seed, seeds};
pub use server::{Config, Fake};
pub use site::Site;
pub use trace::{Choice, Session, Trace, TraceError};
pub use world::{Air, Broadcast};
