//! The log, line by line.

use almanac_engine::monitor::{Found, LogEntry, LogWhat};
use almanac_engine::policy::Reason;
use almanac_engine::track::News;
use almanac_engine::trial::TrialNews;
use almanac_engine::wishes::{Ruling, Wish};
use almanac_engine::{ProxyFailure, Rule, TroubleKind};
use almanac_wire::Platform;

use super::account::hours;
use super::settings::share_choice;
use super::standing::met;
use super::target_choice;
use super::times::span;
use crate::words::{self, account, list, log as say, number, settings};

/// What kind of line it is, to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogKind {
    /// Broadcasts.
    Broadcasts,
    /// Trouble.
    Trouble,
    /// What the person did.
    Yours,
    /// Checks, and why they were made.
    Checks,
    /// How the monitor is doing.
    Status,
}

impl LogKind {
    /// All, in the order in which they are offered.
    pub(crate) const ALL: [Self; 5] =
        [Self::Broadcasts, Self::Trouble, Self::Checks, Self::Status, Self::Yours];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Broadcasts => say::broadcasts(),
            Self::Trouble => say::trouble(),
            Self::Checks => say::checks(),
            Self::Status => say::status_kind(),
            Self::Yours => say::yours(),
        }
    }
}

/// What a line says: whom it is about, what, and of which kind it is.
pub(crate) fn log_told(entry: &LogEntry) -> (LogKind, String, String) {
    match &entry.what {
        LogWhat::Added(account) => (LogKind::Yours, account.to_string(), say::added().to_owned()),
        LogWhat::Removed(account) => {
            (LogKind::Yours, account.to_string(), say::removed().to_owned())
        }
        LogWhat::Revised(account) => {
            (LogKind::Yours, account.to_string(), say::revised().to_owned())
        }
        LogWhat::News(account, news) => {
            let (kind, text) = match news {
                News::WentLive => (LogKind::Broadcasts, say::live()),
                News::Ended => (LogKind::Broadcasts, say::ended()),
                News::Revealed => (LogKind::Broadcasts, say::revealed()),
                News::Resumed => (LogKind::Broadcasts, say::resumed()),
                News::TroubleBegan => (LogKind::Trouble, say::trouble_began()),
                News::TroubleOver => (LogKind::Trouble, say::trouble_over()),
            };
            (kind, account.to_string(), text.to_owned())
        }
        LogWhat::Checked { first, why, others, found } => {
            let why = match why {
                None => None,
                Some(Reason::First) => Some(say::why_first()),
                Some(Reason::Interval) => Some(say::why_interval()),
                Some(Reason::End) => Some(say::why_end()),
                Some(Reason::Plan) => Some(say::why_plan()),
                Some(Reason::Asked) => Some(say::why_asked()),
                Some(Reason::Pinned) => Some(say::why_pinned()),
                Some(Reason::Audit) => Some(say::why_audit()),
                Some(Reason::LongestGap) => Some(say::why_gap()),
                Some(Reason::Spare) => Some(say::why_spare()),
            };
            let what = match others {
                0 => say::checked().to_owned(),
                more => say::checked_more(usize::try_from(*more).unwrap_or(usize::MAX)),
            };
            let what = why.map_or_else(|| what.clone(), |why| say::because(&what, why));
            let found = found.map(|found| found_told(found, first.platform()));
            let what = found.map_or_else(|| what.clone(), |found| say::with_found(&what, &found));
            (LogKind::Checks, first.to_string(), what)
        }
        LogWhat::ProxyLost(failure) => (LogKind::Trouble, String::new(), proxy_failure(*failure)),
        LogWhat::ProxyBack => (LogKind::Trouble, String::new(), say::proxy_back().to_owned()),
        LogWhat::Trial(news) => {
            let text = match news {
                TrialNews::Began => say::trial_began().to_owned(),
                TrialNews::Ended => say::trial_ended().to_owned(),
                TrialNews::Share(percent) => say::trial_share(&words::percent(*percent)),
                TrialNews::FellBack(_) => say::trial_fell_back().to_owned(),
                TrialNews::Resumed => say::trial_resumed().to_owned(),
            };
            (LogKind::Status, String::new(), text)
        }
        LogWhat::Status { checks, live, likely, left } => {
            let [live, likely] = [live, likely].map(counted);
            let checks = usize::try_from(*checks).unwrap_or(usize::MAX);
            let mut parts = vec![say::status(checks, &live, &likely)];
            parts.extend(left.iter().map(|(platform, left, limit)| {
                say::left(platform.name(), &counted(left), &counted(limit))
            }));
            let text = parts.join("; ");
            (LogKind::Status, String::new(), text)
        }
        LogWhat::Wished(account, wish) => (LogKind::Yours, account.to_string(), wished(wish)),
        LogWhat::Set(settings) => {
            let mut parts = vec![say::because(say::ruled(), &ruled(settings.rule))];
            parts.extend(
                settings
                    .shares
                    .iter()
                    .map(|(platform, share)| say::because(platform.name(), &share_choice(*share))),
            );
            yours(parts.join("; "))
        }
        LogWhat::AlertsSet => yours(say::alerts_set().to_owned()),
        LogWhat::Restored => yours(say::restored().to_owned()),
        LogWhat::TakenIn(n) => yours(say::taken_in(usize::try_from(*n).unwrap_or(usize::MAX))),
    }
}

/// What a person did for no account alone.
fn yours(what: String) -> (LogKind, String, String) {
    (LogKind::Yours, String::new(), what)
}

fn found_told(found: Found, platform: Platform) -> String {
    match found {
        Found::Live => say::found_live().to_owned(),
        Found::Offline => say::found_offline().to_owned(),
        Found::NotFound => met(TroubleKind::NotFound, platform),
        Found::Unknown(reason) => met(TroubleKind::Unknown(reason), platform),
    }
}

/// What was wished for an account.
fn wished(wish: &Wish) -> String {
    let set = |what: &str, value: Option<String>| match value {
        Some(value) => say::because(what, &value),
        None => say::because(what, say::nothing_set()),
    };
    match wish {
        Wish::Pause(true) => say::wished_pause().to_owned(),
        Wish::Pause(false) => say::wished_resume().to_owned(),
        Wish::CheckNow => say::wished_check().to_owned(),
        Wish::Interval(interval) => set(say::wished_interval(), interval.map(span)),
        Wish::Window(window) => set(say::wished_hours(), window.map(hours)),
        Wish::Notify(_) => say::wished_alerts().to_owned(),
        Wish::Zone(zone) => set(account::zone(), zone.clone()),
        Wish::Note(_) => say::wished_note().to_owned(),
        Wish::Tags(tags) => set(say::wished_tags(), Some(list(tags)).filter(|_| !tags.is_empty())),
        Wish::Policy(ruling) => {
            let ruling = match ruling {
                None => account::as_for_all(),
                Some(Ruling::Adaptive) => account::adaptive(),
                Some(Ruling::Roadmap) => account::roadmap(),
                Some(Ruling::Fixed) => account::fixed(),
            };
            say::because(account::policy(), ruling)
        }
    }
}

/// A rule, in few words.
pub(crate) fn ruled(rule: Rule) -> String {
    match rule {
        Rule::Catch(target) => target_choice(target),
        Rule::Budget => settings::whole_budget().to_owned(),
        Rule::Fixed { interval: None } => settings::even().to_owned(),
        Rule::Fixed { interval: Some(interval) } => settings::every(&span(interval)),
    }
}

/// Why the proxy was of no use, as a sentence without its stop.
pub(super) fn proxy_failure(failure: ProxyFailure) -> String {
    match failure {
        ProxyFailure::Unreachable => say::proxy_silent().to_owned(),
        ProxyFailure::Refused { status } => say::proxy_error(&status.to_string()),
        ProxyFailure::TokenWanted => say::proxy_token().to_owned(),
        ProxyFailure::Unaccountable => say::proxy_unaccountable().to_owned(),
        ProxyFailure::BadReply => say::proxy_foreign().to_owned(),
        ProxyFailure::OverBudget { .. } => say::proxy_spent().to_owned(),
    }
}

fn counted(n: &u32) -> String {
    number(usize::try_from(*n).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use almanac_engine::wishes::DailyWindow;
    use almanac_engine::{Settings, Share};
    use almanac_wire::{Span, Timestamp, UnknownReason};

    use super::*;

    fn told(what: LogWhat) -> (LogKind, String) {
        let (kind, whom, text) = log_told(&LogEntry { at: Timestamp::from_s(0), what });
        (kind, format!("{whom} {text}").trim().to_owned())
    }

    #[test]
    fn every_line_says_what_was_decided() {
        let first: almanac_wire::AccountId = "tiktok:mira".parse().unwrap();
        let checked = LogWhat::Checked { first, why: Some(Reason::Plan), others: 3, found: None };
        assert_eq!(
            told(checked).1,
            "tiktok:mira checked, and 3 more in the same request: a check was worth most here"
        );
        let checked = |found| LogWhat::Checked {
            first: "tiktok:mira".parse().unwrap(),
            why: Some(Reason::End),
            others: 0,
            found: Some(found),
        };
        let why = "tiktok:mira checked: it was on air, and may have ended";
        assert_eq!(told(checked(Found::Live)).1, format!("{why} → live"));
        assert_eq!(told(checked(Found::Offline)).1, format!("{why} → not live"));
        let silent = Found::Unknown(UnknownReason::Timeout);
        assert_eq!(told(checked(silent)).1, format!("{why} → no answer in time"));
        let left = vec![(Platform::Tiktok, 80, 120)];
        let status = LogWhat::Status { checks: 4, live: 2, likely: 1, left };
        assert_eq!(
            told(status),
            (
                LogKind::Status,
                "4 checks, 2 live, 1 likely within the hour; TikTok: 80 of 120 left".to_owned()
            )
        );
        let one = LogWhat::Status { checks: 1, live: 0, likely: 0, left: Vec::new() };
        assert!(told(one).1.starts_with("1 check, "));
        let lost = LogWhat::ProxyLost(ProxyFailure::Unreachable);
        assert_eq!(told(lost), (LogKind::Trouble, "The proxy did not answer".to_owned()));
    }

    #[test]
    fn what_a_person_did_is_told_as_theirs() {
        let wished = |wish| {
            let (kind, said) = told(LogWhat::Wished("tiktok:mira".parse().unwrap(), wish));
            assert_eq!(kind, LogKind::Yours);
            said.strip_prefix("tiktok:mira ").unwrap().to_owned()
        };
        assert_eq!(wished(Wish::Pause(true)), "paused");
        assert_eq!(wished(Wish::Interval(Some(Span::MINUTE * 45))), "pinned interval: 45 min");
        assert_eq!(wished(Wish::Interval(None)), "pinned interval: none any more");
        let evening = DailyWindow { from: 1110, to: 1395 };
        let hours = "pinned hours: 18:30\u{2060}–\u{2060}23:15";
        assert_eq!(wished(Wish::Window(Some(evening))), hours);
        let policy = "Checked by: one interval at every hour";
        assert_eq!(wished(Wish::Policy(Some(Ruling::Fixed))), policy);
        let yours = |what| {
            let (kind, said) = told(what);
            assert_eq!(kind, LogKind::Yours);
            said
        };
        let mut settings = Settings::default();
        let rule = "Rule for all: 98 of 100 broadcasts";
        assert_eq!(yours(LogWhat::Set(settings.clone())), rule);
        settings.shares.insert(Platform::Tiktok, Share::try_from(50).unwrap());
        let told = format!("{rule}; TikTok: 50% of its budget");
        assert_eq!(yours(LogWhat::Set(settings)), told);
        assert_eq!(yours(LogWhat::TakenIn(1)), "1 session imported");
        assert_eq!(yours(LogWhat::Restored), "A backup was restored");
    }
}
