//! The lab against an oracle that works the same figures out the slow way, from a list of answers
//! and the trace, without any of the lab's bookkeeping.

#![expect(clippy::unwrap_used, reason = "what these helpers cannot do ends the test")]

use almanac_fakes::{Session, Trace};
use almanac_lab::compare::{Comparison, Measure, Plan, compare};
use almanac_lab::drive::{Watch, drive};
use almanac_lab::policies::{Setting, Wish};
use almanac_lab::upstream::{ARRIVAL, LATENCY, Showed};
use almanac_lab::{Conditions, Draw, PolicyKind, Population, Source, Spec, Split};
use almanac_lab::{archetypes, capacity::capacity};
use almanac_wire::{Reveals, Span, Timestamp};
use serde_json::Value;

const DRAW: Draw = Draw {
    accounts: 24,
    min_sessions: 1,
    seed: 1,
    split: Split::All,
    from_day: 2,
    days: Some(26),
    warmup_days: 5,
};

fn source() -> Source {
    let trace = archetypes::generate(24, 35, 5, archetypes::FROM).unwrap();
    Source::join("made up".to_owned(), vec![trace]).unwrap()
}

fn plan(wish: &str, reveals: Reveals, batch: u32, budget: Option<&str>, measure: Measure) -> Plan {
    Plan {
        draw: DRAW,
        seeds: vec![1],
        conditions: Conditions {
            reveals,
            batch,
            budget: budget.map(|text| text.parse().unwrap()),
            imported: Span::ZERO,
            prices: almanac_lab::prices::PriceWords::default(),
        },
        wishes: wish.split(',').map(|wish| wish.parse::<Wish>().unwrap()).collect(),
        measure,
    }
}

fn quietly(source: &Source, plan: &Plan) -> Comparison {
    compare(source, plan, &|_| ()).unwrap()
}

/// Everything that happened, one after the other.
#[derive(Default)]
struct Recorder {
    sent: Vec<Timestamp>,
    answers: Vec<(usize, Timestamp, Showed)>,
}

impl Watch for Recorder {
    fn sent(&mut self, at: Timestamp) {
        self.sent.push(at);
    }
    fn refused(&mut self, _at: Timestamp) {}
    fn answered(&mut self, account: usize, at: Timestamp, showed: Showed) {
        self.answers.push((account, at, showed));
    }
}

fn record(population: &Population, plan: &Plan, setting: Setting) -> Recorder {
    let mut recorder = Recorder::default();
    let spec = Spec { kind: PolicyKind::Fixed, setting };
    drive(population, &plan.conditions, &spec, &mut recorder).unwrap();
    recorder
}

fn minutes(span: Span) -> f64 {
    span.ms() as f64 / 60_000.0
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 }
}

struct Expected {
    sessions: usize,
    coverage: f64,
    delay: f64,
    end_error: f64,
    gap_h: f64,
    peak: usize,
    requests: f64,
    rare: (usize, f64),
}

/// The truth of an answer, looked up afresh.
fn truth(population: &Population, account: usize, answered_at: Timestamp) -> Option<usize> {
    let moment = answered_at - LATENCY + ARRIVAL;
    population.sessions[account].iter().position(|session| session.covers(moment))
}

fn expected(population: &Population, recorder: &Recorder, reveals: Reveals) -> Expected {
    let period = population.period;
    let (mut delays, mut ends, mut sessions, mut gap) = (vec![], vec![], 0, Span::ZERO);
    let mut rare = (0, 0);
    for account in 0..population.len() {
        let answers: Vec<(Timestamp, Option<usize>)> = (recorder.answers.iter())
            .filter(|(of, ..)| *of == account)
            .map(|(_, at, _)| (*at, truth(population, account, *at)))
            .collect();
        let (mut own, mut own_seen) = (0, 0);
        for (index, session) in population.sessions[account].iter().enumerate() {
            if session.start < period.measured_from || session.end > period.until {
                continue;
            }
            own += 1;
            let Some(first) = answers.iter().position(|(_, showed)| *showed == Some(index)) else {
                continue;
            };
            own_seen += 1;
            delays.push(minutes(answers[first].0 - session.start));
            let over = |(_, showed): &&(Timestamp, Option<usize>)| match reveals {
                Reveals::Nothing => showed.is_none(),
                Reveals::Start | Reveals::Last => *showed != Some(index),
            };
            if let Some((at, _)) = answers[first..].iter().find(over) {
                ends.push(minutes(*at - session.end));
            }
        }
        sessions += own;
        if own < 5 {
            rare = (rare.0 + own, rare.1 + own_seen);
        }
        let mut moments = vec![period.from];
        moments.extend(answers.iter().map(|(at, _)| *at));
        moments.push(period.until);
        for two in moments.windows(2).filter(|two| two[1] >= period.measured_from) {
            gap = gap.max(two[1] - two[0]);
        }
    }
    let measured: Vec<i64> = (recorder.sent.iter())
        .filter(|at| **at >= period.measured_from)
        .map(|at| at.ms() / Span::HOUR.ms())
        .collect();
    let hour = |at: Timestamp| at.ms() / Span::HOUR.ms();
    let hours = hour(period.measured_from)..=hour(period.until);
    let in_hour = |hour: i64| measured.iter().filter(|other| **other == hour).count();
    let days = minutes(period.until - period.measured_from) / 1440.0;
    Expected {
        sessions,
        coverage: 100.0 * delays.len() as f64 / sessions as f64,
        delay: middle(delays),
        end_error: middle(ends),
        gap_h: minutes(gap) / 60.0,
        peak: hours.map(in_hour).max().unwrap_or(0),
        requests: measured.len() as f64 / days,
        rare: (rare.0, 100.0 * rare.1 as f64 / rare.0 as f64),
    }
}

#[test]
fn figures_are_what_the_slow_way_gives() {
    let source = source();
    for (reveals, batch, budget, interval) in [
        (Reveals::Start, 1, None, Some(157.3)),
        (Reveals::Last, 1, None, Some(47.0)),
        (Reveals::Nothing, 1, None, Some(33.0)),
        (Reveals::Nothing, 5, None, Some(95.5)),
        (Reveals::Start, 1, Some("10/min,12/h,200/day"), None),
    ] {
        let wish = interval.map_or("fixed".to_owned(), |interval| format!("fixed={interval}"));
        let plan = plan(&wish, reveals, batch, budget, Measure::Budget);
        let population = source.draw(&DRAW).unwrap();
        let recorder = record(&population, &plan, interval.map_or(Setting::Budget, Setting::Knob));
        for (account, at, showed) in &recorder.answers {
            let told = match showed {
                Showed::Live(index) => Some(*index),
                Showed::Offline => None,
            };
            assert_eq!(told, truth(&population, *account, *at));
        }
        let expected = expected(&population, &recorder, reveals);
        let json: Value =
            serde_json::from_str(&serde_json::to_string(&quietly(&source, &plan)).unwrap())
                .unwrap();
        let row = &json["rows"][0];
        let near = |key: &str, expected: f64| {
            let found = row[key].as_f64().unwrap_or(f64::NAN);
            assert!((found - expected).abs() < 1e-6, "{key}: {found}, not {expected} ({wish})");
        };
        assert_eq!(json["accounts"], 24);
        assert_eq!(json["days"], 21);
        assert_eq!(json["sessions"], expected.sessions);
        assert_eq!(row["rare_sessions"], expected.rare.0);
        assert!(expected.rare.0 > 0, "nobody is rare");
        near("requests_per_day", expected.requests);
        near("coverage", expected.coverage);
        near("delay_median_min", expected.delay);
        near("end_error_median_min", expected.end_error);
        near("longest_gap_h", expected.gap_h);
        near("peak_hour_requests", expected.peak as f64);
        near("rare_coverage", expected.rare.1);
    }
}

/// One account, asked every half hour from midnight on: everything follows with pen and paper.
#[test]
fn a_case_worked_by_hand() {
    let at = |day: i64, minute: i64| archetypes::FROM + Span::DAY * day + Span::MINUTE * minute;
    let on = |day, from, to| Session { start: at(day, from), end: at(day, to) };
    let sessions = vec![
        on(0, 60, 120),
        on(1, 605, 670),
        on(1, 800, 809),
        on(2, 620, 655),
        on(3, 1380, 1445),
        on(3, 1447, 1502),
    ];
    let trace: Trace = [("mira".to_owned(), sessions)].into_iter().collect();
    let source = Source::join("by hand".to_owned(), vec![trace]).unwrap();
    let mut plan = plan("fixed=30", Reveals::Start, 1, None, Measure::Budget);
    plan.draw = Draw { from_day: 0, days: None, warmup_days: 1, ..DRAW };
    let row = &quietly(&source, &plan).rows[0];
    // Half a second passes before an answer is in.
    let lag = 0.5 / 60.0;
    let near = |key: &str, expected: f64| {
        let found = row.number(key).unwrap();
        assert!((found - expected).abs() < 1e-6, "{key}: {found}, not {expected}");
    };
    // Seen: 605 at 630, 620 at 630, 1380 at 1380, 1447 at 1470; missed: 800 to 809.
    near("coverage", 80.0);
    near("delay_median_min", f64::midpoint(10.0, 23.0) + lag);
    // Over: 670 at 690, 655 at 660, 1445 at 1470 (by the next one), 1502 at 1530.
    near("end_error_median_min", f64::midpoint(20.0, 25.0) + lag);
    near("delay_p90_min", 23.0 + 0.7 * 2.0 + lag);
    near("requests_per_day", 48.0);
    near("peak_hour_requests", 2.0);
    near("longest_gap_h", 0.5);
}

#[test]
fn a_target_is_reached_with_about_the_fewest_requests() {
    let source = source();
    let found = quietly(&source, &plan("fixed", Reveals::Start, 1, None, Measure::Target(90.0)));
    let (outcome, row) = (&found.outcomes[0][0], &found.rows[0]);
    assert!(outcome.reached && row.number("coverage").unwrap() >= 90.0);
    let Setting::Knob(interval) = outcome.spec.setting else { panic!("{outcome:?}") };
    let longer =
        plan(&format!("fixed={:.1}", interval * 1.15), Reveals::Start, 1, None, Measure::Budget);
    let longer = quietly(&source, &longer).rows[0].number("coverage").unwrap();
    assert!(longer < 90.0, "{longer} % with far fewer requests");
    let out_of_reach = plan("fixed", Reveals::Start, 1, Some("6/h"), Measure::Target(99.9));
    let found = quietly(&source, &out_of_reach);
    assert!(!found.outcomes[0][0].reached && !found.rows[0].reached);
}

#[test]
fn several_seeds_are_the_single_ones_side_by_side() {
    let source = source();
    let mut plan = plan("fixed=120,fixed=60", Reveals::Start, 1, None, Measure::Budget);
    plan.draw.accounts = 6;
    plan.seeds = vec![3, 1, 2];
    let all = quietly(&source, &plan);
    assert_eq!(all.outcomes[0].len(), 3);
    for (place, seed) in [3, 1, 2].into_iter().enumerate() {
        let single = Plan { seeds: vec![seed], ..plan.clone() };
        let single = quietly(&source, &single);
        for policy in 0..2 {
            assert_eq!(single.outcomes[policy][0].figures, all.outcomes[policy][place].figures);
        }
    }
    let mean: f64 = all.outcomes[0].iter().map(|one| one.figures.coverage).sum::<f64>() / 3.0;
    assert!((all.rows[0].number("coverage").unwrap() - mean).abs() < 1e-9);
    let json = serde_json::to_value(&all).unwrap();
    assert!(json["rows"][0]["spread"]["coverage"].as_f64().unwrap() > 0.0);
}

#[test]
fn requests_a_day_are_met_and_a_budget_is_used_up() {
    let source = source();
    let spent = |plan: &Plan| quietly(&source, plan).rows[0].number("requests_per_day").unwrap();
    let paced = spent(&plan("fixed", Reveals::Start, 1, None, Measure::Requests(200.0)));
    assert!((paced - 200.0).abs() < 2.0, "{paced}");
    let capped =
        spent(&plan("fixed", Reveals::Start, 1, Some("10/min,9/h,150/day"), Measure::Budget));
    assert!((147.0..=150.5).contains(&capped), "{capped}");
}

#[test]
fn more_budget_carries_more_accounts() {
    let source = source();
    let carried = |budget| {
        let mut plan = plan("fixed", Reveals::Start, 1, Some(budget), Measure::Budget);
        plan.draw.accounts = 100;
        let found = capacity(&source, &plan, 80.0, &|_| ()).unwrap();
        let row = &found.rows[0];
        assert!(row.row.number("coverage").unwrap() >= 80.0);
        row.accounts.mean
    };
    let (little, much) = (carried("30/day"), carried("90/day"));
    assert!(little >= 1.0 && much >= 2.0 * little, "{little} {much}");
}

/// The driver ends a run whose requests break a quota.
#[test]
fn no_policy_breaks_a_quota_whatever_it_is_set_to() {
    let source = source();
    for kind in PolicyKind::ALL {
        let hasty = match kind {
            PolicyKind::Fixed | PolicyKind::Roadmap | PolicyKind::HabitQueue => 1e-3,
            _ => 1e9,
        };
        for setting in [Setting::Budget, Setting::Knob(hasty)] {
            let mut plan =
                plan("fixed", Reveals::Start, 1, Some("3/min,20/h,150/day"), Measure::Budget);
            plan.draw.days = Some(10);
            let population = source.draw(&plan.draw).unwrap();
            let mut recorder = Recorder::default();
            drive(&population, &plan.conditions, &Spec { kind, setting }, &mut recorder).unwrap();
            let sent = recorder.sent.len();
            assert!((100..=1500).contains(&sent), "{kind} {setting:?}: {sent} in ten days");
        }
    }
}

#[test]
fn every_policy_spends_more_when_told_to() {
    let source = source();
    for kind in PolicyKind::ALL.into_iter().filter(|kind| *kind != PolicyKind::Oracle) {
        let draw = Draw { accounts: 16, days: Some(18), ..DRAW };
        let population = source.draw(&draw).unwrap();
        let sent = |requests: f64| {
            let plan = plan("fixed", Reveals::Start, 1, None, Measure::Budget);
            let setting = Setting::Knob(kind.knob(requests, &population, &plan.conditions));
            let mut recorder = Recorder::default();
            drive(&population, &plan.conditions, &Spec { kind, setting }, &mut recorder).unwrap();
            recorder.sent.len()
        };
        let (little, much) = (sent(60.0), sent(480.0));
        assert!(much > little + little / 3, "{kind}: {little} {much}");
    }
}
