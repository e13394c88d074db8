//! Tests of the snapshot.

use super::*;

const MADE: Timestamp = Timestamp::from_s(1_774_746_000);

fn window(minutes: i64, lasts: i64) -> StartWindow {
    StartWindow {
        from: MADE + Span::MINUTE * minutes,
        length: WindowLength::nearest(Span::MINUTE * lasts),
        probability: Probability::nearest(0.8217),
    }
}

fn forecast(windows: Vec<StartWindow>) -> AccountForecast {
    AccountForecast {
        standing: Standing::Offline,
        checked_at: Some(MADE),
        next_check: Some(MADE + Span::HOUR),
        pattern: Some(PatternColumns {
            avg_start_hour: HourOfDay::wrapped(19.5).ok(),
            avg_end_hour: HourOfDay::wrapped(22.123_456).ok(),
            avg_duration_hours: Hours::try_from(2.622_333).ok(),
            most_active_days: vec![1, 0, 6].try_into().unwrap(),
            consistency_score: Probability::nearest(0.913_37),
            last_updated: MADE,
            data_points: 27,
            confidence_level: Probability::nearest(0.871_23),
        }),
        chances: Some(Chances {
            live_now: Probability::nearest(0.0123),
            live_within_hour: Probability::nearest(0.2123),
            starts_within_hour: Probability::nearest(0.2034),
            starts_within_day: Probability::nearest(0.9345),
        }),
        next_window: Some(window(60, 45)),
        windows,
    }
}

fn zone() -> ZoneClock {
    ZoneClock::new("Europe/Berlin", 3600, Vec::new()).unwrap()
}

fn account(n: usize) -> AccountId {
    format!("demo:{n:a>32}").parse().unwrap()
}

#[test]
fn it_goes_over_the_wire_and_back() {
    let windows = vec![window(1500, 60), window(60, 45)];
    let one = BTreeMap::from([("demo:mira.codes".parse().unwrap(), forecast(windows))]);
    let snapshot = ForecastSnapshot::new(MADE, zone(), one).unwrap();
    let text = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(serde_json::from_str::<ForecastSnapshot>(&text).unwrap(), snapshot);
    let windows = &snapshot.accounts()[&"demo:mira.codes".parse().unwrap()].windows;
    assert!(windows[0].from < windows[1].from, "in order");
    insta::assert_json_snapshot!(snapshot);
}

#[test]
fn the_largest_fits_its_bound_on_the_wire() {
    let windows: Vec<_> = (0..14).map(|n| window(n * 720, 100)).collect();
    let all = (0..MOST_ACCOUNTS).map(|n| (account(n), forecast(windows.clone()))).collect();
    let snapshot = ForecastSnapshot::new(MADE, zone(), all).unwrap();
    let bytes = serde_json::to_vec(&snapshot).unwrap().len();
    assert!((MOST_BYTES * 7 / 10..MOST_BYTES).contains(&bytes), "{bytes}");
}

#[test]
fn what_is_out_of_bounds_says_why() {
    let of = |many: usize, forecast: AccountForecast| {
        let all = (0..many).map(|n| (account(n), forecast.clone())).collect();
        ForecastSnapshot::new(MADE, zone(), all)
    };
    let plain = forecast(Vec::new());
    assert!(matches!(of(10_001, plain.clone()), Err(SnapshotError::TooManyAccounts(10_001))));
    let crowded = forecast(vec![window(0, 1); 15]);
    assert!(matches!(of(1, crowded), Err(SnapshotError::TooManyWindows(_))));
    let early = AccountForecast { next_check: Some(Timestamp::from_ms(-1)), ..plain };
    assert!(matches!(of(1, early), Err(SnapshotError::NoTime(_))));
    let late = Timestamp::from_ms(253_402_300_800_000);
    assert!(ForecastSnapshot::new(late, zone(), BTreeMap::new()).is_err());
}

#[test]
fn nothing_is_read_that_is_not_understood() {
    let whole = ForecastSnapshot::new(
        MADE,
        zone(),
        BTreeMap::from([(account(1), forecast(vec![window(60, 45)]))]),
    );
    let whole = serde_json::to_value(whole.unwrap()).unwrap();
    let name = account(1).to_string();
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        serde_json::from_value::<ForecastSnapshot>(changed).is_ok()
    };
    assert!(with(&|_| {}));
    assert!(!with(&|it| it["extra"] = 1.into()));
    assert!(!with(&|it| it["accounts"][&name]["extra"] = 1.into()));
    assert!(!with(&|it| it["accounts"][&name]["windows"][0]["until"] = 1.into()));
    assert!(!with(&|it| it["accounts"][&name]["windows"][0]["length"] = 59_999.into()));
    assert!(!with(&|it| it["accounts"][&name]["chances"]["live_now"] = 1.5.into()));
    assert!(!with(&|it| it["accounts"][&name]["pattern"]["most_active_days"] = vec![7].into()));
    assert!(!with(&|it| it["accounts"][&name]["pattern"]["most_active_days"] = vec![1, 1].into()));
    assert!(!with(&|it| it["accounts"][&name]["standing"] = "dead".into()));
    assert!(!with(&|it| it["accounts"]["myspace:tom"] = it["accounts"][&name].clone()));
}
