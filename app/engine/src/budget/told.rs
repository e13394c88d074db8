//! What an upstream's own answers say of its quotas: they can make ours tighter, never wider.

use almanac_wire::{Quota, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::Ticket;

/// One thing that an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// So many requests are left until some moment.
    Left {
        /// Requests.
        remaining: u32,
        /// The moment.
        until: Timestamp,
    },
    /// A quota of its own.
    Window(Quota),
}

/// What is known of an upstream's own quotas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    by: Option<Ticket>,
    left: Vec<(u32, Timestamp)>,
    windows: Vec<Quota>,
}

impl Told {
    /// Whatever an upstream says, it does not hold for longer than this.
    pub const LONGEST: Span = Span::DAY;
    /// More than this much is not listened to.
    const MOST: usize = 8;

    /// Nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { by: None, left: Vec::new(), windows: Vec::new() }
    }

    /// What was known before a restart.
    #[must_use]
    pub fn of(by: Ticket, words: &[Word]) -> Self {
        let mut told = Self { by: Some(by), ..Self::new() };
        for word in words.iter().take(Self::MOST) {
            match *word {
                Word::Left { remaining, until } => told.left.push((remaining, until)),
                Word::Window(quota) => told.windows.push(quota),
            }
        }
        told
    }

    /// The request whose answer said so, and all of it.
    #[must_use]
    pub fn words(&self) -> Option<(Ticket, Vec<Word>)> {
        let left = self.left.iter().map(|&(remaining, until)| Word::Left { remaining, until });
        let words: Vec<Word> =
            left.chain(self.windows.iter().map(|quota| Word::Window(*quota))).collect();
        Some((self.by?, words)).filter(|(_, words)| !words.is_empty())
    }

    pub(super) fn windows(&self) -> &[Quota] {
        &self.windows
    }

    /// When what is used up is filled again.
    pub(super) fn frees_at(&self, now: Timestamp) -> Option<Timestamp> {
        let empty = self.left.iter().filter(|(left, until)| *left == 0 && *until > now);
        empty.map(|(_, until)| *until).max()
    }

    /// A request more was reserved.
    pub fn spend(&mut self) {
        for (left, _) in &mut self.left {
            *left = left.saturating_sub(1);
        }
    }

    /// Replaces what was said in answer to earlier requests. The upstream had not seen `unseen`
    /// requests when it said so.
    pub(super) fn heed(&mut self, ticket: Ticket, words: &[Word], unseen: u32, now: Timestamp) {
        if words.is_empty() || self.by.is_some_and(|by| by > ticket) {
            return;
        }
        let mut heeded = Self::of(ticket, words);
        for (left, until) in &mut heeded.left {
            *left = left.saturating_sub(unseen);
            *until = (*until).min(now + Self::LONGEST);
        }
        heeded.windows.retain(|quota| quota.window() <= Self::LONGEST);
        *self = heeded;
    }

    pub(super) fn forget(&mut self, now: Timestamp) {
        self.left.retain(|(_, until)| *until > now);
    }
}
