//! What the Plan screen is told.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::view::Why;

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
