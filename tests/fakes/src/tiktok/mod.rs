//! TikTok's unauthenticated web routes: what they are asked and what they say.
//!
//! The facts are those of the project's fact sheet (fields of captures that people published, and
//! what the known clients read); nothing here was tried on TikTok itself. Where the facts are silent
//! it says so beside the code.

mod ask;
mod reply;

pub(crate) use ask::Ask;
pub(crate) use reply::reply;

use crate::faults::Kind;

/// Whether a question can meet a fault: lies are told on the routes where they have been heard.
pub(crate) const fn hears(ask: &Ask, kind: Kind) -> bool {
    match kind {
        Kind::NotFoundWave => {
            matches!(ask, Ask::UserRoom(_) | Ask::RoomOfUser(_) | Ask::LivePage(_))
        }
        Kind::Restricted => matches!(ask, Ask::UserRoom(_) | Ask::RoomOfUser(_) | Ask::Room(_)),
        Kind::AliveLies => matches!(ask, Ask::Alive(_)),
        // Its word for that is the firewall's page.
        Kind::Machine | Kind::Unauthorized | Kind::Revoked => false,
        _ => true,
    }
}
