//! What the Plan screen is told.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use almanac_wire::QuotaState;

use super::*;
use crate::settings::Share;
use crate::view::{PlanView, Why};

#[test]
fn coming_checks_are_told_in_order_with_their_reasons() {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let view = world.monitor.plan_view(false);
    assert!(view.checks.len() > 4, "{view:?}");
    assert!(view.checks.is_sorted_by_key(|check| check.at));
    assert!(view.checks.iter().all(|check| check.at >= view.now));
    let listed: u16 = view.hours.iter().sum();
    assert!(usize::from(listed) >= view.checks.len() && view.hours.len() == 24);
    let planned =
        view.checks.iter().filter(|check| matches!(check.why, Why::Plan { live: Some(_) }));
    assert!(planned.count() > 2, "{view:?}");
    let next = world.monitor.row(&view.checks[0].account).unwrap().next_check;
    assert_eq!(next, Some(view.checks[0].at));
    assert!(view.other.is_empty());
}

#[test]
fn more_requests_see_more_and_sooner() {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let view = world.monitor.plan_view(true);
    let [other] = &view.other[..] else { panic!("{view:?}") };
    let [half, same, double] = other.points[..] else { panic!("{other:?}") };
    assert_eq!([half.share, same.share, double.share], [50, 100, 200]);
    assert!(half.requests <= same.requests && same.requests < double.requests, "{other:?}");
    assert!(half.seen <= same.seen && same.seen <= double.seen, "{other:?}");
    assert!(half.delay >= same.delay && same.delay > double.delay, "{other:?}");
}

#[test]
fn nothing_is_forecast_of_who_is_not_there() {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let looked_at = |view: PlanView| view.other.iter().map(|other| other.accounts).sum::<usize>();
    assert_eq!(looked_at(world.monitor.plan_view(true)), 3);
    world.faults.push((world.now, world.now + 1440, Outcome::NotFound));
    world.run(world.now + 1440, &[]);
    let view = world.monitor.plan_view(true);
    let repeated = view.checks.iter().filter(|check| check.until_next.is_some());
    assert!(repeated.count() > 0, "{view:?}");
    assert!(view.checks.iter().all(|check| check.why == Why::Missing), "{view:?}");
    assert_eq!(looked_at(view), 0);
}

#[test]
fn what_a_share_does_not_give_is_no_budget() {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let settings = |percent| Settings {
        shares: BTreeMap::from([(Platform::Tiktok, Share::try_from(percent).unwrap())]),
        ..Settings::default()
    };
    let now = |world: &World| {
        let view = world.monitor.plan_view(true);
        view.other[0].points[1]
    };
    world.quotas = "10/min,60/h,4/day";
    world.monitor.handle(Event::Upstreams(vec![world.info()]), minute(world.now));
    let whole = now(&world);
    assert!(whole.requests <= 4.01, "{whole:?}");
    world.monitor.handle(Event::Set(settings(25)), minute(world.now));
    let quarter = now(&world);
    assert!(quarter.requests <= 1.01 && quarter.seen < whole.seen, "{quarter:?}");
    world.monitor.handle(Event::Set(settings(0)), minute(world.now));
    assert!(world.monitor.plan_view(true).other.is_empty(), "nobody is checked");
}

#[test]
fn a_pinned_interval_is_counted_all_day() {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let counted = |world: &World| -> u16 { world.monitor.plan_view(false).hours.iter().sum() };
    let before = counted(&world);
    let wishes = Wishes { interval: Some(Span::MINUTE * 30), ..Wishes::default() };
    world.monitor.handle(Event::Wish(account("mira"), wishes), minute(world.now));
    let after = counted(&world);
    assert!((before + 20..before + 60).contains(&after), "{before} {after}");
}

/// Everybody is to be asked about every half hour.
fn half_hours() -> World {
    let mut world = evenings();
    world.run(9 * 1440 + 600, &[]);
    let wishes = Wishes { interval: Some(Span::MINUTE * 30), ..Wishes::default() };
    for account in world.monitor.accounts().cloned().collect::<Vec<_>>() {
        world.monitor.handle(Event::Wish(account, wishes.clone()), minute(world.now));
    }
    world
}

#[test]
fn no_more_is_told_than_the_budget_gives() {
    let mut world = half_hours();
    let told = |world: &World| world.monitor.plan_view(false);
    let count = |view: &PlanView| -> u16 { view.hours.iter().sum() };
    assert!(count(&told(&world)) > 130, "{:?}", told(&world));
    world.quotas = "10/min,2/h,20/day";
    world.monitor.handle(Event::Upstreams(vec![world.info()]), minute(world.now));
    let less = told(&world);
    assert!((15..=20).contains(&count(&less)), "{less:?}");
    assert!(less.hours.iter().all(|hour| *hour <= 2), "{less:?}");
    assert!(less.checks.is_sorted_by_key(|check| check.at), "{less:?}");
    for (place, check) in less.checks.iter().enumerate() {
        let later = &less.checks[place + 1..];
        if let Some(next) = later.iter().find(|later| later.account == check.account) {
            assert_eq!(check.until_next, Some(next.at - check.at), "{check:?}");
        }
    }
    // What is spent already is not there to be spent.
    let spent =
        QuotaState { window_s: 86_400, zone: None, limit: 20, remaining: 5, reset_s: 3600 * 20 };
    let info = UpstreamInfo { budget: vec![spent], ..world.info() };
    world.monitor.handle(Event::Upstreams(vec![info]), minute(world.now));
    let left = told(&world);
    assert!((6..=20).contains(&count(&left)), "{left:?}");
    assert_eq!(left.hours[..20].iter().sum::<u16>(), 5, "{left:?}");
}

#[test]
fn a_request_about_many_is_one() {
    let mut world = half_hours();
    let quotas = "1/min,1/h".parse().unwrap();
    let info = UpstreamInfo { batch: 50, quotas, ..world.info() };
    world.monitor.handle(Event::Upstreams(vec![info]), minute(world.now));
    let view = world.monitor.plan_view(false);
    assert!(view.hours.iter().all(|hour| *hour <= 3), "{view:?}");
    assert!(view.hours.iter().filter(|hour| **hour == 3).count() > 20, "{view:?}");
}
