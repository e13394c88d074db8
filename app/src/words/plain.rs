//! Stands in for `Intl` where there is no browser: English, for the tests.

use super::{Style, Unit};

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS: i64 = 86_400_000;

pub(super) fn forget() {}

pub(super) fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn percent(percent: u8) -> String {
    format!("{percent}%")
}

pub(super) fn is_one(n: usize) -> bool {
    n == 1
}

pub(super) fn moment(style: Style, wall_ms: i64) -> String {
    let minutes = wall_ms.rem_euclid(DAY_MS) / 60_000;
    let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let (year, month, day) = date(wall_ms.div_euclid(DAY_MS));
    let weekday = name(&WEEKDAYS, wall_ms.div_euclid(DAY_MS).rem_euclid(7));
    let day = format!("{day} {}", name(&MONTHS, month - 1));
    match style {
        Style::Time => time,
        Style::Weekday => weekday.to_owned(),
        Style::WeekdayTime => format!("{weekday} {time}"),
        Style::Day => day,
        Style::DayTime => format!("{day} {time}"),
        Style::Date => format!("{day} {year}"),
        Style::DateTime => format!("{day} {year} {time}"),
    }
}

/// Year, month and day of a day since the epoch (Howard Hinnant's `civil_from_days`).
fn date(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

fn name(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|i| names.get(i)).copied().unwrap_or_default()
}

pub(super) fn unit(n: i64, unit: Unit) -> String {
    match unit {
        Unit::Second => format!("{n} sec"),
        Unit::Minute => format!("{n} min"),
        Unit::Hour => format!("{n} hr"),
        Unit::Day if n == 1 => "1 day".to_owned(),
        Unit::Day => format!("{n} days"),
    }
}

pub(super) fn relative(n: i64, unit: Unit) -> String {
    let name = match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    let s = if n.abs() == 1 { "" } else { "s" };
    if n < 0 { format!("{} {name}{s} ago", -n) } else { format!("in {n} {name}{s}") }
}

pub(super) fn bytes(n: f64, unit: &str) -> String {
    let short = match unit {
        "gigabyte" => "GB",
        "megabyte" => "MB",
        "kilobyte" => "kB",
        _ => "byte",
    };
    format!("{} {short}", (n * 10.0).round() / 10.0)
}

pub(super) fn zone_names() -> Vec<String> {
    vec!["Asia/Seoul".to_owned(), "Europe/Berlin".to_owned()]
}

pub(super) fn is_zone_name(name: &str) -> bool {
    zone_names().iter().any(|known| known == name)
}

pub(super) fn list(parts: &[String]) -> String {
    parts.join(", ")
}
