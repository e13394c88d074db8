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

impl AlertRules {
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
    /// Alerts that nobody has seen, oldest first; at most [`MOST_UNSEEN`].
    pub fn unseen(&self) -> impl Iterator<Item = &Alert> {
        self.unseen.iter()
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
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::session::{Interval, KnownBy};

    fn minute(m: i64) -> Timestamp {
        Timestamp::from_s(m * 60)
    }

    fn mira() -> AccountId {
        "tiktok:mira".parse().unwrap()
    }

    fn session(start: i64, seen: i64) -> Session {
        Session {
            account: mira(),
            recorded_at: minute(start),
            start: Interval::exact(minute(start)),
            end: End::Open { last_seen: minute(seen) },
            known_by: KnownBy::Seen,
            room_id: None,
            started_at: None,
            title: Some("Hello".to_owned()),
            peak_viewers: None,
            gifts: None,
        }
    }

    struct Scene(AlertBook);

    impl Scene {
        fn all() -> Self {
            let rules = AlertRules { live: true, ended: true, soon: true, ..AlertRules::default() };
            Self(AlertBook { rules, ..AlertBook::default() })
        }

        /// What is shown after news of a session (start and last seen live) at a minute.
        fn hear(&mut self, news: News, (start, seen): (i64, i64), at: i64) -> Vec<AlertKind> {
            let mut raised = Vec::new();
            let mut session = session(start, seen);
            if news == News::Ended {
                session.end = End::Over(Interval::between(minute(seen), minute(at)));
            }
            let heard = Consequences { sessions: vec![session], news: vec![news] };
            self.0.hear(&mira(), &heard, Watched::default(), minute(at), &mut raised);
            shown(raised)
        }

        fn due(&mut self, likely: Option<Likely>, at: i64) -> Vec<AlertKind> {
            let near =
                |_: &AlertRules| likely.map(|likely| (mira(), None, likely)).into_iter().collect();
            shown(self.0.due(near, minute(at)))
        }

        /// Through JSON, as a store would.
        fn restart(&mut self) {
            self.0 = serde_json::from_str(&serde_json::to_string(&self.0).unwrap()).unwrap();
        }
    }

    fn shown(raised: Vec<Raised>) -> Vec<AlertKind> {
        raised.into_iter().filter(|one| one.show).map(|one| one.alert.kind).collect()
    }

    #[test]
    fn a_flapping_broadcast_is_told_once_also_after_a_restart() {
        let mut scene = Scene::all();
        assert_eq!(scene.hear(News::WentLive, (100, 100), 101), [AlertKind::Live]);
        for flap in 0..5 {
            let at = 110 + flap * 15;
            scene.restart();
            assert_eq!(scene.hear(News::Ended, (100, at - 2), at), []);
            // A new room each time.
            assert_eq!(scene.hear(News::WentLive, (at + 3, at + 3), at + 4), []);
        }
        assert_eq!(scene.hear(News::Ended, (100, 199), 200), []);
        assert_eq!(scene.hear(News::Resumed, (100, 201), 202), []);
        assert_eq!(scene.due(None, 300), [], "an end that did not hold");
        assert_eq!(scene.hear(News::WentLive, (500, 500), 501), [AlertKind::Live], "a new one");
    }

    #[test]
    fn an_end_is_told_once_it_has_held() {
        let mut scene = Scene::all();
        scene.hear(News::WentLive, (100, 100), 101);
        scene.hear(News::Ended, (100, 150), 151);
        assert_eq!(scene.0.next(), Some(minute(171)));
        assert_eq!(scene.due(None, 170), []);
        scene.restart();
        assert_eq!(scene.due(None, 171), [AlertKind::Ended]);
        assert_eq!(scene.due(None, 172), []);
    }

    #[test]
    fn a_broadcast_that_goes_on_after_its_break_ends_once() {
        let mut scene = Scene::all();
        scene.hear(News::WentLive, (100, 100), 101);
        scene.hear(News::Ended, (100, 150), 151);
        assert_eq!(scene.due(None, 167), []);
        assert_eq!(scene.hear(News::WentLive, (168, 168), 169), []);
        scene.hear(News::Ended, (168, 220), 221);
        let told: Vec<AlertKind> = (170..260).flat_map(|at| scene.due(None, at)).collect();
        assert_eq!(told, [AlertKind::Ended]);
    }

    #[test]
    fn a_start_that_is_near_is_told_once() {
        let mut scene = Scene::all();
        let likely = |from: i64, percent| {
            Some(Likely { from: minute(from), to: minute(from + 60), percent })
        };
        assert_eq!(scene.due(likely(120, 80), 100), [], "not near yet");
        assert_eq!(scene.due(likely(120, 40), 106), [], "not likely");
        assert!(matches!(scene.due(likely(120, 80), 108)[..], [AlertKind::Soon(_)]));
        // The window moves with every check.
        assert_eq!(scene.due(likely(130, 80), 125), []);
        scene.restart();
        assert_eq!(scene.due(likely(140, 80), 130), []);
        scene.hear(News::WentLive, (150, 150), 151);
        scene.hear(News::Ended, (150, 200), 201);
        assert!(
            scene.due(likely(560, 80), 550).contains(&AlertKind::Soon(likely(560, 80).unwrap()))
        );
    }

    #[test]
    fn quiet_hours_show_nothing_and_lose_nothing() {
        let mut scene = Scene::all();
        let window = DailyWindow { from: 22 * 60, to: 7 * 60 };
        scene.0.rules.quiet = Some(QuietHours { window, zone: Zone::fixed(Span::HOUR) });
        assert_eq!(scene.hear(News::WentLive, (1320, 1320), 1321), [], "22:01 in UTC, 23:01 there");
        assert_eq!(scene.0.unseen().count(), 1);
        assert_eq!(scene.hear(News::WentLive, (1800, 1800), 1801), [AlertKind::Live], "7:01 there");
        let first = scene.0.unseen().next().unwrap().id;
        scene.0.seen(Some(first));
        assert_eq!(scene.0.unseen().count(), 1);
        scene.0.seen(None);
        assert_eq!(scene.0.unseen().count(), 0);
    }

    #[test]
    fn the_list_is_bounded_and_keeps_the_latest() {
        let mut scene = Scene::all();
        for day in 0..300 {
            scene.hear(News::WentLive, (day * 1440, day * 1440), day * 1440 + 1);
        }
        assert_eq!(scene.0.unseen().count(), MOST_UNSEEN);
        assert_eq!(scene.0.unseen().last().unwrap().id, 299);
        scene.0.forget(&mira());
        assert_eq!(
            scene.0,
            AlertBook { rules: scene.0.rules.clone(), next_id: 300, ..AlertBook::default() }
        );
    }

    #[test]
    fn nothing_is_told_that_nobody_asked_for_and_nothing_of_an_account_just_added() {
        let mut scene = Scene(AlertBook::default());
        assert_eq!(scene.hear(News::WentLive, (1, 1), 2), []);
        let mut scene = Scene::all();
        let mut raised = Vec::new();
        let heard = Consequences { sessions: vec![session(1, 1)], news: vec![News::WentLive] };
        let just_added = Watched { first: true, own: None };
        scene.0.hear(&mira(), &heard, just_added, minute(2), &mut raised);
        assert!(raised.is_empty());
    }

    #[test]
    fn what_is_set_for_an_account_goes_before_what_is_set_for_all() {
        let heard = Consequences { sessions: vec![session(1, 1)], news: vec![News::WentLive] };
        let told = |all: bool, own: Option<bool>| {
            let mut book = AlertBook::default();
            book.rules.live = all;
            let own = own.map(|live| Notify { live, ..Notify::default() });
            let mut raised = Vec::new();
            book.hear(&mira(), &heard, Watched { first: false, own }, minute(2), &mut raised);
            raised.len()
        };
        assert_eq!([told(true, Some(false)), told(false, Some(true)), told(true, None)], [0, 1, 1]);
    }

    #[test]
    fn a_tag_rules_its_accounts_and_an_account_itself() {
        let [live, ended] = [
            Notify { live: true, ..Notify::default() },
            Notify { ended: true, ..Notify::default() },
        ];
        let tags = [("art", live), ("music", ended)].map(|(tag, notify)| (tag.to_owned(), notify));
        let rules = AlertRules { soon: true, tags: tags.into(), ..AlertRules::default() };
        let own = |tags: &[&str], notify| {
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            rules.own(&Wishes { tags, notify, ..Wishes::default() })
        };
        assert_eq!(own(&[], None), None);
        assert_eq!(own(&["zoo"], None), None);
        assert_eq!(own(&["art", "zoo"], None), Some(live));
        assert_eq!(
            own(&["art", "music"], None),
            Some(Notify { live: true, ended: true, soon: false })
        );
        assert_eq!(own(&["art"], Some(Notify::default())), Some(Notify::default()));
        // As it was stored before there were rules for tags.
        let before = r#"{"live":true,"ended":false,"soon":false,"quiet":null}"#;
        assert!(serde_json::from_str::<AlertRules>(before).unwrap().tags.is_empty());
    }
}
