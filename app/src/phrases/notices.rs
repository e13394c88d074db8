//! What is wrong, since when, what happens next, and what a person can do about it.

use almanac_engine::view::{Matter, TroubleView};
use almanac_engine::{ProxyFailure, TroubleKind};
use almanac_wire::{Platform, Timestamp, UnknownReason};

use crate::protocol::Storage;

use super::times::Present;
use crate::words::{list, notices as say};

/// One thing that is wrong. What changes often is apart, so that it is not read out each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What, and since when.
    pub(crate) what: String,
    /// What happens next.
    pub(crate) next: String,
    /// What a person can do; empty when there is nothing.
    pub(crate) advice: String,
    /// What exactly came back.
    pub(crate) detail: Option<String>,
}

/// Everything that is wrong, worst first.
pub(crate) fn notices(
    storage: &Storage,
    troubles: &[TroubleView],
    present: Present<'_>,
) -> Vec<Notice> {
    let missing = |trouble: &TroubleView| match trouble.matter {
        Matter::NotServed(platform) => Some(platform),
        Matter::Proxy(_) | Matter::Upstream(..) | Matter::OverBudget(_) => None,
    };
    let not_served: Vec<Platform> = troubles.iter().filter_map(missing).collect();
    // One notice for all of them: on a phone, each would take a third of the screen.
    let mut first = true;
    let once =
        |trouble: &&TroubleView| missing(trouble).is_none() || std::mem::replace(&mut first, false);
    let told = troubles.iter().filter(once).map(|trouble| troubled(trouble, &not_served, present));
    stored(storage, present).into_iter().chain(told).collect()
}

fn stored(storage: &Storage, present: Present<'_>) -> Option<Notice> {
    match storage {
        Storage::Kept => None,
        Storage::Denied { why } => Some(Notice {
            what: say::storage_denied().to_owned(),
            next: String::new(),
            advice: say::storage_denied_advice().to_owned(),
            detail: Some(why.clone()),
        }),
        Storage::Unread => Some(Notice {
            what: say::storage_unread().to_owned(),
            next: String::new(),
            advice: say::storage_unread_advice().to_owned(),
            detail: None,
        }),
        Storage::Insecure { address } => Some(Notice {
            what: say::insecure().to_owned(),
            next: String::new(),
            advice: say::insecure_advice(address),
            detail: None,
        }),
        Storage::Failing { since, waiting, full, why } => {
            let since = present.when(*since);
            let (what, advice) = if *full {
                (say::disk_full(&since), say::disk_full_advice())
            } else {
                (say::nothing_stored(&since), say::nothing_stored_advice())
            };
            let next = match waiting {
                0 => say::tried_again().to_owned(),
                n => say::records_wait(*n),
            };
            Some(Notice { what, next, advice: advice.to_owned(), detail: Some(why.clone()) })
        }
    }
}

fn troubled(trouble: &TroubleView, not_served: &[Platform], present: Present<'_>) -> Notice {
    let since = present.when(trouble.since);
    let (what, next, advice) = match trouble.matter {
        Matter::Proxy(failure) => proxy(failure, &since, trouble.retry_at, present),
        Matter::Upstream(platform, kind) => upstream(platform, kind, &since, trouble, present),
        Matter::NotServed(_) => {
            let names: Vec<String> = not_served.iter().map(|one| one.name().to_owned()).collect();
            let flag = |one: &Platform| format!("--upstream {}", one.word());
            let flags: Vec<String> = not_served.iter().map(flag).collect();
            (
                say::not_served(&list(&names)),
                String::new(),
                say::not_served_advice(&flags.join(" ")),
            )
        }
        Matter::OverBudget(platform) => (
            say::budget_used_up(platform.name()),
            trouble.retry_at.map(|at| say::checks_go_on(&present.when(at))).unwrap_or_default(),
            say::budget_used_up_advice().to_owned(),
        ),
    };
    Notice { what, next, advice, detail: trouble.detail.clone() }
}

fn proxy(
    failure: ProxyFailure,
    since: &str,
    retry_at: Option<Timestamp>,
    present: Present<'_>,
) -> (String, String, String) {
    let (what, advice) = match failure {
        ProxyFailure::Unreachable => {
            (say::proxy_unreachable(since), say::proxy_unreachable_advice())
        }
        ProxyFailure::Refused { status } => {
            (say::proxy_refused(&status.to_string(), since), say::proxy_refused_advice())
        }
        ProxyFailure::Unaccountable => {
            (say::proxy_unaccountable(since), say::proxy_unaccountable_advice())
        }
        ProxyFailure::BadReply => (say::proxy_bad_reply(since), say::proxy_bad_reply_advice()),
        ProxyFailure::OverBudget { .. } => (say::proxy_over_budget(since), ""),
        // What to do is said where the token goes.
        ProxyFailure::TokenWanted => {
            return (say::token_wanted().to_owned(), String::new(), String::new());
        }
    };
    (what, unchecked(retry_at, present), advice.to_owned())
}

fn upstream(
    platform: Platform,
    kind: TroubleKind,
    since: &str,
    trouble: &TroubleView,
    present: Present<'_>,
) -> (String, String, String) {
    let name = platform.name();
    let (what, advice): (fn(&str, &str) -> String, _) = match kind {
        TroubleKind::NotFound => (say::upstream_not_found, ""),
        TroubleKind::Unknown(reason) => match reason {
            UnknownReason::Blocked => (say::upstream_blocked, say::upstream_blocked_advice()),
            UnknownReason::RateLimited => {
                (say::upstream_rate_limited, say::upstream_rate_limited_advice())
            }
            UnknownReason::Restricted => (say::upstream_restricted, ""),
            UnknownReason::UpstreamFailed => (say::upstream_failed, ""),
            UnknownReason::Timeout => (say::upstream_timeout, ""),
            UnknownReason::Unreachable => {
                (say::upstream_unreachable, say::upstream_unreachable_advice())
            }
            UnknownReason::BadAnswer => (say::upstream_bad_answer, ""),
            UnknownReason::OverBudget => (say::upstream_over_budget, ""),
        },
    };
    (what(name, since), unchecked(trouble.retry_at, present), advice.to_owned())
}

/// What happens while nothing can be checked.
fn unchecked(retry_at: Option<Timestamp>, present: Present<'_>) -> String {
    match retry_at {
        Some(at) if at > present.now => say::next_try(&present.when(at)),
        Some(_) | None => say::tried_again_soon().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::times::tests::{PRESENT, ago};
    use super::*;

    fn told(matter: Matter) -> String {
        let trouble =
            TroubleView { matter, since: ago(142), retry_at: Some(ago(-10)), detail: None };
        let notice = notices(&Storage::Kept, &[trouble], PRESENT).remove(0);
        [notice.what, notice.next, notice.advice].join(" ").trim().to_owned()
    }

    #[test]
    fn trouble_is_one_plain_paragraph() {
        let blocked = TroubleKind::Unknown(UnknownReason::Blocked);
        assert_eq!(
            told(Matter::Upstream(Platform::Tiktok, blocked)),
            "TikTok has answered with a block page since 18:02. Nothing is counted as offline; \
             next try 20:34. If it lasts, check fewer accounts or less often."
        );
        assert_eq!(
            told(Matter::Proxy(ProxyFailure::Unreachable)),
            "The proxy has not answered since 18:02. Nothing is counted as offline; next try \
             20:34. Is it still running, and this device online?"
        );
        assert!(
            told(Matter::Proxy(ProxyFailure::Unaccountable))
                .starts_with("The proxy has not been able to count its requests since 18:02")
        );
        assert_eq!(
            told(Matter::OverBudget(Platform::Tiktok)),
            "The budget for TikTok is used up. Checks go on at 20:34. If this comes often, fewer \
             accounts or a lower target in Settings would stay within it."
        );
        assert!(told(Matter::NotServed(Platform::Tiktok)).contains("--upstream tiktok"));
        assert_eq!(
            told(Matter::Proxy(ProxyFailure::TokenWanted)),
            "This proxy asks for its access token."
        );
    }

    #[test]
    fn platforms_that_are_not_served_share_a_notice() {
        let matters = [
            Matter::NotServed(Platform::Tiktok),
            Matter::OverBudget(Platform::Demo),
            Matter::NotServed(Platform::Twitch),
            Matter::NotServed(Platform::Kick),
        ];
        let trouble =
            |matter| TroubleView { matter, since: ago(142), retry_at: None, detail: None };
        let told = notices(&Storage::Kept, &matters.map(trouble), PRESENT);
        assert_eq!(told.len(), 2);
        assert!(
            told[0].what.starts_with("The proxy does not serve TikTok, Twitch, Kick: accounts")
        );
        let flags = "--upstream tiktok --upstream twitch --upstream kick";
        assert!(told[0].advice.contains(flags), "{}", told[0].advice);
    }

    #[test]
    fn storage_in_trouble_says_what_waits() {
        let failing = |waiting, full| {
            let storage =
                Storage::Failing { since: ago(142), waiting, full, why: "QuotaExceeded".into() };
            notices(&storage, &[], PRESENT).remove(0)
        };
        assert_eq!(failing(14, true).what, "The disk has been full since 18:02.");
        assert_eq!(
            failing(14, true).next,
            "14 records wait in memory and are stored as soon as possible."
        );
        assert!(failing(1, false).next.starts_with("1 record waits"));
        assert!(notices(&Storage::Kept, &[], PRESENT).is_empty());
        let denied = notices(&Storage::Denied { why: "no".into() }, &[], PRESENT);
        assert!(denied[0].advice.contains("then reload"));
        let address = "https://example.org".to_owned();
        let insecure = notices(&Storage::Insecure { address }, &[], PRESENT).remove(0);
        assert!(insecure.advice.starts_with("Open it at https://example.org, or"));
    }
}
