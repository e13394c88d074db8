//! What is wrong, since when, what happens next, and what a person can do about it.

use almanac_engine::view::{Matter, TroubleView};
use almanac_engine::{ProxyFailure, TroubleKind};
use almanac_wire::{Platform, Timestamp, UnknownReason};

use crate::protocol::Storage;

use super::times::{Present, count};

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
    stored(storage, present)
        .into_iter()
        .chain(troubles.iter().map(|trouble| troubled(trouble, present)))
        .collect()
}

fn stored(storage: &Storage, present: Present<'_>) -> Option<Notice> {
    match storage {
        Storage::Kept => None,
        Storage::Denied { why } => Some(Notice {
            what: "This browser gives Almanac no storage: what it records lasts until this tab \
                   closes."
                .to_owned(),
            next: String::new(),
            advice: "Allow site data for this address, then reload.".to_owned(),
            detail: Some(why.clone()),
        }),
        Storage::Failing { since, waiting, full, why } => {
            let since = present.when(*since);
            let (what, advice) = if *full {
                (format!("The disk has been full since {since}."), "Make some room on it.")
            } else {
                (
                    format!("The browser has stored nothing since {since}."),
                    "Keep this tab open until it does.",
                )
            };
            let next = match waiting {
                0 => "It is tried again.".to_owned(),
                1 => "1 record waits in memory and is stored as soon as possible.".to_owned(),
                n => format!(
                    "{} wait in memory and are stored as soon as possible.",
                    count(*n, "record", "records")
                ),
            };
            Some(Notice { what, next, advice: advice.to_owned(), detail: Some(why.clone()) })
        }
    }
}

fn troubled(trouble: &TroubleView, present: Present<'_>) -> Notice {
    let since = present.when(trouble.since);
    let (what, next, advice) = match trouble.matter {
        Matter::Proxy(failure) => proxy(failure, &since, trouble.retry_at, present),
        Matter::Upstream(platform, kind) => upstream(platform, kind, &since, trouble, present),
        Matter::NotServed(platform) => (
            format!(
                "The proxy does not serve {}: accounts on it are kept, but not checked.",
                platform.name()
            ),
            String::new(),
            format!("Start the proxy with --upstream {platform} to check them."),
        ),
        Matter::OverBudget(platform) => (
            format!("The budget for {} is used up.", platform.name()),
            at(trouble.retry_at, "Checks go on at", present),
            "Fewer accounts, or fewer checks by the settings, would stay within it.".to_owned(),
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
        ProxyFailure::Unreachable => (
            format!("The proxy has not answered since {since}."),
            "Is it still running, and this device online?",
        ),
        ProxyFailure::Refused { status } => (
            format!("The proxy has answered with error {status} since {since}."),
            "Its log tells why.",
        ),
        ProxyFailure::BadReply => (
            format!("What has answered in the proxy's place since {since} is not Almanac's."),
            "Was it updated? Then reload. Else check the address.",
        ),
        ProxyFailure::OverBudget { .. } => {
            (format!("The proxy has had no request left since {since}."), "")
        }
        // What to do is said where the token goes.
        ProxyFailure::TokenWanted => {
            return (
                "This proxy asks for its access token.".to_owned(),
                String::new(),
                String::new(),
            );
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
    let (does, advice) = match kind {
        TroubleKind::NotFound => ("has found none of the accounts", ""),
        TroubleKind::Unknown(reason) => match reason {
            UnknownReason::Blocked => (
                "has answered with a block page",
                "If it lasts, check fewer accounts or less often.",
            ),
            UnknownReason::RateLimited => {
                ("has said that it is asked too often", "Fewer checks help: see the settings.")
            }
            UnknownReason::Restricted => ("has answered as it does for restricted broadcasts", ""),
            UnknownReason::UpstreamFailed => ("has failed", ""),
            UnknownReason::Timeout => ("has not answered in time", ""),
            UnknownReason::Unreachable => {
                ("has not been reached by the proxy", "Is the proxy's machine online?")
            }
            UnknownReason::BadAnswer => ("has sent answers that Almanac cannot read", ""),
            UnknownReason::OverBudget => ("has had no request left in its budget", ""),
        },
    };
    (
        format!("{name} {does} since {since}."),
        unchecked(trouble.retry_at, present),
        advice.to_owned(),
    )
}

/// What to do about a token, beside the field for it; `refused` when the one entered is not it.
pub(crate) const fn token_advice(refused: bool) -> &'static str {
    if refused {
        "The proxy does not know this token. Was it copied whole, and is it the latest?"
    } else {
        "Whoever runs the proxy has it: almanac-proxy --new-token prints one. It stays in this browser."
    }
}

/// What happens while nothing can be checked.
fn unchecked(retry_at: Option<Timestamp>, present: Present<'_>) -> String {
    match retry_at {
        Some(at) if at > present.now => {
            format!("Nothing is counted as offline; next try {}.", present.when(at))
        }
        Some(_) | None => "Nothing is counted as offline; it is tried again soon.".to_owned(),
    }
}

fn at(moment: Option<Timestamp>, lead: &str, present: Present<'_>) -> String {
    moment.map(|at| format!("{lead} {}.", present.when(at))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::times::tests::{PRESENT, ago};
    use super::*;

    fn told(matter: Matter) -> String {
        let trouble =
            TroubleView { matter, since: ago(142), retry_at: Some(ago(-10)), detail: None };
        let notice = troubled(&trouble, PRESENT);
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
        assert_eq!(
            told(Matter::OverBudget(Platform::Tiktok)),
            "The budget for TikTok is used up. Checks go on at 20:34. Fewer accounts, or fewer \
             checks by the settings, would stay within it."
        );
        assert!(told(Matter::NotServed(Platform::Tiktok)).contains("--upstream tiktok"));
        assert_eq!(
            told(Matter::Proxy(ProxyFailure::TokenWanted)),
            "This proxy asks for its access token."
        );
        assert_ne!(token_advice(true), token_advice(false));
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
    }
}
