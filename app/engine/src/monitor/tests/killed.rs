//! Browsers that are killed: what is stored stays true, and everything goes on from it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn a_killed_browser_loses_nothing_and_leaves_nothing_open() {
    let mut world = two_evenings();
    world.run(2000, &[130, 131, 219, 221, 1550, 1705]);
    world.assert_truthful();
    assert_eq!(world.sessions_of(&account("mira")).len(), 3);
}

#[test]
fn a_monitor_restored_goes_on_to_the_bit_as_if_nothing_had_been() {
    let (mut undisturbed, mut killed) = (evenings(), evenings());
    let kills: Vec<i64> = (1..80).map(|i| i * 491).collect();
    undisturbed.run(40_000, &[]);
    killed.run(40_000, &kills);
    assert_eq!(undisturbed.requests, killed.requests);
    assert_eq!(undisturbed.store.snapshot(), killed.store.snapshot());
    undisturbed.assert_truthful();
    assert!(undisturbed.requests.len() > 300, "{}", undisturbed.requests.len());
}

#[cfg(not(target_arch = "wasm32"))]
mod laws {
    use proptest::prelude::*;

    use super::*;

    /// Broadcasts of one account: gaps and lengths in minutes.
    fn broadcasts() -> impl Strategy<Value = Vec<Truth>> {
        proptest::collection::vec((3..900_i64, 2..400_i64), 0..12).prop_map(|pairs| {
            let mut at = -600;
            let place = |(gap, length): (i64, i64)| {
                let start = at + gap;
                at = start + length;
                Truth { start, end: at }
            };
            pairs.into_iter().map(place).collect()
        })
    }

    fn fault() -> impl Strategy<Value = (i64, i64, Outcome)> {
        let unknown = |reason| Outcome::Unknown { reason, retry_at: None, detail: None };
        let outcome = proptest::sample::select(vec![
            Outcome::NotFound,
            unknown(UnknownReason::Blocked),
            unknown(UnknownReason::BadAnswer),
            unknown(UnknownReason::OverBudget),
        ]);
        (0..4000_i64, 1..600_i64, outcome)
            .prop_map(|(from, length, outcome)| (from, from + length, outcome))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_stored_is_what_the_checks_could_see(
            truths in proptest::collection::vec(broadcasts(), 1..4),
            reveals in proptest::sample::select(vec![Reveals::Start, Reveals::Last]),
            interval in 3..120_i64,
            faults in proptest::collection::vec(fault(), 0..4),
            kills in proptest::collection::vec(0..4500_i64, 0..6),
        ) {
            let truth = truths.into_iter().enumerate().map(|(i, t)| (account(&format!("name{i}")), t)).collect();
            let mut world = World::new(truth, reveals, Span::MINUTE * interval);
            world.faults = faults;
            world.run(4500, &kills);
            world.assert_truthful();
        }
    }
}
