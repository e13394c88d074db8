//! What is said of an account, held to the letter.

use almanac_engine::session::KnownBy;
use almanac_engine::view::{HALF_HOURS, Likely};
use almanac_engine::{ProxyFailure, TroubleKind};
use almanac_wire::UnknownReason;

use super::super::times::tests::{NOW, PRESENT, ago};
use super::*;

fn session(start: (i64, i64), end: End) -> Session {
    Session {
        account: "tiktok:mira".parse().unwrap(),
        recorded_at: ago(0),
        start: Interval::between(ago(start.0), ago(start.1)),
        end,
        known_by: KnownBy::Seen,
        room_id: None,
        started_at: None,
        title: Some("night".into()),
        peak_viewers: Some(1312),
        gifts: Some(900),
    }
}

#[test]
fn a_pin_beyond_the_budget_is_told() {
    let quota =
        |window_s, limit| QuotaState { window_s, zone: None, limit, remaining: limit, reset_s: 0 };
    let budget = [quota(60, 10), quota(86_400, 120)];
    let told = |minutes| pin_beyond(Span::MINUTE * minutes, Platform::Tiktok, &budget);
    assert_eq!(told(12), None);
    assert!(
        told(3).unwrap().starts_with("That alone is 480 checks, where TikTok allows 120 (day)")
    );
}

#[test]
fn a_check_that_was_asked_for_says_what_it_waits_for() {
    let kind = TroubleKind::Unknown(UnknownReason::Blocked);
    let trouble =
        |matter| TroubleView { matter, since: ago(9), retry_at: Some(ago(-7)), detail: None };
    let told = |matter| check_asked(Platform::Tiktok, &[trouble(matter)], PRESENT);
    let budget = "Will be checked as soon as the budget allows";
    assert_eq!(check_asked(Platform::Tiktok, &[], PRESENT), budget);
    assert_eq!(told(Matter::OverBudget(Platform::Tiktok)), budget);
    assert_eq!(told(Matter::Upstream(Platform::Twitch, kind)), budget);
    assert_eq!(
        told(Matter::Upstream(Platform::Tiktok, kind)),
        "Will be checked when TikTok answers again: next try 20:31"
    );
    assert_eq!(
        told(Matter::Proxy(ProxyFailure::Unreachable)),
        "Will be checked when the proxy answers again: next try 20:31"
    );
}

#[test]
fn a_session_is_told_as_well_as_it_is_known() {
    let over = |from, to| End::Over(Interval::between(ago(from), ago(to)));
    let row = session_row(&session((139, 139), over(20, 18)), false, PRESENT);
    assert_eq!((row.start.as_str(), row.end.as_str()), ("18:05", "20:05"));
    assert_eq!((row.duration.as_str(), row.peak.as_str()), ("2 hr", "1,312"));
    assert_eq!(row.gifts, "900, 450 an hour");
    let row = session_row(&session((169, 139), over(120, 20)), false, PRESENT);
    assert_eq!((row.start.as_str(), row.end.as_str()), ("17:50 ±15 min", "19:14 ±50 min"));
    let row = session_row(&session((600, 139), over(100, 90)), false, PRESENT);
    assert_eq!(row.start, "10:24\u{2060}–\u{2060}18:05");
    // Less than half an hour is no great doubt, nor is less than a quarter of the length.
    let length =
        |from, to| session_row(&session((300, 300), over(from, to)), false, PRESENT).duration;
    assert_eq!([length(270, 240), length(150, 110)], ["45 min", "2 hr 50 min"]);
    assert_eq!(length(267, 15), "33 min\u{2060}–\u{2060}4 hr 45 min");
    assert_eq!(length(300, 255), "up to 45 min");
    let row = session_row(&session((600, 600), over(590, 30)), false, PRESENT);
    assert_eq!(row.duration, "10 min\u{2060}–\u{2060}9 hr 30 min");
    assert_eq!(row.gifts, "900");
    let row = session_row(&session((60, 60), End::Open { last_seen: ago(5) }), false, PRESENT);
    assert_eq!((row.end.as_str(), row.duration.as_str()), ("live", "55 min"));
    let row = |seen, unknown| {
        let open = session((60, 60), End::Open { last_seen: ago(seen) });
        session_row(&open, unknown, PRESENT).end
    };
    assert_eq!([row(15, false), row(5, true)], ["live", "unknown, live 20:19"]);
    assert_eq!(row(16, false), "unknown, live 20:08");
}

#[test]
fn what_the_fields_of_an_edit_cannot_show_is_told() {
    let told = |start, end| known_in_words(&session(start, end), PRESENT);
    let over = |from, to| End::Over(Interval::between(ago(from), ago(to)));
    assert_eq!(told((300, 290), over(100, 95)), "");
    assert_eq!(
        told((300, 300), over(115, 20)),
        "Known: ended between 18:29 and 20:04. What you leave as it is stays so."
    );
    assert_eq!(
        told((1500, 300), over(115, 20)),
        "Known: began between Sat 19:24 and 15:24, ended between 18:29 and 20:04. What you leave \
         as it is stays so."
    );
    let on = End::Open { last_seen: ago(1) };
    assert!(told((300, 200), on).starts_with("Known: began between 15:24 and 17:04. "));
    assert_eq!(clock_of(None), "Times by this device's clock.");
    assert_eq!(clock_of(Some("Asia/Tokyo")), "Times by the clock of Asia/Tokyo.");
}

#[test]
fn what_an_edit_and_a_merge_would_do_is_told() {
    let error = EditError::Overlaps { from: ago(139), to: ago(0) };
    assert_eq!(
        edit_problem(error, PRESENT),
        "The broadcast of 18:05–20:24 was on then. Choose other times, or merge or delete one of \
         the two."
    );
    let merged = session((3000, 3000), End::Over(Interval::exact(ago(60))));
    assert_eq!(
        merge_question(Parted { pause: Some(Span::HOUR * 47), offline_at: None }, &merged, PRESENT),
        "Nothing was seen for 1 day 23 hr between the two. Merged they are one broadcast of \
         2 days 1 hr: Fri 18:24–today 19:24."
    );
    let vague = session((300, 300), End::Over(Interval::between(ago(240), ago(60))));
    assert_eq!(
        merge_question(Parted { pause: None, offline_at: None }, &vague, PRESENT),
        "Merged they are one broadcast of 1 hr\u{2060}–\u{2060}4 hr: 15:24–19:24."
    );
    assert_eq!(
        merge_question(Parted { pause: None, offline_at: Some(ago(139)) }, &merged, PRESENT),
        "A check found it offline between the two (18:05). Merged they are one broadcast of \
         2 days 1 hr: Fri 18:24–today 19:24."
    );
}

#[test]
fn an_average_says_what_it_rests_on() {
    let known =
        Durations { count: 4, mean_minutes: 100.0, median_minutes: 90.0, doubt_minutes: 5.0 };
    assert_eq!(
        [lasts(known, 4), lasts(known, 6)],
        ["1 hr 40 min", "1 hr 40 min (4\u{a0}of\u{a0}6)"]
    );
}

#[test]
fn charts_have_words() {
    let mut week = Week { live: vec![0; 7 * HALF_HOURS], weeks: 4 };
    assert_eq!(week_in_words(&week), "No hours of the week stand out yet.");
    for half in 40..45 {
        week.live[HALF_HOURS + half] = 80;
    }
    let told = "Live in at least a third of the weeks: Mon 20:00\u{2060}–\u{2060}22:30.";
    assert_eq!(week_in_words(&week), told);
    let day = |minutes, followed| {
        let (least, most) = (minutes, minutes);
        Day { noon: NOW, minutes, least, most, sessions: 1, followed }
    };
    let told = calendar_in_words(&[day(0, false), day(90, true), day(60, true)]);
    assert_eq!(told, "3 broadcasts on 3 of 3 days, 2 hr 30 min in all.");
    let vague = |least, most| {
        let vague = Day { least, most, ..day(0, true) };
        calendar_in_words(&[vague, day(60, true)]).replace('\u{2060}', "")
    };
    assert_eq!(vague(0, 30), "2 broadcasts on 2 of 2 days, 1 hr 15 min in all.");
    assert_eq!(vague(0, 720), "2 broadcasts on 2 of 2 days, 1 hr–13 hr in all.");
    let told = calendar_in_words(&[Day { most: 720, ..day(0, true) }]);
    assert_eq!(told, "1 broadcast on 1 of 1 day, up to 12 hr in all.");
}

#[test]
fn a_day_to_come_has_its_windows() {
    let window = Likely { from: NOW, to: NOW + Span::HOUR, percent: 82 };
    let mut day = DayAhead { noon: NOW, percent: 90, shape: Vec::new(), windows: vec![window] };
    let told = |day: &DayAhead, first| day_ahead(day, first, &Zone::UTC);
    assert_eq!(told(&day, true), ("Today".into(), "20:24\u{2060}–\u{2060}21:24 (82%)".into()));
    day.windows.clear();
    assert_eq!(told(&day, false), ("Sun 1 Mar".into(), "at no particular time".into()));
}
