//! What is to be stored and is not stored yet.
//!
//! Invariant: nothing leaves the outbox before the transaction that stores it has committed. A
//! newer version of a record takes the place of an older one, so the outbox of a full disk stays
//! as small as what changed.

use std::collections::BTreeMap;

use almanac_engine::{Change, Session};
use almanac_wire::{AccountId, Platform};

/// Which record a change is about, in the order in which kinds must be written: what is
/// forgotten goes before what is put anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Forget(AccountId),
    Settings,
    Alerts,
    Track(AccountId),
    Session(AccountId, String),
    CheckDay(AccountId, String),
    Mind(AccountId),
    Pool(Platform),
    Memory,
    Trials,
    Follow(AccountId),
    Log(u64),
}

impl Key {
    const fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Track(account)
            | Self::Session(account, _)
            | Self::CheckDay(account, _)
            | Self::Mind(account)
            | Self::Follow(account) => Some(account),
            Self::Forget(_)
            | Self::Settings
            | Self::Alerts
            | Self::Pool(_)
            | Self::Memory
            | Self::Trials
            | Self::Log(_) => None,
        }
    }
}

/// Changes waiting, each with the number of its version.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: BTreeMap<Key, (u64, Change)>,
    next: u64,
}

/// A batch under way: what it holds can be taken out once it is stored.
pub(crate) struct Batch {
    keys: Vec<(Key, u64)>,
    /// The changes, in the order to write them.
    pub(crate) changes: Vec<Change>,
}

impl Outbox {
    /// Adds changes.
    pub(crate) fn add(&mut self, changes: Vec<Change>) {
        for change in changes {
            let version = self.next;
            self.next += 1;
            let key = match &change {
                Change::Track(track) => Key::Track(track.account.clone()),
                Change::Session(session) => Key::Session(session.account.clone(), session.key()),
                Change::Strike(account, recorded_at) => {
                    Key::Session(account.clone(), Session::key_of(account, *recorded_at))
                }
                Change::CheckDay(day) => Key::CheckDay(day.account.clone(), day.key()),
                Change::Mind(mind) => Key::Mind(mind.account.clone()),
                Change::Pool(pool) => Key::Pool(pool.platform),
                Change::Memory(_) => Key::Memory,
                Change::Trials(_) => Key::Trials,
                Change::Follow(follow) => Key::Follow(follow.account.clone()),
                Change::Settings(_) => Key::Settings,
                Change::Alerts(_) => Key::Alerts,
                Change::Log(_) => Key::Log(version),
                Change::Forget(account) => {
                    self.waiting.retain(|key, _| key.account() != Some(account));
                    Key::Forget(account.clone())
                }
            };
            self.waiting.insert(key, (version, change));
        }
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Brings sessions of an account, as they are stored, to what they will be.
    pub(crate) fn revise(&self, account: &AccountId, stored: &mut Vec<Session>) {
        let from = Key::Session(account.clone(), String::new());
        let waiting = self.waiting.range(from..).map(|(_, (_, change))| change);
        for change in waiting {
            let (of, recorded_at, put) = match change {
                Change::Session(session) => (&session.account, session.recorded_at, Some(session)),
                Change::Strike(of, recorded_at) => (of, *recorded_at, None),
                Change::Track(_)
                | Change::CheckDay(_)
                | Change::Mind(_)
                | Change::Pool(_)
                | Change::Settings(_)
                | Change::Memory(_)
                | Change::Trials(_)
                | Change::Follow(_)
                | Change::Log(_)
                | Change::Alerts(_)
                | Change::Forget(_) => break,
            };
            if of != account {
                break;
            }
            stored.retain(|session| session.recorded_at != recorded_at);
            stored.extend(put.cloned());
        }
    }

    /// Everything that waits; it stays until [`Outbox::stored`].
    pub(crate) fn batch(&self) -> Option<Batch> {
        let keys: Vec<_> =
            self.waiting.iter().map(|(key, (version, _))| (key.clone(), *version)).collect();
        let changes = self.waiting.values().map(|(_, change)| change.clone()).collect();
        (!keys.is_empty()).then_some(Batch { keys, changes })
    }

    /// The batch was stored: what has not changed since goes.
    pub(crate) fn stored(&mut self, batch: Batch) {
        for (key, version) in batch.keys {
            if self.waiting.get(&key).is_some_and(|(current, _)| *current == version) {
                self.waiting.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::{End, Interval, KnownBy, Settings, Track};
    use almanac_wire::Timestamp;

    use super::*;

    fn track(name: &str, at: i64) -> Change {
        Change::Track(Box::new(Track::new(name.parse().unwrap(), Timestamp::from_s(at))))
    }

    #[test]
    fn a_record_that_changed_while_it_was_stored_stays() {
        let mut outbox = Outbox::default();
        outbox.add(vec![track("demo:a", 1), track("demo:b", 1)]);
        let batch = outbox.batch().unwrap();
        outbox.add(vec![track("demo:a", 2)]);
        outbox.stored(batch);
        assert_eq!(outbox.batch().unwrap().changes, [track("demo:a", 2)]);
    }

    #[test]
    fn a_failed_batch_waits_for_the_next() {
        let mut outbox = Outbox::default();
        outbox.add(vec![track("demo:a", 1)]);
        drop(outbox.batch());
        outbox.add(vec![Change::Settings(Settings::default())]);
        assert_eq!((outbox.len(), outbox.batch().unwrap().changes.len()), (2, 2));
    }

    #[test]
    fn a_history_is_told_as_it_will_be_stored() {
        let session = |name: &str, at: i64, title: &str| Session {
            account: name.parse().unwrap(),
            recorded_at: Timestamp::from_s(at),
            start: Interval::exact(Timestamp::from_s(at)),
            end: End::Open { last_seen: Timestamp::from_s(at) },
            known_by: KnownBy::Seen,
            room_id: None,
            started_at: None,
            title: Some(title.to_owned()),
            peak_viewers: None,
            gifts: None,
        };
        let mut outbox = Outbox::default();
        outbox.add(vec![
            track("demo:a", 1),
            Change::Strike("demo:b".parse().unwrap(), Timestamp::from_s(10)),
            Change::Session(session("demo:b", 20, "new")),
            Change::Session(session("demo:c", 30, "other")),
        ]);
        let mut stored = vec![session("demo:b", 10, "gone"), session("demo:b", 20, "old")];
        outbox.revise(&"demo:b".parse().unwrap(), &mut stored);
        assert_eq!(stored, [session("demo:b", 20, "new")]);
    }

    #[test]
    fn what_is_forgotten_is_not_written_and_can_come_back() {
        let mut outbox = Outbox::default();
        let forget = Change::Forget("demo:a".parse().unwrap());
        outbox.add(vec![track("demo:a", 1), forget.clone(), track("demo:a", 2)]);
        assert_eq!(outbox.batch().unwrap().changes, [forget, track("demo:a", 2)]);
    }
}
