//! TikTok's unauthenticated web routes: what they are asked and what they say.
//!
//! The facts are those of the project's fact sheet (fields of captures that people published, and
//! what the known clients read); nothing here was tried on TikTok itself. Where the facts are silent
//! it says so beside the code.

mod ask;
mod reply;

pub(crate) use ask::Ask;
pub(crate) use reply::{Reply, reply};
