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
    let likely =
        |from: i64, percent| Some(Likely { from: minute(from), to: minute(from + 60), percent });
    assert_eq!(scene.due(likely(120, 80), 100), [], "not near yet");
    assert_eq!(scene.due(likely(120, 40), 106), [], "not likely");
    assert!(matches!(scene.due(likely(120, 80), 108)[..], [AlertKind::Soon(_)]));
    // The window moves with every check.
    assert_eq!(scene.due(likely(130, 80), 125), []);
    scene.restart();
    assert_eq!(scene.due(likely(140, 80), 130), []);
    let listed = |at| scene.0.unseen(minute(at)).count();
    assert_eq!([listed(179), listed(180)], [1, 0], "what was to come by then is no news after");
    scene.hear(News::WentLive, (150, 150), 151);
    scene.hear(News::Ended, (150, 200), 201);
    assert!(scene.due(likely(560, 80), 550).contains(&AlertKind::Soon(likely(560, 80).unwrap())));
}

#[test]
fn quiet_hours_show_nothing_and_lose_nothing() {
    let mut scene = Scene::all();
    let window = DailyWindow { from: 22 * 60, to: 7 * 60 };
    scene.0.rules.quiet = Some(QuietHours { window, zone: Zone::fixed(Span::HOUR) });
    assert_eq!(scene.hear(News::WentLive, (1320, 1320), 1321), [], "22:01 in UTC, 23:01 there");
    assert_eq!(scene.0.unseen(minute(0)).count(), 1);
    assert_eq!(scene.hear(News::WentLive, (1800, 1800), 1801), [AlertKind::Live], "7:01 there");
    let first = scene.0.unseen(minute(0)).next().unwrap().id;
    scene.0.seen(Some(first));
    assert_eq!(scene.0.unseen(minute(0)).count(), 1);
    scene.0.seen(None);
    assert_eq!(scene.0.unseen(minute(0)).count(), 0);
}

#[test]
fn the_list_is_bounded_and_keeps_the_latest() {
    let mut scene = Scene::all();
    for day in 0..300 {
        scene.hear(News::WentLive, (day * 1440, day * 1440), day * 1440 + 1);
    }
    assert_eq!(scene.0.unseen(minute(0)).count(), MOST_UNSEEN);
    assert_eq!(scene.0.unseen(minute(0)).last().unwrap().id, 299);
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
    let [live, ended] =
        [Notify { live: true, ..Notify::default() }, Notify { ended: true, ..Notify::default() }];
    let tags = [("art", live), ("music", ended)].map(|(tag, notify)| (tag.to_owned(), notify));
    let rules = AlertRules { soon: true, tags: tags.into(), ..AlertRules::default() };
    let own = |tags: &[&str], notify| {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        rules.own(&Wishes { tags, notify, ..Wishes::default() })
    };
    assert_eq!(own(&[], None), None);
    assert_eq!(own(&["zoo"], None), None);
    assert_eq!(own(&["art", "zoo"], None), Some(live));
    assert_eq!(own(&["art", "music"], None), Some(Notify { live: true, ended: true, soon: false }));
    assert_eq!(own(&["art"], Some(Notify::default())), Some(Notify::default()));
    // As it was stored before there were rules for tags.
    let before = r#"{"live":true,"ended":false,"soon":false,"quiet":null}"#;
    assert!(serde_json::from_str::<AlertRules>(before).unwrap().tags.is_empty());
}

#[test]
fn a_rule_that_is_set_leaves_the_others_alone() {
    let mut rules = AlertRules::default();
    let own = Notify { ended: true, ..Notify::default() };
    for rule in [
        AlertRule::Live(true),
        AlertRule::Soon(true),
        AlertRule::Tag("art".into(), Some(Notify::default())),
        AlertRule::Tag("music".into(), Some(own)),
        AlertRule::Tag("art".into(), Some(own)),
        AlertRule::Tag("music".into(), None),
        AlertRule::Soon(false),
    ] {
        rules.set(rule);
    }
    let tags = BTreeMap::from([("art".to_owned(), own)]);
    assert_eq!(rules, AlertRules { live: true, tags, ..AlertRules::default() });
}
