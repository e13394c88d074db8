//! What one or two checks taught about an account.

use almanac_wire::Timestamp;
use serde::{Deserialize, Serialize};

use crate::session::Interval;

/// Something to learn. Times count in whole seconds: what is finer is cut off.
///
/// `ended` is, as it is known at the time, when the account's session before that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lesson {
    /// Offline at both ends, and no session was noticed in between.
    Quiet {
        /// The earlier offline moment.
        from: Timestamp,
        /// The later one.
        to: Timestamp,
        /// Whether a session in between could not have gone unnoticed: the upstream reveals the
        /// last one. Otherwise a start counts as ruled out only as far as its session would still
        /// have been on at `to`.
        complete: bool,
        /// The end of the session before.
        ended: Option<Timestamp>,
    },
    /// A session began.
    Started {
        /// The last moment before it that was certainly offline, with no other session up to the
        /// start; `None` when nothing is known about the time before.
        after: Option<Timestamp>,
        /// When it began.
        start: Interval,
        /// The end of the session before.
        ended: Option<Timestamp>,
    },
    /// A session is over: how long it lasted. Its start has been learned before.
    Lasted {
        /// When it began, as in its [`Lesson::Started`].
        start: Interval,
        /// The first moment it was seen live; the start where it was only revealed. A session is
        /// only seen once it has lasted that long, so that it tells nothing of younger ages.
        seen_from: Timestamp,
        /// The last moment it was seen live; the start where it was only revealed.
        seen_until: Timestamp,
        /// The first moment it was certainly over.
        over_by: Timestamp,
    },
}

impl Lesson {
    /// The first moment that it tells of.
    pub(super) fn begin(&self) -> Timestamp {
        match *self {
            Self::Quiet { from, to, .. } => from.min(to),
            Self::Started { after, start, .. } => {
                after.map_or(start.earliest(), |after| after.min(start.earliest()))
            }
            Self::Lasted { over_by, .. } => over_by,
        }
    }
}
