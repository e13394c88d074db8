//! What there is to show before anybody is followed: what the proxy serves, and nothing else.

use almanac_wire::{AccountId, QuotaState, Timestamp, UpstreamInfo};

use super::{AlertsView, Overview, UpstreamView};
use crate::settings::Settings;
use crate::trial::TrialsView;

impl Overview {
    /// What a monitor that knows nothing yet shows once the proxy has said what it serves. The
    /// shell can tell a first visitor so much before it has a monitor.
    #[must_use]
    pub fn of_nobody(upstreams: &[UpstreamInfo], now: Timestamp) -> Self {
        let whole =
            |info: &UpstreamInfo| info.quotas.as_slice().iter().map(QuotaState::whole).collect();
        let view = |info: &UpstreamInfo| UpstreamView {
            platform: info.platform,
            budget: if info.budget.is_empty() { whole(info) } else { info.budget.clone() },
            told: !info.budget.is_empty(),
            interval: None,
            suggestions: suggestions(info),
        };
        Self {
            now,
            accounts: 0,
            next_check: None,
            upstreams: upstreams.iter().map(view).collect(),
            troubles: Vec::new(),
            settings: Settings::default(),
            trials: TrialsView::default(),
            alerts: AlertsView::default(),
            leaving: Vec::new(),
            leaving_records: false,
        }
    }
}

/// The accounts that an upstream offers to a person who has none yet.
pub(crate) fn suggestions(info: &UpstreamInfo) -> Vec<AccountId> {
    let account = |handle: &String| AccountId::new(info.platform, handle).ok();
    info.suggestions.iter().filter_map(account).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use almanac_wire::{Platform, Quota, Quotas, Reveals};

    use super::*;
    use crate::monitor::{Event, Monitor, Snapshot};
    use crate::policy::ByRule;

    #[test]
    fn it_is_what_a_new_monitor_shows() {
        let at = Timestamp::from_s(1_780_000_000);
        let number = |one: u32| one.try_into().unwrap();
        let quota = |window_s, limit| Quota {
            limit: number(limit),
            window_s: number(window_s),
            zone: None,
        };
        let upstreams: Vec<UpstreamInfo> = [Platform::Demo, Platform::Tiktok]
            .map(|platform| UpstreamInfo {
                platform,
                batch: 50,
                reveals: Reveals::Start,
                quotas: Quotas::new(vec![quota(60, 10), quota(3600, 60)]).unwrap(),
                budget: if platform == Platform::Demo {
                    Vec::new()
                } else {
                    vec![QuotaState {
                        remaining: 4,
                        reset_s: 20,
                        ..QuotaState::whole(&quota(60, 10))
                    }]
                },
                suggestions: vec!["mira".to_owned(), "not a handle".to_owned()],
            })
            .into();
        let policy = Box::new(ByRule::default());
        let mut monitor = Monitor::restore(Snapshot::default(), policy, at);
        while monitor.poll_action(at).is_some() {}
        monitor.handle(Event::Upstreams(upstreams.clone()), at);
        while monitor.poll_action(at).is_some() {}
        assert_eq!(Overview::of_nobody(&upstreams, at), monitor.overview());
    }
}
