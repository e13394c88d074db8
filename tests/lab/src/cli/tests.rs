use clap::CommandFactory;

use super::*;

fn parse(line: &str) -> Result<Command, String> {
    let words = std::iter::once("almanac-lab").chain(line.split_whitespace());
    Arguments::try_parse_from(words).map(|all| all.command).map_err(|error| error.to_string())
}

fn compare(line: &str) -> Plan {
    match parse(&format!("compare --trace a.csv {line}")) {
        Ok(Command::Compare(compare)) => compare.plan().unwrap(),
        Ok(_) => panic!("another command"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_commands_of_the_issue_are_understood() {
    Arguments::command().debug_assert();
    for line in [
        "compare --trace a.csv,b.csv.gz --accounts 60 --min-sessions 8 --seed 2 --reveal last \
         --warmup-days 14 --days 90 --target-coverage 98 --policies fixed,adaptive --json",
        "compare --trace a.csv --requests-per-day 1440 --batch 50 --split test --from-day 3",
        "compare --trace a.csv --budget 10/min,60/h,120/day",
        "capacity --trace a.csv --budget 10/min,60/h,120/day --target-coverage 95 --seeds 3",
        "calibrate --trace a.csv",
        "trace --generate archetypes --accounts 5 --days 30 --seed 9 --from 2026-03-01",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).err().unwrap());
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for line in [
        "compare --target-coverage 98",
        "compare --trace a.csv --target-coverage 98 --requests-per-day 5",
        "compare --trace a.csv --target-coverage 0",
        "compare --trace a.csv --target-coverage 101",
        "compare --trace a.csv --requests-per-day -5",
        "compare --trace a.csv --budget 10/fortnight",
        "compare --trace a.csv --budget 1/h --policies best",
        "compare --trace a.csv --budget 1/h --batch 0",
        "compare --trace a.csv --budget 1/h --accounts 0",
        "compare --trace a.csv --budget 1/h --seeds 0",
        "capacity --trace a.csv --budget 1/h",
        "capacity --trace a.csv --target-coverage 95",
        "trace --accounts 5",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
    let Ok(Command::Compare(aimless)) = parse("compare --trace a.csv") else {
        panic!("it is well formed");
    };
    assert!(matches!(aimless.plan(), Err(LabError::NoMeasure(_))));
}

#[test]
fn seeds_are_a_list_or_a_number_of_them() {
    assert_eq!(compare("--budget 1/h").seeds, [1]);
    assert_eq!(compare("--budget 1/h --seed 7").seeds, [7]);
    assert_eq!(compare("--budget 1/h --seeds 4,9").seeds, [4, 9]);
    assert_eq!(compare("--budget 1/h --seeds 3 --seed 5").seeds, [5, 6, 7]);
}

#[test]
fn measures_are_told_apart_and_a_budget_goes_with_each() {
    let capped = compare("--budget 120/h --target-coverage 98");
    assert_eq!(capped.measure, Measure::Target(98.0));
    assert!(capped.conditions.budget.is_some());
    assert_eq!(compare("--requests-per-day 9").measure, Measure::Requests(9.0));
    assert_eq!(compare("--policies fixed=60").measure, Measure::Budget);
}
