//! The past of a channel: those of its latest uploads that were live keep when they began and ended.

use std::collections::HashMap;

use almanac_wire::{AccountId, HowKnown, Outcome, PastSession};

use super::reply::{Air, Video};
use super::{HISTORY_REQUESTS, VIDEOS, Youtube};
use crate::history::{History, unlearned};
use crate::upstream::Purse;
use crate::upstream::payer::Payer;

impl Youtube {
    pub(super) async fn recall(&self, account: &AccountId, purse: &dyn Purse) -> History {
        let mut payer = Payer::with(purse, HISTORY_REQUESTS);
        match self.broadcasts(account, &mut payer).await {
            Ok(videos) => past(videos),
            Err(outcome) => unlearned(outcome),
        }
    }

    async fn broadcasts(
        &self,
        account: &AccountId,
        payer: &mut Payer<'_>,
    ) -> Result<HashMap<String, Video>, Outcome> {
        let channel = self.channel(account, payer).await?;
        let ids = self.uploads(&channel, &VIDEOS.to_string(), payer).await?;
        let mut videos = self.videos(&ids, payer).await?;
        videos.retain(|_, video| video.channel == channel);
        Ok(videos)
    }
}

/// The broadcasts among videos, latest first. Some streamers hide theirs afterwards: gaps prove
/// nothing.
pub(crate) fn past(videos: HashMap<String, Video>) -> History {
    let over = videos.into_values().filter(|video| video.air == Air::Over);
    let mut sessions: Vec<PastSession> = over
        .filter_map(|video| {
            let start = video.broadcast.started_at?;
            Some(PastSession {
                start,
                end: video.ended_at.filter(|end| *end >= start),
                title: video.broadcast.title,
                id: video.broadcast.room_id,
                known: HowKnown::Broadcast,
            })
        })
        .collect();
    sessions.sort_by(|a, b| (b.start, &b.id).cmp(&(a.start, &a.id)));
    History::Listed { sessions, complete_from: None }
}
