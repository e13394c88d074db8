//! What tables say, row by row.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use almanac_wire::{Platform, Span, Timestamp};

use super::moment::{local, moment, written};
use super::{Reading, RowTrouble, Table, TableError, read, to_csv};
use crate::session::{End, Interval, KnownBy, Session};
use crate::zone::Zone;

const NOW: Timestamp = Timestamp::from_s(1_793_000_000);
const UTC: Reading<'static> = Reading { platform: Platform::Tiktok, zone: &Zone::UTC, now: NOW };

fn table(text: &str) -> Table {
    read(text, &UTC).unwrap()
}

fn at(text: &str) -> Timestamp {
    moment(text).unwrap()
}

/// When each session began and ended at the latest.
fn times(table: &Table) -> Vec<(String, String)> {
    let end = |session: &Session| match session.end {
        End::Open { last_seen } => last_seen,
        End::Over(interval) => interval.latest(),
    };
    table.sessions.iter().map(|one| (written(one.start.latest()), written(end(one)))).collect()
}

const LEARNING: &str = "\
id,username,session_date,start_time,end_time,duration_minutes,day_of_week,start_hour,end_hour,peak_viewers,total_gifts,session_quality,created_at
1,mira,2026-03-01,19:30:00,22:05:00,155,0,19,22,120,900,348.4,2026-03-01 22:05:00
2,@nora.x,2026-03-01,23:10:00,01:20:00,130,0,23,1,0,0,0,2026-03-02 01:20:00
3,mira,2026-13-01,19:30:00,,,,,,,,,
4,,2026-03-02,19:30:00,,,,,,,,,
5,mira,2026-03-03,19:30:00,,45,,,,,,,
";

#[test]
fn the_roadmaps_table_is_read_with_a_word_on_every_bad_row() {
    let table = table(LEARNING);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        times(&table),
        [
            pair("2026-03-01T19:30:00.000Z", "2026-03-01T22:05:00.000Z"),
            pair("2026-03-01T23:10:00.000Z", "2026-03-02T01:20:00.000Z"),
            pair("2026-03-03T19:30:00.000Z", "2026-03-03T20:15:00.000Z"),
        ]
    );
    let first = &table.sessions[0];
    assert_eq!((first.peak_viewers, first.gifts), (Some(120), Some(900)));
    assert_eq!(first.known_by, KnownBy::Imported);
    assert_eq!(first.start.width(), Span::HOUR, "the tool looked once an hour");
    assert_eq!(table.sessions[1].peak_viewers, None, "nothing is the column's default");
    let refused: Vec<_> = table.refused.iter().map(|one| (one.line, one.why.to_string())).collect();
    assert_eq!(
        refused,
        [
            (4, "session_date is “2026-13-01”, which is no date such as 2026-03-01".to_owned()),
            (5, "username is missing".to_owned()),
        ]
    );
}

#[test]
fn its_sql_dumps_say_the_same() {
    let insert = "\
-- PostgreSQL database dump
SET statement_timeout = 0;
CREATE TABLE public.schedule_learning (
    id uuid
);
INSERT INTO public.other (id) VALUES (1);
INSERT INTO public.schedule_learning (id, username, session_date, start_time, end_time) VALUES
  ('a', 'mira', '2026-03-01', '19:30:00', '22:05:00'),
  ('b', 'it''s', '2026-03-01', '19:30:00', NULL);
INSERT INTO \"schedule_learning\" (username, session_date, start_time) VALUES ('nora', '2026-03-02'::date, '23:10:00');
";
    let told = table(insert);
    assert_eq!(told.sessions.len(), 2);
    assert_eq!(told.sessions[1].account.handle(), "nora");
    assert_eq!(
        told.refused.iter().map(|one| one.line).collect::<Vec<_>>(),
        [9],
        "{:?}",
        told.refused
    );

    let copy = "\
COPY public.schedule_learning (username, session_date, start_time, end_time) FROM stdin;
mira\t2026-03-01\t19:30:00\t22:05:00
nora\t2026-03-02\t23:10:00\t\\N
bad\t2026-03-02
\\.

SELECT 1;
";
    let told = table(copy);
    assert_eq!(times(&told)[0], times(&table(LEARNING))[0]);
    assert_eq!((told.sessions.len(), told.refused.len()), (2, 1));
    assert_eq!(told.refused[0].why, RowTrouble::Columns { found: 2, expected: 4 });
}

#[test]
fn a_dump_cut_anywhere_says_nothing_that_the_whole_does_not() {
    let insert = "INSERT INTO schedule_learning (username, session_date, start_time) VALUES ('mira', '2026-03-01', '19:30:00'), ('nora', '2026-03-02', '23:10:00');";
    let whole = table(insert).sessions;
    for cut in 0..insert.len() {
        if let Ok(told) = read(&insert[..cut], &UTC) {
            assert!(whole.starts_with(&told.sessions), "cut at {cut}: {:?}", told.sessions);
        }
    }
}

/// Central European time in 2026: changes on 29 March and 25 October at 01:00 UTC.
fn berlin() -> Zone {
    let summer = at("2026-03-29T01:00:00Z")..at("2026-10-25T01:00:00Z");
    let offset = |at: Timestamp| if summer.contains(&at) { Span::HOUR * 2 } else { Span::HOUR };
    Zone::sample(at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"), &offset)
}

#[test]
fn local_times_become_moments_also_where_clocks_change() {
    let zone = berlin();
    let told = |date: &str, hour: i64, minute: i64| {
        let midnight = at(&format!("{date}T00:00:00Z"));
        written(local(midnight, Span::HOUR * hour + Span::MINUTE * minute, &zone))
    };
    assert_eq!(told("2026-02-01", 19, 30), "2026-02-01T18:30:00.000Z");
    assert_eq!(told("2026-07-01", 19, 30), "2026-07-01T17:30:00.000Z");
    assert_eq!(told("2026-03-29", 1, 59), "2026-03-29T00:59:00.000Z");
    assert_eq!(told("2026-03-29", 3, 0), "2026-03-29T01:00:00.000Z");
    assert_eq!(told("2026-10-25", 2, 30), "2026-10-25T00:30:00.000Z", "the first of two");
    assert_eq!(told("2026-10-25", 3, 30), "2026-10-25T02:30:00.000Z");
}

#[test]
fn what_is_written_is_read_back() {
    let session = |n: i64, end, known_by| Session {
        account: "tiktok:mira".parse().unwrap(),
        recorded_at: Timestamp::from_ms(1_772_396_640_123 + n),
        start: Interval::between(
            Timestamp::from_ms(1_772_396_640_001),
            Timestamp::from_ms(1_772_396_640_123),
        ),
        end,
        known_by,
        room_id: Some("7".to_owned()),
        started_at: Some(Timestamp::from_s(1_772_396_640)),
        title: Some("Clay, \"wet\"\nand dry".to_owned()),
        peak_viewers: Some(3),
        gifts: Some(0),
    };
    let over = End::Over(Interval::exact(Timestamp::from_s(1_772_399_999)));
    let open = End::Open { last_seen: Timestamp::from_s(1_772_397_000) };
    let sessions = [
        session(0, over, KnownBy::Seen),
        session(1, open, KnownBy::Revealed),
        session(2, over, KnownBy::Imported),
        session(3, over, KnownBy::Backfilled),
    ];
    let text = to_csv(&sessions[..2], true) + &to_csv(&sessions[2..], false);
    assert_eq!(table(&text), Table { sessions: sessions.to_vec(), refused: Vec::new() });
}

#[test]
fn simple_tables_do_and_others_are_refused() {
    let simple = "Account;Start;End\ntiktok:mira;2026-03-01T19:30:00Z;2026-03-01T21:00:00+01:00\nmira;later;\n";
    let told = table(simple);
    assert_eq!(times(&told)[0].1, "2026-03-01T20:00:00.000Z");
    assert_eq!(told.refused[0].line, 3);
    let backwards = "account,start,end\nmira,2026-03-02T19:30:00Z,2026-03-01T21:00:00Z\n";
    assert_eq!(table(backwards).refused[0].why, RowTrouble::Backwards);
    assert_eq!(read(" \n", &UTC), Err(TableError::Empty));
    assert_eq!(read("name,when\na,b\n", &UTC), Err(TableError::Unknown));
}

#[test]
fn a_column_names_the_platform_and_must_not_contradict_the_handle() {
    let told = table(
        "account,Platform,start\nninja,Twitch,2026-03-01T19:30:00Z\nmira,,2026-03-01T19:30:00Z\n\
        mira,myspace,2026-03-01T19:30:00Z\ntwitch:xqc,twitch,2026-03-01T19:30:00Z\n\
        twitch:xqc,kick,2026-03-01T19:30:00Z\nkick:xqc,,2026-03-01T19:30:00Z\n",
    );
    let accounts: Vec<_> = told.sessions.iter().map(|one| one.account.to_string()).collect();
    assert_eq!(accounts, ["twitch:ninja", "tiktok:mira", "twitch:xqc", "kick:xqc"]);
    let refused: Vec<_> = told.refused.iter().map(|one| (one.line, one.why.to_string())).collect();
    assert_eq!(
        refused,
        [
            (4, "platform is “myspace”, which is no platform such as twitch".to_owned()),
            (6, "account names Twitch, platform names Kick".to_owned()),
        ]
    );
    let learning = "username,platform,session_date,start_time\nmira,KICK,2026-03-01,19:30\n";
    assert_eq!(table(learning).sessions[0].account.to_string(), "kick:mira");
}

#[test]
fn what_is_still_to_come_was_no_session() {
    let reading = Reading { now: at("2026-03-01T20:00:00Z"), ..UTC };
    let told = |text: &str| {
        let table = read(text, &reading).unwrap();
        (times(&table), table.refused.into_iter().map(|one| (one.line, one.why)).collect())
    };
    let line = |line| (line, RowTrouble::Future);
    let (taken, refused): (Vec<_>, Vec<_>) = told(
        "account,start,end,last_seen\nmira,2026-03-01T19:30:00Z,2026-03-01T20:00:00Z,\n\
        mira,2026-03-01T19:30:00Z,2026-03-01T20:00:01Z,\nmira,2026-03-01T20:00:01Z,,\n\
        mira,2026-03-01T19:30:00Z,,2026-03-01T20:00:00Z\n\
        mira,2026-03-01T19:30:00Z,,2026-03-01T20:00:01Z\n",
    );
    assert_eq!((taken.len(), refused), (2, vec![line(3), line(4), line(6)]));

    // How long a session without an end was on is guessed: a guess is no mistake of the table's.
    let (taken, refused) = told(
        "username,session_date,start_time,end_time\nmira,2026-03-01,19:30,\n\
        mira,2026-03-01,19:30,20:01\nmira,2026-03-01,20:01,\n",
    );
    assert_eq!((taken[0].1.as_str(), taken.len()), ("2026-03-01T20:00:00.000Z", 1));
    assert_eq!(refused, [line(3), line(4)]);
}

#[test]
fn times_without_a_zone_are_those_of_the_zone_that_was_chosen() {
    let zone = berlin();
    let reading = Reading { zone: &zone, ..UTC };
    let rows = "account,start,end\nmira,2026-07-01 19:30:00,2026-07-01T21:00\n\
        mira,2026-02-01 19:30,2026-02-01T20:00:00Z\nmira,2026-02-30 19:30,\n";
    let told = read(rows, &reading).unwrap();
    let [summer, winter] = &times(&told)[..] else { panic!("{told:?}") };
    let summer = (summer.0.as_str(), summer.1.as_str());
    assert_eq!(summer, ("2026-07-01T17:30:00.000Z", "2026-07-01T19:00:00.000Z"));
    let winter = (winter.0.as_str(), winter.1.as_str());
    assert_eq!(winter, ("2026-02-01T18:30:00.000Z", "2026-02-01T20:00:00.000Z"));
    assert_eq!(told.refused[0].line, 4);

    let changes = "account,start,end\nmira,2026-03-29 02:30,\nmira,2026-10-25 02:30,\n";
    let told = times(&read(changes, &reading).unwrap());
    assert_eq!(told[0].0, "2026-03-29T01:00:00.000Z", "a time that clocks never showed");
    assert_eq!(told[1].0, "2026-10-25T00:30:00.000Z", "the first of two");
}

#[test]
fn moments_are_strict() {
    for bad in
        ["", "2026-03-01", "2026-03-01T25:00:00Z", "2026-03-01T10:00:00", "2026-02-30T10:00:00Z"]
    {
        assert_eq!(moment(bad), None, "{bad}");
    }
    assert_eq!(written(at("2026-03-01 10:00-0130")), "2026-03-01T11:30:00.000Z");
}
