//! What the Settings screen says of budgets and storage.

use almanac_engine::Share;
use almanac_wire::QuotaState;

use super::budget::window;
use crate::words::{bytes, list, number, percent, settings as say};

/// `at most 10/minute, 60/hour, 120/day`.
pub(crate) fn quotas(budget: &[QuotaState]) -> String {
    let one = |quota: &QuotaState| {
        let limit = number(usize::try_from(quota.limit).unwrap_or(usize::MAX));
        format!("{limit}/{}", window(quota.window_s))
    };
    let all: Vec<String> = budget.iter().map(one).collect();
    say::quotas(&list(&all))
}

/// `50% of its budget`.
pub(crate) fn share_choice(share: Share) -> String {
    match share {
        Share::ALL => say::share_all().to_owned(),
        Share::NONE => say::share_none().to_owned(),
        part => say::share_part(&percent(part.percent())),
    }
}

/// `3.1 MB of 2 GB used.`, both in bytes.
pub(crate) fn storage_used(used: f64, quota: f64) -> String {
    say::storage_used(&bytes(used), &bytes(quota))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_and_storage_are_told_in_a_line() {
        let quota =
            |window_s, limit| QuotaState { window_s, zone: None, limit, remaining: 1, reset_s: 0 };
        let told = quotas(&[quota(60, 10), quota(86_400, 1200)]);
        assert_eq!(told, "at most 10/minute, 1,200/day");
        assert_eq!(
            Share::CHOICES.map(share_choice)[1..3],
            ["75% of its budget".to_owned(), "50% of its budget".to_owned()]
        );
        assert_eq!(storage_used(3_140_000.0, 2.0e9), "3.1 MB of 2 GB used.");
    }
}
