//! What a person is told without asking: that somebody is live, will soon be, or is off again.
//!
//! Laws: a broadcast is told at most once, however often it flaps and whatever restarts; what quiet
//! hours hold back is on the list; the list is bounded.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use almanac_wire::{AccountId, Span, Timestamp};

use crate::session::{End, Session};
use crate::track::{Consequences, News};
use crate::view::Likely;
use crate::wishes::{DailyWindow, Notify, Wishes};
use crate::zone::Zone;

/// The list keeps so many alerts that nobody has seen, the latest.
pub const MOST_UNSEEN: usize = 100;
/// A broadcast that begins so soon after the last was on goes on, whatever room it is in.
const FLAP: Span = Span::from_ms(20 * Span::MINUTE.ms());
/// An end is told when nothing has contradicted it for so long: told sooner, a broadcast that goes on
/// after its break would end twice.
const SURE_OF_END: Span = FLAP;
/// Soon is so long before a start becomes likely.
const SOON: Span = Span::from_ms(15 * Span::MINUTE.ms());
/// And only where a start is at least so likely, in percent.
const SOON_PERCENT: u8 = 50;
/// What was told to come soon is not told again within this time, unless it came.
const SOON_ONCE: Span = Span::from_ms(12 * Span::HOUR.ms());
/// How often it is looked at who will soon be live.
const LOOK_EVERY: Span = Span::MINUTE;

/// What an alert tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A broadcast is on.
    Live,
    /// It is over.
    Ended,
    /// One will probably begin.
    Soon(Likely),
}

/// One thing to tell a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Names it for ever.
    pub id: u64,
    /// Whom it is about.
    pub account: AccountId,
    /// When it was found.
    pub at: Timestamp,
    /// What.
    pub kind: AlertKind,
    /// The broadcast's title.
    pub title: Option<String>,
}

impl Alert {
    /// Whether it told of something to come, and the time for that is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        match self.kind {
            AlertKind::Soon(likely) => likely.to <= now,
            AlertKind::Live | AlertKind::Ended => false,
        }
    }
}

/// Hours of every day in which nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// Which.
    pub window: DailyWindow,
    /// On whose clock.
    pub zone: Zone,
}

/// What a person wants to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRules {
    /// That somebody is live.
    pub live: bool,
    /// That a broadcast is over.
    pub ended: bool,
    /// That one will probably begin.
    pub soon: bool,
    /// When nothing is shown; it goes on the list.
    pub quiet: Option<QuietHours>,
    /// What is wanted of the accounts with a tag, instead of what is wanted of all.
    #[serde(default)]
    pub tags: BTreeMap<String, Notify>,
}

/// One thing of what a person wants to be told; the others stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlertRule {
    /// That somebody is live.
    Live(bool),
    /// That a broadcast is over.
    Ended(bool),
    /// That one will probably begin.
    Soon(bool),
    /// When nothing is shown.
    Quiet(Option<QuietHours>),
    /// What is wanted of the accounts with a tag; `None` for what is wanted of all.
    Tag(String, Option<Notify>),
}

impl AlertRules {
    /// Sets one thing.
    pub fn set(&mut self, rule: AlertRule) {
        match rule {
            AlertRule::Live(on) => self.live = on,
            AlertRule::Ended(on) => self.ended = on,
            AlertRule::Soon(on) => self.soon = on,
            AlertRule::Quiet(quiet) => self.quiet = quiet,
            // To take one out of a map is a kilobyte that everybody would load.
            AlertRule::Tag(tag, own) => {
                for (other, wanted) in std::mem::take(&mut self.tags) {
                    if other != tag {
                        self.tags.insert(other, wanted);
                    }
                }
                if let Some(own) = own {
                    self.tags.insert(tag, own);
                }
            }
        }
    }

    /// What is set for an account by itself, or else by its tags: where several of them are
    /// ruled, everything that any of them asks for. `None` for what is set for all.
    #[must_use]
    pub fn own(&self, wishes: &Wishes) -> Option<Notify> {
        wishes.notify.or_else(|| {
            let ruled = wishes.tags.iter().filter_map(|tag| self.tags.get(tag)).copied();
            ruled.reduce(|one, other| Notify {
                live: one.live || other.live,
                ended: one.ended || other.ended,
                soon: one.soon || other.soon,
            })
        })
    }
}

/// What was told of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    /// The last moment at which it was found live.
    on: Option<Timestamp>,
    /// An end to tell then, unless the broadcast goes on.
    end_at: Option<Timestamp>,
    /// When a coming start was told last.
    soon_at: Option<Timestamp>,
}

/// The rules, what was told, and what nobody has seen yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertBook {
    /// What a person wants to be told.
    pub rules: AlertRules,
    /// Alerts that nobody has seen, oldest first.
    unseen: VecDeque<Alert>,
    told: BTreeMap<AccountId, Told>,
    next_id: u64,
    #[serde(skip)]
    looked_at: Option<Timestamp>,
    /// Some account wants a word on its coming starts, whatever the rules for all.
    #[serde(skip)]
    own_soon: bool,
}

/// An account that a check was about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watched {
    /// Nothing was known of it before.
    pub(crate) first: bool,
    /// What the person wants to be told of it or its tags; `None` for what is set for all.
    pub(crate) own: Option<Notify>,
}

/// An alert, and whether it is to be shown now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raised {
    pub(crate) alert: Alert,
    pub(crate) show: bool,
}

impl AlertBook {
    /// Alerts that nobody has seen and that still say something, oldest first; at most
    /// [`MOST_UNSEEN`].
    pub fn unseen(&self, now: Timestamp) -> impl Iterator<Item = &Alert> {
        self.unseen.iter().filter(move |alert| !alert.is_over(now))
    }

    /// A person has seen one alert, or all.
    pub(crate) fn seen(&mut self, id: Option<u64>) {
        self.unseen.retain(|alert| id.is_some_and(|id| alert.id != id));
    }

    /// An account is followed no more.
    pub(crate) fn forget(&mut self, account: &AccountId) {
        self.told.remove(account);
        self.unseen.retain(|alert| alert.account != *account);
    }

    /// What is wanted of an account: what the person set for it or its tags, else for all.
    const fn wanted(&self, own: Option<Notify>) -> Notify {
        match own {
            Some(own) => own,
            None => {
                Notify { live: self.rules.live, ended: self.rules.ended, soon: self.rules.soon }
            }
        }
    }

    /// Whether some account wants a word on its coming starts, whatever the rules for all.
    pub(crate) const fn set_own_soon(&mut self, own_soon: bool) {
        self.own_soon = own_soon;
    }

    /// Takes in what a check found. `first` says that nothing was known of the account before:
    /// whoever adds an account sees what it does. Returns whether anything is to be stored.
    pub(crate) fn hear(
        &mut self,
        account: &AccountId,
        Consequences { sessions, news }: &Consequences,
        Watched { first, own }: Watched,
        now: Timestamp,
        raised: &mut Vec<Raised>,
    ) -> bool {
        let wanted = self.wanted(own);
        let latest = sessions.last();
        let mut changed = false;
        for one in news {
            match one {
                News::WentLive => {
                    let started = latest.map_or(now, |session| session.start.latest());
                    let told = self.told.entry(account.clone()).or_default();
                    let goes_on = told.on.is_some_and(|on| started - on < FLAP);
                    *told = Told { on: Some(now), end_at: None, soon_at: None };
                    changed = true;
                    if wanted.live && !goes_on && !first {
                        let title = latest.and_then(|session| session.title.clone());
                        raised.push(self.raise(account, AlertKind::Live, title, now));
                    }
                }
                News::Resumed => {
                    if let Some(told) = self.told.get_mut(account) {
                        told.end_at = None;
                        changed = true;
                    }
                }
                News::Ended => {
                    let told = self.told.entry(account.clone()).or_default();
                    let over = sessions.iter().find(|one| matches!(one.end, End::Over(_)));
                    told.on = over.map(Session::last_known_live).or(told.on);
                    told.end_at = wanted.ended.then(|| now + SURE_OF_END);
                    changed = true;
                }
                News::Revealed | News::TroubleBegan | News::TroubleOver => {}
            }
        }
        changed
    }

    /// When [`AlertBook::due`] may have something again.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let ends = self.told.values().filter_map(|told| told.end_at);
        let looks = self.rules.soon || self.own_soon;
        let look = self.looked_at.filter(|_| looks).map(|at| at + LOOK_EVERY);
        ends.chain(look).min()
    }

    /// What has become due by itself: ends that held, and starts that are near. `near` says what
    /// is likely of accounts that are off the air, and what is set for them by the rules.
    pub(crate) fn due(
        &mut self,
        near: impl Fn(&AlertRules) -> Vec<(AccountId, Option<Notify>, Likely)>,
        now: Timestamp,
    ) -> Vec<Raised> {
        let is_due = |told: &Told| told.end_at.is_some_and(|at| at <= now);
        let over = self.told.iter().filter(|(_, told)| is_due(told));
        let over: Vec<AccountId> = over.map(|(account, _)| account.clone()).collect();
        let mut raised = Vec::new();
        for account in over {
            if let Some(told) = self.told.get_mut(&account) {
                told.end_at = None;
            }
            raised.push(self.raise(&account, AlertKind::Ended, None, now));
        }
        let look = self.looked_at.is_none_or(|at| at + LOOK_EVERY <= now);
        if (self.rules.soon || self.own_soon) && look {
            self.looked_at = Some(now);
            for (account, own, likely) in near(&self.rules) {
                if !self.wanted(own).soon {
                    continue;
                }
                let told = self.told.entry(account.clone()).or_default();
                let is_near = likely.from <= now + SOON && now < likely.to;
                let again = told.soon_at.is_some_and(|at| now - at < SOON_ONCE);
                if is_near && likely.percent >= SOON_PERCENT && !again {
                    told.soon_at = Some(now);
                    raised.push(self.raise(&account, AlertKind::Soon(likely), None, now));
                }
            }
        }
        raised
    }

    fn raise(
        &mut self,
        account: &AccountId,
        kind: AlertKind,
        title: Option<String>,
        now: Timestamp,
    ) -> Raised {
        let alert = Alert { id: self.next_id, account: account.clone(), at: now, kind, title };
        self.next_id += 1;
        self.unseen.push_back(alert.clone());
        if self.unseen.len() > MOST_UNSEEN {
            self.unseen.pop_front();
        }
        let quiet = self.rules.quiet.as_ref();
        let show = !quiet.is_some_and(|quiet| quiet.window.contains(now, &quiet.zone));
        Raised { alert, show }
    }
}

#[cfg(test)]
mod tests;
