//! What a notification says, and the list of those that nobody has seen.

use almanac_engine::{Alert, AlertKind};

use super::times::{Present, clock};
use crate::words::{self, alerts as say};

/// The title of a notification.
pub(crate) fn alert_title(alert: &Alert) -> String {
    let name = alert.account.handle();
    match alert.kind {
        AlertKind::Live => say::live(name),
        AlertKind::Ended => say::ended(name),
        AlertKind::Soon(likely) => say::soon(name, &words::percent(likely.percent)),
    }
}

/// What stands below the title of a notification.
#[cfg_attr(
    not(any(test, target_arch = "wasm32")),
    expect(dead_code, reason = "the shell alone shows notifications")
)]
pub(crate) fn alert_body(alert: &Alert, present: Present<'_>) -> String {
    alert_detail(alert, present).unwrap_or_else(|| say::found(&clock(alert.at, present.zone)))
}

/// What there is to say of an alert besides its title and its time.
pub(crate) fn alert_detail(alert: &Alert, present: Present<'_>) -> Option<String> {
    match alert.kind {
        AlertKind::Soon(likely) => Some(say::likely(&present.range(likely.from, likely.to))),
        AlertKind::Live | AlertKind::Ended => alert.title.clone(),
    }
}

/// The button that opens the alerts.
pub(crate) fn alerts_button(unseen: usize) -> String {
    match unseen {
        0 => say::title().to_owned(),
        unseen => say::title_count(&words::number(unseen)),
    }
}

/// What the browser's permission means, where it stands in the way.
pub(crate) fn permission_told(permission: &str) -> &'static str {
    match permission {
        "granted" => "",
        "denied" => say::blocked(),
        "default" => say::will_ask(),
        _ => say::cannot(),
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::view::Likely;

    use super::super::times::tests::{NOW, PRESENT, ago};
    use super::*;

    fn told(kind: AlertKind, title: Option<&str>) -> (String, String) {
        let title = title.map(str::to_owned);
        let account = "tiktok:mira".parse().unwrap();
        let alert = Alert { id: 1, account, at: ago(4), kind, title };
        (alert_title(&alert), alert_body(&alert, PRESENT))
    }

    #[test]
    fn an_alert_says_who_and_what() {
        let pair = |title: &str, body: &str| (title.to_owned(), body.to_owned());
        assert_eq!(told(AlertKind::Live, Some("Clay")), pair("mira is live", "Clay"));
        assert_eq!(told(AlertKind::Ended, None), pair("mira is off air", "Found at 20:20"));
        let likely = Likely { from: NOW, to: ago(-30), percent: 82 };
        assert_eq!(
            told(AlertKind::Soon(likely), None),
            pair("mira may soon be live: 82%", "Likely 20:24–20:54")
        );
        let alert = Alert {
            id: 1,
            account: "tiktok:mira".parse().unwrap(),
            at: ago(4),
            kind: AlertKind::Ended,
            title: None,
        };
        assert_eq!(alert_detail(&alert, PRESENT), None, "the list tells the time anyway");
        assert_eq!((alerts_button(0), alerts_button(3)), ("Alerts".into(), "Alerts: 3".into()));
    }
}
