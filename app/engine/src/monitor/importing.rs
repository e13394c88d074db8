//! What sessions teach that no check saw: those of tables and of platforms' lists.

use std::collections::BTreeMap;

use almanac_wire::{AccountId, Span, Timestamp};

use super::Monitor;
use super::message::Change;
use crate::mind::Prospect;
use crate::session::Session;

/// Whoever has been followed for longer has a memory of its own, which a list cannot replace.
const NEW: Span = Span::from_ms(2 * Span::DAY.ms());
/// Older sessions are not learned from: by then they would be all but forgotten.
const REMEMBERED: Span = Span::from_ms(120 * Span::DAY.ms());

impl Monitor {
    /// Learns from all that is known of accounts that are new here. A list is taken for complete
    /// between its first and its last session: without quiet time between, they would say nothing
    /// of how usual any hour is.
    ///
    /// `sessions` are all that is known now of the accounts that they are of.
    pub fn take_in(&mut self, sessions: &[Session], now: Timestamp) {
        self.advance(now);
        let mut of: BTreeMap<&AccountId, Vec<&Session>> = BTreeMap::new();
        for session in sessions {
            if session.start.earliest() > self.now - REMEMBERED {
                of.entry(&session.account).or_default().push(session);
            }
        }
        let mut changes = Vec::new();
        for (account, mut sessions) in of {
            let Some(entry) = self.entries.get_mut(account) else { continue };
            sessions.sort_by_key(|session| session.start);
            let (Some(first), Some(mind)) = (sessions.first(), &mut entry.mind) else { continue };
            if self.now - entry.track.added_at > NEW {
                continue;
            }
            entry.track.listed_from = Some(first.start.earliest());
            mind.study(&sessions);
            for session in sessions {
                entry.track.days.note(session.start.middle());
            }
            entry.wake();
            let platform = account.platform();
            let upstream = self.upstreams.iter().find(|one| one.info.platform == platform);
            if let (Some(upstream), Some(mind), Some(at)) =
                (upstream, &mut entry.mind, entry.track.answered_at)
            {
                let around = upstream.surroundings();
                let draft = |prospect: Prospect<'_>| self.policy.draft(prospect, around, self.now);
                let zone = self.zones.habits(&entry.track);
                mind.settle(&entry.track, self.pools.of(platform), &zone, at, draft);
            }
            changes.push(Change::Track(Box::new(entry.track.clone())));
            changes.extend(entry.mind.clone().map(Box::new).map(Change::Mind));
        }
        self.plan_all();
        self.save(changes);
    }
}
