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

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: &str = "UCaaaaaaaaaaaaaaaaaaaaaa";

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn videos(videos: &[(&str, Air, i64)]) -> HashMap<String, Video> {
        let video = |(id, air, start_s): &(&str, Air, i64)| {
            let broadcast = Broadcast {
                room_id: Some((*id).to_owned()),
                started_at: Some(Timestamp::from_s(*start_s)),
                ..Broadcast::default()
            };
            let channel = CHANNEL.to_owned();
            ((*id).to_owned(), Video { channel, air: *air, broadcast, ended_at: None })
        };
        videos.iter().map(video).collect()
    }

    fn id_of(outcome: &Outcome) -> (bool, Option<&str>) {
        match outcome {
            Outcome::Live { broadcast } => (true, broadcast.room_id.as_deref()),
            Outcome::Offline { last_broadcast } => {
                (false, last_broadcast.as_ref().and_then(|last| last.room_id.as_deref()))
            }
            Outcome::NotFound | Outcome::Unknown { .. } => panic!("{outcome:?}"),
        }
    }

    #[test]
    fn a_video_is_asked_about_until_it_is_settled() {
        let watched = Watched::default();
        let feed = ids(&["d", "c", "b", "a"]);
        assert_eq!(watched.worth_asking(CHANNEL, feed.clone()), feed, "all, the first time");
        let told = [
            ("d", Air::Planned, 40),
            ("c", Air::Never, 30),
            ("b", Air::Over, 20),
            ("a", Air::Over, 10),
        ];
        let outcome = watched.learn(CHANNEL, &feed, &videos(&told));
        assert_eq!(id_of(&outcome), (false, Some("b")), "the latest that is over");
        assert_eq!(watched.worth_asking(CHANNEL, feed.clone()), ["d"]);
        // What is planned may have left the feed by then.
        assert_eq!(watched.worth_asking(CHANNEL, ids(&["e", "c"])), ["e", "d"]);
        let outcome = watched.learn(CHANNEL, &ids(&["d"]), &videos(&[("d", Air::On, 40)]));
        assert_eq!(id_of(&outcome), (true, Some("d")));
        assert_eq!(watched.on(CHANNEL), ["d"], "and while it is on, it alone");
        let outcome = watched.learn(CHANNEL, &ids(&["d"]), &videos(&[("d", Air::Over, 40)]));
        assert_eq!(id_of(&outcome), (false, Some("d")));
        assert_eq!(watched.on(CHANNEL), [""; 0]);
    }

    #[test]
    fn one_that_is_taken_away_is_over() {
        let watched = Watched::default();
        watched.learn(CHANNEL, &ids(&["a"]), &videos(&[("a", Air::On, 10)]));
        assert_eq!(id_of(&watched.learn(CHANNEL, &ids(&["a"]), &videos(&[]))), (false, None));
        assert_eq!(watched.worth_asking(CHANNEL, ids(&["a"])), [""; 0]);
    }

    #[test]
    fn what_is_unclear_is_unknown_and_asked_about_again() {
        let watched = Watched::default();
        let outcome = watched.learn(CHANNEL, &ids(&["a"]), &videos(&[("a", Air::Unclear, 10)]));
        assert!(matches!(outcome, Outcome::Unknown { .. }));
        assert_eq!(watched.worth_asking(CHANNEL, ids(&["a"])), ["a"]);
    }

    #[test]
    fn somebody_elses_video_counts_for_nothing() {
        let watched = Watched::default();
        let mut theirs = videos(&[("a", Air::On, 10)]);
        theirs.values_mut().for_each(|video| "UCb".clone_into(&mut video.channel));
        assert_eq!(id_of(&watched.learn(CHANNEL, &ids(&["a"]), &theirs)), (false, None));
    }
}
