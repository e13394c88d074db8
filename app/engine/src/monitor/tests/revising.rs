//! What a person takes back.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::revision::Revision;
use crate::zone::Zone;

fn of(world: &World, name: &str) -> Vec<Session> {
    let account = account(name);
    world.store.sessions.values().filter(|session| session.account == account).cloned().collect()
}

fn tell(world: &mut World, event: Event) {
    world.monitor.handle(event, minute(world.now));
}

#[test]
fn a_removal_can_be_taken_back_with_everything() {
    let mut world = evenings();
    world.run(3000, &[]);
    let before = of(&world, "mira");
    assert!(!before.is_empty());
    let mira = vec![account("mira")];
    tell(&mut world, Event::Leave { accounts: mira.clone(), until: minute(3100) });
    assert!(world.monitor.row(&mira[0]).is_none(), "it is out of sight at once");
    let from = world.answers.len();
    // Over a restart, too.
    world.run(3060, &[3030]);
    assert!(world.answers.iter().skip(from).all(|(of, ..)| *of != mira[0]), "no checks");
    assert_eq!(world.monitor.overview().leaving, mira);
    assert!(world.monitor.overview().leaving_records, "something would be lost");
    assert_eq!(of(&world, "mira"), before, "nothing is lost yet");
    tell(&mut world, Event::Stay(mira.clone()));
    world.run(4000, &[]);
    assert!(world.monitor.row(&mira[0]).is_some());
    assert!(of(&world, "mira").starts_with(&before) && world.answers.len() > from);
    assert!(world.monitor.overview().leaving.is_empty());
    let stranger = vec![account("stranger")];
    tell(&mut world, Event::Add(stranger.clone()));
    tell(&mut world, Event::Leave { accounts: stranger, until: minute(4100) });
    assert!(!world.monitor.overview().leaving_records, "nothing is known of it");
}

#[test]
fn what_is_not_taken_back_is_forgotten_in_time() {
    for kills in [&[][..], &[3050, 3200]] {
        let mut world = evenings();
        world.run(3000, &[]);
        let mira = account("mira");
        tell(&mut world, Event::Leave { accounts: vec![mira.clone()], until: minute(3100) });
        world.run(3300, kills);
        assert!(of(&world, "mira").is_empty() && !world.store.tracks.contains_key(&mira));
        assert!(world.monitor.overview().leaving.is_empty());
        let others = world.store.sessions.len();
        assert!(others > 0, "others stay");
        let removed = |entry: &LogEntry| entry.what == LogWhat::Removed(mira.clone());
        assert_eq!(world.store.log.iter().filter(|entry| removed(entry)).count(), 1);
    }
}

#[test]
fn who_is_added_again_in_time_comes_back_with_the_past() {
    let mut world = evenings();
    world.run(3000, &[]);
    let before = of(&world, "mira");
    let mira = vec![account("mira")];
    tell(&mut world, Event::Leave { accounts: mira.clone(), until: minute(3100) });
    tell(&mut world, Event::Add(mira));
    world.run(3300, &[]);
    assert!(of(&world, "mira").starts_with(&before));
}

#[test]
fn a_struck_session_stays_away_although_the_upstream_goes_on_telling_of_it() {
    let mut world = evenings();
    world.reveals = Reveals::Last;
    world.run(3000, &[]);
    let mira = account("mira");
    let latest = world.store.tracks[&mira].latest.clone().unwrap();
    assert!(matches!(latest.end, End::Over(_)), "the scene is one in between");
    let before = of(&world, "mira");
    let strike = Revision::strike(&latest);
    let inverse = strike.inverse(&before);
    tell(&mut world, Event::Revise(strike));
    // The upstream tells of its last broadcast with every answer.
    world.run(3200, &[3100]);
    assert!(!of(&world, "mira").contains(&latest), "it came back");
    let earlier = of(&world, "mira").into_iter().max_by_key(|one| one.start).unwrap();
    let End::Over(ended) = earlier.end else { panic!("{earlier:?}") };
    let row = world.monitor.row(&mira).unwrap();
    let last = Standing::Offline { last_start: Some(earlier.start), last_end: Some(ended) };
    assert_eq!(row.standing, last, "the one before is the latest now");
    tell(&mut world, Event::Revise(inverse));
    world.run(3210, &[]);
    assert_eq!(of(&world, "mira"), before);
    let view = world.monitor.account_view(&mira, before.clone(), 1, &Zone::UTC).unwrap();
    assert_eq!((view.total, &view.sessions[..]), (before.len(), &[latest][..]));
}

#[test]
fn a_corrected_session_is_shown_as_corrected() {
    let mut world = evenings();
    world.run(3000, &[]);
    let mira = account("mira");
    let latest = world.store.tracks[&mira].latest.clone().unwrap();
    let start = latest.start.earliest() - Span::HOUR;
    let edit = Revision::edit(&latest, [], Some(start), None, "late", minute(world.now)).unwrap();
    tell(&mut world, Event::Revise(edit));
    world.run(3010, &[]);
    let stored = of(&world, "mira").into_iter().find(|one| one.recorded_at == latest.recorded_at);
    assert_eq!(stored.and_then(|one| one.title).as_deref(), Some("late"));
    let row = world.monitor.row(&mira).unwrap();
    assert!(
        matches!(row.standing, Standing::Offline { last_start: Some(at), .. } if at.earliest() == start)
    );
}

#[test]
fn a_broadcast_moved_before_another_is_the_latest_no_more() {
    let mut world = evenings();
    world.run(4500, &[]);
    let mira = account("mira");
    let all = of(&world, "mira");
    let [.., before, latest] = &all[..] else { panic!("{all:?}") };
    let (start, end) = (before.start.earliest() - Span::HOUR * 9, before.start.earliest());
    let (start, end) = (Some(start), Some(end - Span::HOUR * 8));
    let edit = Revision::edit(latest, [], start, end, "", minute(world.now)).unwrap();
    tell(&mut world, Event::Revise(edit));
    let row = world.monitor.row(&mira).unwrap();
    let last = |at: &crate::Interval| *at == before.start;
    assert!(
        matches!(&row.standing, Standing::Offline { last_start: Some(at), .. } if last(at)),
        "{row:?}"
    );
    for session in all {
        tell(&mut world, Event::Revise(Revision::strike(&session)));
    }
    let row = world.monitor.row(&mira).unwrap();
    assert_eq!(row.standing, Standing::Offline { last_start: None, last_end: None });
}

#[test]
fn what_is_recalled_later_is_as_if_it_had_been_there() {
    let mut world = evenings();
    world.run(9000, &[]);
    let from = minute(9000) - Span::DAY * 2;
    let recent = |session: &Session| session.start.earliest() >= from;
    let (late, early): (Vec<_>, Vec<_>) = world.store.sessions.values().cloned().partition(recent);
    assert!(!late.is_empty() && !early.is_empty());
    let begun = |sessions: Vec<Session>| {
        let mut tracks: Vec<Track> = world.store.tracks.values().cloned().collect();
        // As a version that did not note them left it.
        tracks.iter_mut().for_each(|track| track.days = crate::days::LiveDays::default());
        let snapshot = Snapshot { tracks, sessions, ..Snapshot::default() };
        Monitor::restore(snapshot, Box::new(Fixed::default()), minute(9000))
    };
    let whole = begun(world.store.sessions.values().cloned().collect());
    let mut later = begun(late);
    let shown = |monitor: &Monitor| -> Vec<_> {
        monitor.accounts().filter_map(|account| monitor.row(account)).collect()
    };
    assert_ne!(shown(&later), shown(&whole), "how often it was live is not known yet");
    later.recall(early);
    assert_eq!(shown(&later), shown(&whole));
    let days = |monitor: &Monitor| -> Vec<_> {
        monitor.entries.values().map(|entry| entry.day_forecast(0.5, minute(9000), 0)).collect()
    };
    assert_eq!(days(&later), days(&whole));
}
