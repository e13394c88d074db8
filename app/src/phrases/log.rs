//! The log, line by line.

use almanac_engine::ProxyFailure;
use almanac_engine::monitor::{LogEntry, LogWhat};
use almanac_engine::policy::Reason;
use almanac_engine::track::News;
use almanac_engine::trial::TrialNews;

use crate::words::{self, log as say, number};

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
        LogWhat::Checked { first, why, others } => {
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
    use almanac_wire::{Platform, Timestamp};

    use super::*;

    fn told(what: LogWhat) -> (LogKind, String) {
        let (kind, whom, text) = log_told(&LogEntry { at: Timestamp::from_s(0), what });
        (kind, format!("{whom} {text}").trim().to_owned())
    }

    #[test]
    fn every_line_says_what_was_decided() {
        let first: almanac_wire::AccountId = "tiktok:mira".parse().unwrap();
        let checked = LogWhat::Checked { first, why: Some(Reason::Plan), others: 3 };
        assert_eq!(
            told(checked).1,
            "tiktok:mira checked, and 3 more in the same request: a check was worth most here"
        );
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
}
