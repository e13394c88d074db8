//! What the app told of its accounts, kept for whoever asks: the roadmap's endpoints, the
//! calendar and the badges are drawn from it.

mod appointments;
mod conditional;
mod patterns;
mod predictions;
pub(crate) mod routes;
mod shelf;

pub(crate) use appointments::Appointment;
pub(crate) use conditional::{Body, Freshness};
pub(crate) use routes::accounts_of;
pub(crate) use shelf::{Publication, Shelf};
