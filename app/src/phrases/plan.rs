//! What the Plan screen says.

use std::collections::BTreeMap;

use almanac_engine::view::{BudgetPoint, ComingCheck, PlanView, Why};
use almanac_wire::{AccountId, Platform, Span};

use super::times::{Present, clock, span};
use crate::words::{number, percent, plan as say};

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
        Why::Interval => say::interval().to_owned(),
        Why::End { over: None } => say::end().to_owned(),
        Why::End { over: Some(over) } => say::end_likely(&percent(over)),
        Why::Plan { live: None } => say::plan().to_owned(),
        Why::Plan { live: Some(live) } => say::plan_likely(&percent(live)),
        Why::Asked => say::asked().to_owned(),
        Why::Pinned => say::pinned().to_owned(),
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

/// Accounts named of each platform, those checked most.
const NAMED: usize = 6;

/// What used a platform's budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    /// How many checks, of which platform.
    pub(crate) sum: String,
    /// Who was checked most, and how often.
    pub(crate) most: Vec<(AccountId, String)>,
    /// How many others were checked; empty where none.
    pub(crate) others: String,
}

/// Tells who used which budget, given the checks of each account in the latest hour.
pub(crate) fn used(counts: Vec<(AccountId, usize)>) -> Vec<Used> {
    let mut platforms: BTreeMap<Platform, Vec<(AccountId, usize)>> = BTreeMap::new();
    for (account, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        platforms.entry(account.platform()).or_default().push((account, count));
    }
    let tell = |(platform, mut all): (Platform, Vec<(AccountId, usize)>)| {
        all.sort_by(|(one, few), (other, many)| many.cmp(few).then_with(|| one.cmp(other)));
        let others = all.len().saturating_sub(NAMED);
        Used {
            sum: say::used(all.iter().map(|(_, count)| count).sum(), platform.name()),
            others: if others > 0 { say::used_by_others(others) } else { String::new() },
            most: all
                .into_iter()
                .take(NAMED)
                .map(|(account, count)| (account, number(count)))
                .collect(),
        }
    };
    platforms.into_iter().map(tell).collect()
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
        let told = check_row(&check(Why::Pinned, Some(Span::HOUR)), PRESENT);
        assert_eq!((told.why.as_str(), told.worth.as_str()), ("you pinned its interval", ""));
    }

    #[test]
    fn who_used_a_budget_is_named_the_greediest_first() {
        let count = |name: &str, count| (name.parse().unwrap(), count);
        let mut counts =
            vec![count("twitch:zoe", 1), count("tiktok:mira", 2), count("tiktok:off", 0)];
        counts.extend((0..7).map(|n| count(&format!("tiktok:name{n}"), 1)));
        let told = used(counts);
        assert_eq!(told[0].sum, "TikTok: 9 checks in the last hour");
        assert_eq!(told[0].most.len(), 6);
        assert_eq!(told[0].most[0], (count("tiktok:mira", 2).0, "2".to_owned()));
        assert_eq!(told[0].others, "and 2 others");
        assert_eq!(
            (told[1].sum.as_str(), told[1].others.as_str()),
            ("Twitch: 1 check in the last hour", "")
        );
        assert_eq!(used(Vec::new()), []);
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
    }
}
