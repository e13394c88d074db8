//! The proxy against a fake upstream, through its real routes and its real program.

#![expect(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "what these helpers cannot do ends the test"
)]

mod access;
mod custom;
mod faults;
mod forecasts;
mod history;
mod keyed;
mod limits;
mod platforms;
mod process;
mod quota;
mod replicas;
mod routes;
mod sharing;
mod support;
