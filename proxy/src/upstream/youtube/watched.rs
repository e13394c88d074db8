//! What is remembered of channels, so that a unit is spent on those videos alone that may be live.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use almanac_wire::{Broadcast, Outcome, Timestamp};

use super::reply::{Air, Video};

/// Channels beyond which all are forgotten: then their latest videos are asked about once more.
const MOST: usize = 5_000;

/// What is remembered of channels, by id.
#[derive(Debug, Default)]
pub(crate) struct Watched(Mutex<HashMap<String, Channel>>);

#[derive(Debug, Default)]
struct Channel {
    /// Videos that are live.
    on: Vec<String>,
    /// Videos that will be.
    planned: HashSet<String>,
    /// Videos that are not, and will not be: of those that the feed named last.
    settled: HashSet<String>,
    /// The latest broadcast that is over.
    last: Option<Broadcast>,
}

impl Watched {
    /// The videos that were live when last asked about.
    pub(crate) fn on(&self, channel: &str) -> Vec<String> {
        self.held().get(channel).map(|channel| channel.on.clone()).unwrap_or_default()
    }

    /// Of a channel's latest videos, and of those planned, the ones that may be live by now.
    pub(crate) fn worth_asking(&self, channel: &str, latest: Vec<String>) -> Vec<String> {
        let mut channels = self.held();
        let Some(known) = channels.get_mut(channel) else { return latest };
        known.settled.retain(|video| latest.contains(video));
        let fresh = latest.into_iter().filter(|video| !known.settled.contains(video));
        let mut worth: Vec<String> = fresh.collect();
        worth.extend(
            known
                .planned
                .iter()
                .filter(|video| !worth.contains(video))
                .cloned()
                .collect::<Vec<_>>(),
        );
        worth
    }

    /// Learns what the videos of a channel are that were asked about, and tells what that means.
    pub(crate) fn learn(
        &self,
        channel: &str,
        asked: &[String],
        videos: &HashMap<String, Video>,
    ) -> Outcome {
        let mut channels = self.held();
        if channels.len() >= MOST && !channels.contains_key(channel) {
            channels.clear();
        }
        let known = channels.entry(channel.to_owned()).or_default();
        let mut live: Option<&Broadcast> = None;
        let mut unclear = false;
        for id in asked {
            // Somebody else's video in a channel's own list would be a lie.
            let video = videos.get(id).filter(|video| video.channel == channel);
            known.on.retain(|on| on != id);
            known.planned.remove(id);
            match video.map(|video| (&video.air, &video.broadcast)) {
                Some((Air::On, broadcast)) => {
                    known.on.push(id.clone());
                    if live.is_none_or(|one| one.started_at < broadcast.started_at) {
                        live = Some(broadcast);
                    }
                }
                Some((Air::Planned, _)) => drop(known.planned.insert(id.clone())),
                Some((Air::Over, broadcast)) => {
                    known.settled.insert(id.clone());
                    known.over(broadcast);
                }
                Some((Air::Never, _)) | None => drop(known.settled.insert(id.clone())),
                Some((Air::Unclear, _)) => unclear = true,
            }
        }
        match live {
            Some(broadcast) => Outcome::Live { broadcast: broadcast.clone() },
            None if unclear => super::reply::unclear(),
            None => Outcome::Offline { last_broadcast: known.last.clone() },
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Channel>> {
        // Nothing under this lock can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel {
    fn over(&mut self, broadcast: &Broadcast) {
        let start = |broadcast: &Broadcast| broadcast.started_at.map(Timestamp::ms);
        if self.last.as_ref().is_none_or(|last| start(last) <= start(broadcast)) {
            self.last = Some(broadcast.clone());
        }
    }
}
