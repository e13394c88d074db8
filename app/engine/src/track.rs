//! One account: what its checks have said, and the sessions that follow from it.
//!
//! Invariants: an Unknown or NotFound answer neither begins nor ends a session; a session's true
//! start and end lie inside its intervals whenever the upstream's answers were true.

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Broadcast, CheckResult, Outcome, Span, Timestamp, UnknownReason};

use crate::days::LiveDays;
use crate::session::{End, Identity, Interval, KnownBy, Session};
use crate::wishes::Wishes;

/// When nothing bounds a start from below, it lies at most this long before it was seen.
const LONGEST_BROADCAST: Span = Span::from_ms(48 * Span::HOUR.ms());

/// The last thing known for certain of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// On air as of `at`.
    Live {
        /// When it was asked.
        at: Timestamp,
        /// Viewers then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        viewers: Option<u32>,
    },
    /// Off air as of `at`.
    Offline {
        /// When it was asked.
        at: Timestamp,
    },
}

/// Why nothing is known right now, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What the latest check met.
    pub kind: TroubleKind,
    /// The first of the unbroken run of checks that learned nothing.
    pub since: Timestamp,
    /// Not before this is it worth asking again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// What exactly came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a check met instead of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The upstream says that there is no such account (it has been wrong about this before).
    NotFound,
    /// Nothing was learned.
    Unknown(UnknownReason),
}

/// What happened, for the log and for notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A broadcast was found live.
    WentLive,
    /// A broadcast was found over.
    Ended,
    /// An answer told of a broadcast that no check had seen.
    Revealed,
    /// A broadcast believed over goes on.
    Resumed,
    /// The account is in trouble.
    TroubleBegan,
    /// It is out of it.
    TroubleOver,
}

/// An account under watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// The account.
    pub account: AccountId,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was last asked about. A check that met trouble with the upstream as a whole does
    /// not count: it was not this account's turn that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// When that answer was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// The last certain fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// When it was last certainly offline: no later session began before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_at: Option<Timestamp>,
    /// Why the latest check learned nothing, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// The session with the latest start, open or over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Session>,
    /// The latest session was struck out by a person: known, so that it brings no news when the
    /// upstream tells of it again, and shown nowhere.
    #[serde(default)]
    pub struck: bool,
    /// What the person wants for it.
    #[serde(default)]
    pub wishes: Wishes,
    /// Followed no more: until then it can be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Timestamp>,
    /// On which days it went live.
    #[serde(default)]
    pub days: LiveDays,
    /// Since when a list told of it, before it was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_from: Option<Timestamp>,
}

/// What an observation changed besides the track itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// Sessions that are new or changed.
    pub sessions: Vec<Session>,
    /// What happened.
    pub news: Vec<News>,
}

impl Track {
    /// An account nothing is known of.
    #[must_use]
    pub fn new(account: AccountId, added_at: Timestamp) -> Self {
        Self {
            account,
            added_at,
            asked_at: None,
            answered_at: None,
            known: None,
            offline_at: None,
            trouble: None,
            latest: None,
            struck: false,
            wishes: Wishes::default(),
            leaving: None,
            days: LiveDays::default(),
            listed_from: None,
        }
    }

    /// Whether no answer has told anything of it: neither how it stands, nor that the upstream knows
    /// no such account, which is so of some that were never live.
    #[must_use]
    pub fn is_unheard_of(&self) -> bool {
        let missed = self.trouble.as_ref().is_some_and(|one| one.kind == TroubleKind::NotFound);
        self.known.is_none() && !missed
    }

    /// Whether the upstream knows no such account, which was not live when it last did.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.missing_since().is_some()
    }

    /// Since when [that](Self::is_missing) is so.
    #[must_use]
    pub fn missing_since(&self) -> Option<Timestamp> {
        let trouble = self.trouble.as_ref().filter(|one| one.kind == TroubleKind::NotFound)?;
        self.open().is_none().then_some(trouble.since)
    }

    /// The session that is on, as far as is known.
    #[must_use]
    pub fn open(&self) -> Option<&Session> {
        self.latest.as_ref().filter(|session| matches!(session.end, End::Open { .. }))
    }

    /// The latest session, unless a person struck it out.
    #[must_use]
    pub fn latest_shown(&self) -> Option<&Session> {
        self.latest.as_ref().filter(|_| !self.struck)
    }

    /// Takes in what a check said. An answer older than one already taken in changes nothing.
    pub fn observe(&mut self, result: &CheckResult) -> Consequences {
        let mut consequences = Consequences::default();
        if self.answered_at.is_some_and(|before| result.answered_at <= before) {
            return consequences;
        }
        self.answered_at = Some(result.answered_at);
        match &result.outcome {
            Outcome::Unknown { reason, .. } if reason.concerns_upstream() => {}
            Outcome::Live { .. }
            | Outcome::Offline { .. }
            | Outcome::NotFound
            | Outcome::Unknown { .. } => self.asked_at = Some(result.asked_at),
        }
        match &result.outcome {
            Outcome::Live { broadcast } => {
                self.leave_trouble(&mut consequences);
                self.live(broadcast, result, &mut consequences);
                self.known = Some(Known::Live { at: result.asked_at, viewers: broadcast.viewers });
            }
            Outcome::Offline { last_broadcast } => {
                self.leave_trouble(&mut consequences);
                self.offline(last_broadcast.as_ref(), result, &mut consequences);
                self.known = Some(Known::Offline { at: result.asked_at });
                self.offline_at = Some(result.asked_at);
            }
            Outcome::NotFound => {
                self.enter_trouble(TroubleKind::NotFound, result, None, None, &mut consequences);
            }
            Outcome::Unknown { reason, retry_at, detail } => {
                let kind = TroubleKind::Unknown(*reason);
                self.enter_trouble(kind, result, *retry_at, detail.clone(), &mut consequences);
            }
        }
        consequences
    }

    fn enter_trouble(
        &mut self,
        kind: TroubleKind,
        result: &CheckResult,
        retry_at: Option<Timestamp>,
        detail: Option<String>,
        consequences: &mut Consequences,
    ) {
        if self.trouble.as_ref().map(|trouble| trouble.kind) != Some(kind) {
            consequences.news.push(News::TroubleBegan);
        }
        let since = self.trouble.as_ref().map_or(result.asked_at, |trouble| trouble.since);
        self.trouble = Some(Trouble { kind, since, retry_at, detail });
    }

    fn leave_trouble(&mut self, consequences: &mut Consequences) {
        if self.trouble.take().is_some() {
            consequences.news.push(News::TroubleOver);
        }
    }

    fn live(&mut self, broadcast: &Broadcast, result: &CheckResult, out: &mut Consequences) {
        let seen = End::Open { last_seen: result.asked_at };
        if let Some(latest) = &mut self.latest {
            let open = matches!(latest.end, End::Open { .. });
            match latest.identity(broadcast) {
                Identity::Same => {
                    if !open {
                        out.news.push(News::Resumed);
                    }
                    self.struck = false;
                    latest.end = seen;
                    latest.known_by = KnownBy::Seen;
                    latest.learn(broadcast);
                    out.sessions.push(latest.clone());
                    return;
                }
                Identity::Unmarked if open => {
                    latest.end = seen;
                    latest.learn(broadcast);
                    out.sessions.push(latest.clone());
                    return;
                }
                Identity::Different if is_older(broadcast, latest) => return,
                Identity::Different | Identity::Unmarked => {}
            }
        }
        self.close_open(broadcast.started_at, result, out);
        self.begin(broadcast, result, KnownBy::Seen, seen, out);
        out.news.push(News::WentLive);
    }

    fn offline(&mut self, last: Option<&Broadcast>, result: &CheckResult, out: &mut Consequences) {
        let unseen = last.filter(|last| match &self.latest {
            Some(latest) => latest.identity(last) == Identity::Different && !is_older(last, latest),
            None => last.started_at.is_some() || last.room_id.is_some(),
        });
        self.close_open(unseen.and_then(|last| last.started_at), result, out);
        if let Some(broadcast) = unseen {
            let start = self.start_of(broadcast, result);
            let over = End::Over(Interval::between(start.earliest(), result.answered_at));
            self.begin(broadcast, result, KnownBy::Revealed, over, out);
            out.news.push(News::Revealed);
        }
    }

    /// Ends the open session: after it was last seen, and before the answer at hand or, where the
    /// answer tells of the broadcast after it, before that began.
    fn close_open(
        &mut self,
        next_start: Option<Timestamp>,
        result: &CheckResult,
        out: &mut Consequences,
    ) {
        if let Some(latest) = &mut self.latest
            && let End::Open { last_seen } = latest.end
        {
            let before = next_start.map_or(result.answered_at, |next| next.min(result.answered_at));
            latest.end = End::Over(Interval::between(last_seen, before));
            out.sessions.push(latest.clone());
            out.news.push(News::Ended);
        }
    }

    fn begin(
        &mut self,
        broadcast: &Broadcast,
        result: &CheckResult,
        known_by: KnownBy,
        end: End,
        out: &mut Consequences,
    ) {
        let session = Session {
            account: self.account.clone(),
            recorded_at: result.answered_at,
            start: self.start_of(broadcast, result),
            end,
            known_by,
            room_id: broadcast.room_id.clone(),
            started_at: broadcast.started_at,
            title: broadcast.title.clone().filter(|title| !title.is_empty()),
            peak_viewers: match known_by {
                KnownBy::Seen => broadcast.viewers,
                KnownBy::Revealed | KnownBy::Imported | KnownBy::Backfilled => None,
            },
            gifts: None,
        };
        out.sessions.push(session.clone());
        self.struck = false;
        self.days.note(session.start.middle());
        self.latest = Some(session);
    }

    /// Exact when told, else after the last moment that rules it out.
    fn start_of(&self, broadcast: &Broadcast, result: &CheckResult) -> Interval {
        if let Some(started_at) = broadcast.started_at {
            return Interval::exact(started_at.min(result.answered_at));
        }
        let seen_before = self.latest.as_ref().map(Session::last_known_live);
        let bound = self.offline_at.max(seen_before);
        Interval::between(bound.unwrap_or(result.asked_at - LONGEST_BROADCAST), result.answered_at)
    }
}

/// Whether the upstream tells of a broadcast before the one we know: a stale answer.
fn is_older(broadcast: &Broadcast, than: &Session) -> bool {
    broadcast.started_at.is_some_and(|start| start < than.start.earliest())
}
