//! What the Plan screen says.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use almanac_engine::view::{BudgetPoint, ComingCheck, OtherBudgets, PlanView, Why};
use almanac_engine::{Settings, Share, Target};
use almanac_wire::{AccountId, Platform, Span};

use super::times::{Present, clock, span};
use crate::words::{list, number, percent, plan as say};

/// A coming check in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckRow {
    pub(crate) when: String,
    pub(crate) why: String,
    /// What it is worth, where that can be told.
    pub(crate) worth: String,
}

/// Tells a coming check, its reason and what it is worth.
pub(crate) fn check_row(check: &ComingCheck, present: Present<'_>) -> CheckRow {
    let later = check.until_next.map(|later| say::otherwise(&span(later)));
    CheckRow {
        when: present.when(check.at),
        why: reason(check.why),
        worth: later.filter(|_| matches!(check.why, Why::Plan { .. })).unwrap_or_default(),
    }
}

/// Why a check is planned.
pub(crate) fn reason(why: Why) -> String {
    match why {
        Why::First => say::first().to_owned(),
        Why::Interval { every } => say::interval(&span(every)),
        Why::End { over: None } => say::end().to_owned(),
        Why::End { over: Some(over) } => say::end_likely(&percent(over)),
        Why::Plan { live: None } => say::plan().to_owned(),
        Why::Plan { live: Some(live) } => say::plan_likely(&percent(live)),
        Why::Asked => say::asked().to_owned(),
        Why::Pinned => say::pinned().to_owned(),
        Why::Missing => say::missing().to_owned(),
        Why::LongestGap => say::longest_gap().to_owned(),
        Why::Audit => say::audit().to_owned(),
    }
}

/// The hours of the plan in words.
pub(crate) fn hours_in_words(view: &PlanView, present: Present<'_>) -> String {
    let sum = view.hours.iter().map(|count| usize::from(*count)).sum();
    let most = (0_i64..).zip(&view.hours).max_by_key(|(hour, count)| (**count, -*hour));
    let Some((hour, most)) = most.filter(|_| sum > 0) else { return say::nothing().to_owned() };
    let from = view.now + Span::HOUR * hour;
    let to = clock(from + Span::HOUR, present.zone);
    let when = crate::words::times::range(&clock(from, present.zone), &to);
    say::hours_in_words(sum, &number(usize::from(*most)), &when)
}

/// The platforms of those followed that are not checked, because Settings say so.
fn unchecked(followed: &[AccountId], settings: &Settings) -> Vec<Platform> {
    let platforms: BTreeSet<Platform> = followed.iter().map(AccountId::platform).collect();
    platforms.into_iter().filter(|one| settings.share(*one) == Share::NONE).collect()
}

fn names(platforms: &[Platform]) -> String {
    list(&platforms.iter().map(|one| one.name().to_owned()).collect::<Vec<_>>())
}

/// That no check is planned, and why where Settings are why.
pub(crate) fn nothing(followed: &[AccountId], settings: &Settings) -> String {
    match &unchecked(followed, settings)[..] {
        [] => say::nothing().to_owned(),
        some => format!("{} {}", say::nothing(), say::unchecked(&names(some))),
    }
}

/// Why nothing is told of other budgets.
pub(crate) fn no_other(followed: &[AccountId], settings: &Settings) -> String {
    let unchecked = unchecked(followed, settings);
    let checked = |one: &AccountId| !unchecked.contains(&one.platform());
    if followed.is_empty() {
        say::nobody().to_owned()
    } else if followed.iter().any(checked) {
        say::other_none().to_owned()
    } else {
        say::unchecked(&names(&unchecked))
    }
}

/// What one number of requests comes to: the budget, requests, seen live, and after how long.
pub(crate) fn budget_row(point: &BudgetPoint) -> [String; 4] {
    let name = match point.share {
        ..100 => say::half(),
        100 => say::as_now(),
        101.. => say::double(),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let requests = number(point.requests.round() as usize);
    [name.to_owned(), requests, percent(point.seen), span(point.delay)]
}

/// So much less than the target, of a hundred broadcasts, is clearly less.
const CLEARLY: u8 = 5;

/// Where a target is out of reach of the budgets, what is expected instead.
pub(crate) fn out_of_reach(target: Target, view: &PlanView) -> String {
    let short = |other: &OtherBudgets| {
        let now = other.points.iter().find(|point| point.share == 100)?;
        let seen = number(usize::from(now.seen));
        let name = other.platform.name();
        (now.seen.saturating_add(CLEARLY) < target.percent())
            .then(|| say::out_of_reach(other.accounts, name, &seen))
    };
    view.other.iter().filter_map(short).collect::<Vec<_>>().join(" ")
}

/// Accounts named of each platform, those checked most.
const NAMED: usize = 6;

/// Checks of an account within the latest hour, and within a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) hour: usize,
    pub(crate) day: usize,
}

/// What used a platform's budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) platform: Platform,
    /// All of its checks.
    pub(crate) sum: Counts,
    /// Who was checked most, and how often.
    pub(crate) most: Vec<(AccountId, Counts)>,
    /// How many others were checked, and how often; nothing where none.
    pub(crate) others: Option<(String, Counts)>,
}

/// Tells who used which budget, given the checks of each account.
pub(crate) fn used(counts: Vec<(AccountId, Counts)>) -> Vec<Used> {
    let mut platforms: BTreeMap<Platform, Vec<(AccountId, Counts)>> = BTreeMap::new();
    for (account, count) in counts.into_iter().filter(|(_, count)| count.day > 0) {
        platforms.entry(account.platform()).or_default().push((account, count));
    }
    let tell = |(platform, mut all): (Platform, Vec<(AccountId, Counts)>)| {
        let key = |(account, count): &(AccountId, Counts)| {
            (Reverse((count.day, count.hour)), account.clone())
        };
        all.sort_by_cached_key(key);
        let sum = sum_of(&all);
        let rest = all.split_off(all.len().min(NAMED));
        let others = (!rest.is_empty()).then(|| (say::used_by_others(rest.len()), sum_of(&rest)));
        Used { platform, sum, most: all, others }
    };
    platforms.into_iter().map(tell).collect()
}

fn sum_of(counts: &[(AccountId, Counts)]) -> Counts {
    let add = |sum: Counts, (_, one): &(AccountId, Counts)| Counts {
        hour: sum.hour + one.hour,
        day: sum.day + one.day,
    };
    counts.iter().fold(Counts::default(), add)
}

#[cfg(test)]
mod tests {
    use super::super::times::tests::{NOW, PRESENT, ago};
    use super::*;

    #[test]
    fn a_check_says_why_and_what_it_is_worth() {
        let check = |why, until_next| ComingCheck {
            account: "tiktok:mira".parse().unwrap(),
            at: ago(-7),
            why,
            until_next,
        };
        let told =
            check_row(&check(Why::Plan { live: Some(34) }, Some(Span::MINUTE * 25)), PRESENT);
        assert_eq!(told.when, "20:31");
        assert_eq!(told.why, "34% likely to be live by then");
        assert_eq!(told.worth, "otherwise seen 25 min later");
        let every = Span::MINUTE * 12;
        assert_eq!(reason(Why::Interval { every }), "its interval of 12 min has passed");
        let told = check_row(&check(Why::Pinned, Some(Span::HOUR)), PRESENT);
        assert_eq!((told.why.as_str(), told.worth.as_str()), ("you pinned its interval", ""));
    }

    #[test]
    fn who_used_a_budget_is_named_the_greediest_first() {
        let of = |hour, day| Counts { hour, day };
        let count = |name: &str, hour, day| (name.parse().unwrap(), of(hour, day));
        let mut counts = vec![
            count("twitch:zoe", 0, 1),
            count("tiktok:mira", 2, 31),
            count("tiktok:off", 0, 0),
            count("tiktok:late", 3, 30),
        ];
        counts.extend((0..7).map(|n| count(&format!("tiktok:name{n}"), 1, 5)));
        let told = used(counts);
        assert_eq!((told[0].platform, told[0].sum), (Platform::Tiktok, of(12, 96)));
        assert_eq!(told[0].most.len(), 6);
        assert_eq!(told[0].most[..2], [count("tiktok:mira", 2, 31), count("tiktok:late", 3, 30)]);
        assert_eq!(told[0].others, Some(("and 3 others".to_owned(), of(3, 15))));
        assert_eq!((told[1].sum, &told[1].others), (of(0, 1), &None));
        assert_eq!(used(Vec::new()), []);
    }

    #[test]
    fn why_nothing_is_planned_or_expected_is_told() {
        let mut settings = Settings::default();
        let both = ["tiktok:mira", "twitch:zoe"].map(|name| name.parse().unwrap());
        assert_eq!(nothing(&both, &settings), "No check is planned.");
        assert_eq!(no_other(&[], &settings), "Follow somebody first.");
        settings.shares.insert(Platform::Tiktok, Share::NONE);
        let unchecked = "Not checked, because Settings say so: TikTok.";
        assert_eq!(nothing(&both, &settings), format!("No check is planned. {unchecked}"));
        assert_eq!(no_other(&both[..1], &settings), unchecked);
        assert!(no_other(&both, &settings).starts_with("Not enough is known yet"));
        assert_eq!(nothing(&both[1..], &settings), "No check is planned.");
    }

    #[test]
    fn hours_and_budgets_have_words() {
        let mut view =
            PlanView { now: NOW, hours: vec![1, 4, 4], checks: Vec::new(), other: Vec::new() };
        let told = "9 checks within 24 hours, at most 4 in an hour (21:24–22:24).";
        assert_eq!(hours_in_words(&view, PRESENT), told);
        view.hours = vec![0; 24];
        assert_eq!(hours_in_words(&view, PRESENT), "No check is planned.");
        let point = BudgetPoint { share: 200, requests: 239.6, seen: 97, delay: Span::MINUTE * 9 };
        assert_eq!(budget_row(&point), ["double", "240", "97%", "9 min"]);
        let of = |platform, accounts, seen| OtherBudgets {
            platform,
            accounts,
            points: vec![point, BudgetPoint { share: 100, seen, ..point }],
        };
        view.other = vec![of(Platform::Tiktok, 50, 42), of(Platform::Twitch, 9, 93)];
        assert_eq!(
            out_of_reach(Target::try_from(98).unwrap(), &view),
            "On TikTok, with 50 accounts and this budget, about 42 of 100 are expected."
        );
        assert_eq!(out_of_reach(Target::try_from(50).unwrap(), &view).matches("TikTok").count(), 1);
        view.other.remove(0);
        assert_eq!(out_of_reach(Target::try_from(98).unwrap(), &view), "");
    }
}
