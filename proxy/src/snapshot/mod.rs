//! What the app told of its accounts, kept for whoever asks: the roadmap's endpoints, the
//! calendar and the badges are drawn from it.

mod appointments;
mod conditional;
mod patterns;
mod predictions;
mod routes;
mod shelf;

pub(crate) use appointments::Appointment;
pub(crate) use conditional::{Body, Freshness};
pub(crate) use patterns::PatternRow;
pub(crate) use predictions::Prediction;
pub(crate) use routes::{
    SnapshotReply, accounts_of, get_snapshot, predictions, put_snapshot, schedule_patterns,
};
pub(crate) use shelf::{Publication, Shelf};

#[expect(unused_imports, reason = "the macro of the OpenAPI document names handlers by these")]
pub(crate) use routes::{
    __path_get_snapshot, __path_predictions, __path_put_snapshot, __path_schedule_patterns,
};
