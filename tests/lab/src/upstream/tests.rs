use super::*;
use crate::population::Period;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_s(minute * 60)
}

/// One account that was on air at minutes 10 to 20 and 30 to 40.
fn population() -> Population {
    let session = |from, to| Session { start: at(from), end: at(to) };
    Population {
        names: vec!["mira".to_owned()],
        sessions: vec![vec![session(10, 20), session(30, 40)]],
        period: Period { from: at(0), measured_from: at(0), until: at(1440) },
    }
}

fn conditions(reveals: Reveals, budget: Option<&str>) -> Conditions {
    Conditions {
        reveals,
        batch: 1,
        budget: budget.map(|text| text.parse().unwrap()),
        imported: Span::ZERO,
        prices: PriceWords::default(),
    }
}

fn outcomes(reveals: Reveals, minutes: &[i64]) -> Vec<(Showed, Outcome)> {
    let population = population();
    let mut upstream = Upstream::new(&population, &conditions(reveals, None)).unwrap();
    let who = [account_of(0).unwrap()];
    let ask = |minute: &i64| match upstream.ask(&who, at(*minute)).unwrap() {
        Treatment::Passed { showed, results } => {
            upstream.reply(results.clone(), at(*minute) + LATENCY);
            (showed[0].1, results[0].outcome.clone())
        }
        Treatment::Refused { .. } => panic!("refused without a budget"),
    };
    minutes.iter().map(ask).collect()
}

fn room(index: usize, start: i64) -> Broadcast {
    Broadcast {
        room_id: Some(format!("0-{index}")),
        started_at: Some(at(start)),
        ..Broadcast::default()
    }
}

#[test]
fn each_regime_reveals_what_it_should_and_no_more() {
    let off = |last_broadcast| (Showed::Offline, Outcome::Offline { last_broadcast });
    let live = |index, broadcast| (Showed::Live(index), Outcome::Live { broadcast });
    let minutes = [5, 15, 20, 30, 39, 50];
    let blank = Broadcast::default;
    assert_eq!(
        outcomes(Reveals::Nothing, &minutes),
        [off(None), live(0, blank()), off(None), live(1, blank()), live(1, blank()), off(None)]
    );
    assert_eq!(
        outcomes(Reveals::Start, &minutes),
        [
            off(None),
            live(0, room(0, 10)),
            off(None),
            live(1, room(1, 30)),
            live(1, room(1, 30)),
            off(None)
        ]
    );
    assert_eq!(
        outcomes(Reveals::Last, &minutes),
        [
            off(None),
            live(0, room(0, 10)),
            off(Some(room(0, 10))),
            live(1, room(1, 30)),
            live(1, room(1, 30)),
            off(Some(room(1, 30)))
        ]
    );
    assert_eq!(outcomes(Reveals::Last, &[60]), [off(Some(room(1, 30)))], "a look at the end");
}

#[test]
fn the_truth_is_that_of_the_moment_a_request_arrives() {
    let population = population();
    let live_at = |arrival: Timestamp| {
        let mut upstream = Upstream::new(&population, &conditions(Reveals::Start, None)).unwrap();
        match upstream.ask(&[account_of(0).unwrap()], arrival - ARRIVAL).unwrap() {
            Treatment::Passed { showed, .. } => showed[0].1 == Showed::Live(0),
            Treatment::Refused { .. } => panic!("refused without a budget"),
        }
    };
    let instant = Span::from_ms(1);
    assert!(!live_at(at(10) - instant) && live_at(at(10)));
    assert!(live_at(at(20) - instant) && !live_at(at(20)));
}

#[test]
fn a_spent_quota_refuses_as_the_proxy_does_and_reaches_nobody() {
    let population = population();
    let conditions = conditions(Reveals::Start, Some("2/min"));
    let mut upstream = Upstream::new(&population, &conditions).unwrap();
    let who = [account_of(0).unwrap()];
    for second in [0, 1] {
        let now = Timestamp::from_s(second);
        let Treatment::Passed { results, .. } = upstream.ask(&who, now).unwrap() else {
            panic!("refused too early");
        };
        let reply = upstream.reply(results, now + LATENCY);
        assert_eq!(i64::from(reply.budget[0].remaining), 1 - second);
    }
    for _ in 0..3 {
        match upstream.ask(&who, Timestamp::from_s(10)).unwrap() {
            Treatment::Refused { retry_after } => assert_eq!(retry_after, Span::from_s(51)),
            Treatment::Passed { .. } => panic!("passed over the limit"),
        }
    }
}

#[test]
fn a_proxy_that_lets_too_much_through_is_found_out() {
    let population = population();
    let strict = conditions(Reveals::Start, Some("2/min"));
    let mut upstream = Upstream::new(&population, &strict).unwrap();
    upstream.allowance = Allowance::new("99/min".parse().unwrap());
    let who = [account_of(0).unwrap()];
    let mut ask = |second| upstream.ask(&who, Timestamp::from_s(second));
    assert!(ask(0).is_ok() && ask(1).is_ok());
    assert!(matches!(ask(59), Err(LabError::Breach { count: 3, .. })));
}

#[test]
fn senseless_requests_are_faults() {
    let population = population();
    let mut upstream = Upstream::new(&population, &conditions(Reveals::Start, None)).unwrap();
    let both = [account_of(0).unwrap(), account_of(0).unwrap()];
    let stranger = [account_of(1).unwrap()];
    for accounts in [&both[..0], &both[..], &stranger[..]] {
        let error = upstream.ask(accounts, at(0)).unwrap_err();
        assert!(matches!(error, LabError::Misbehaviour { .. }), "{error}");
    }
}
