//! What the Data screen says of backups, tables and storage.

use almanac_engine::ProxyFailure;

use crate::jobs::{BackupView, Failure, RowProblem, TableView, Tally};

use super::log::proxy_failure;
use super::settings::storage_used;
use super::times::Present;
use crate::words::{data as say, list, notices, number};

/// What restoring a backup would do, line by line.
pub(crate) fn backup_told(view: &BackupView, present: Present<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(made_at) = view.made_at {
        lines.push(say::made(&present.when(made_at)));
    }
    let mut tally = |line: fn(&str, &str) -> String, tally: Tally| {
        if tally != Tally::default() {
            lines.push(line(&number(tally.fresh), &number(tally.replaced)));
        }
    };
    tally(say::accounts, view.accounts);
    tally(say::sessions, view.sessions);
    tally(say::days, view.days);
    if view.settings {
        lines.push(say::settings_replaced().to_owned());
    }
    lines.push(say::rest_stays().to_owned());
    lines
}

/// What importing a table would do, in one line.
pub(crate) fn table_told(view: &TableView) -> String {
    let mut parts = vec![say::fresh(view.fresh)];
    if view.accounts > 0 {
        parts.push(say::follow(view.accounts));
    }
    if view.same > 0 {
        parts.push(say::same(&number(view.same)));
    }
    if view.no_room > 0 {
        parts.push(say::no_room(&number(view.no_room)));
    }
    if view.refused_in_all > 0 {
        parts.push(say::refused(view.refused_in_all));
    }
    list(&parts)
}

/// Why a row of a table cannot be used.
pub(crate) fn row_told(problem: &RowProblem) -> String {
    match problem {
        RowProblem::Missing(column) => say::row_missing(column),
        RowProblem::Wrong { column, value, example } => {
            let wrong = say::row_wrong(column, value);
            if example.is_empty() { wrong } else { say::row_example(&wrong, example) }
        }
        RowProblem::Backwards => say::row_backwards().to_owned(),
        RowProblem::Future => say::row_future().to_owned(),
        RowProblem::Columns { found, expected } => say::row_columns(*found, &number(*expected)),
        RowProblem::Contradicting { column, named, platform } => {
            say::row_contradicting(column, named.name(), platform.name())
        }
    }
}

/// Why work on a file failed.
pub(crate) fn failure_told(failure: &Failure) -> String {
    match failure {
        Failure::NoStorage => notices::storage_denied().to_owned(),
        Failure::NoBackup => say::no_backup().to_owned(),
        Failure::LaterBackup { format } => say::later_backup(&format.to_string()),
        Failure::CutBackup { line } => say::cut_backup(&line.to_string()),
        Failure::DamagedBackup { line } => say::damaged_backup(&line.to_string()),
        Failure::MiscountedBackup => say::miscounted_backup().to_owned(),
        Failure::NoTable => say::no_table().to_owned(),
        Failure::EmptyFile => say::empty_file().to_owned(),
        Failure::RecordsWait => say::records_wait().to_owned(),
        Failure::Full => say::full().to_owned(),
        Failure::Unread => say::unread().to_owned(),
        Failure::Browser(why) => say::browser_refused(why),
    }
}

/// How far a backfill is.
pub(crate) fn backfilling_told(done: usize, of: usize, fresh: usize) -> String {
    list(&[say::asked(&number(done), &number(of)), say::fresh(fresh)])
}

/// What came of a backfill.
pub(crate) fn backfilled_told(
    fresh: usize,
    failed: Option<(usize, ProxyFailure)>,
    unlisted: usize,
    unserved: usize,
) -> String {
    let mut parts = vec![say::added(fresh)];
    if unlisted > 0 {
        parts.push(say::unlisted(unlisted));
    }
    if unserved > 0 {
        parts.push(say::not_served(unserved));
    }
    if let Some((failed, why)) = failed {
        parts.push(say::not_asked(failed, &proxy_failure(why)));
    }
    parts.join(" ")
}

/// What this site takes of the disk; both in bytes.
pub(crate) fn storage_told(usage: f64, quota: f64, persisted: bool) -> String {
    let kept = if persisted { say::kept() } else { say::not_kept() };
    format!("{} {kept}", storage_used(usage, quota))
}

#[cfg(test)]
mod tests {
    use super::super::times::tests::{PRESENT, ago};
    use almanac_engine::tables::RowTrouble;
    use almanac_wire::{Platform, Span};

    use super::*;

    #[test]
    fn a_backup_says_what_it_would_change() {
        let view = BackupView {
            made_at: Some(ago(142)),
            accounts: Tally { fresh: 2, replaced: 0 },
            sessions: Tally { fresh: 1200, replaced: 3 },
            days: Tally::default(),
            settings: true,
        };
        assert_eq!(
            backup_told(&view, PRESENT),
            [
                "Made 18:02.",
                "Accounts: 2 new, 0 take the place of those here.",
                "Sessions: 1,200 new, 3 take the place of those here.",
                "Its settings take the place of those here.",
                "What is here and not in the backup stays.",
            ]
        );
    }

    #[test]
    fn a_row_says_why_it_cannot_be_used() {
        let wrong = RowTrouble::Wrong {
            column: "start",
            value: "soon".to_owned(),
            expected: "time such as 19:30",
        };
        let told = |trouble: RowTrouble| row_told(&RowProblem::from(&trouble));
        assert_eq!(told(wrong), "start cannot be read: “soon” (as it should be: 19:30)");
        assert_eq!(told(RowTrouble::Missing("account")), "account is missing");
        assert_eq!(told(RowTrouble::Backwards), "it ends before it begins");
        assert_eq!(told(RowTrouble::Future), "that is still to come");
        let columns = RowTrouble::Columns { found: 2, expected: 5 };
        assert_eq!(told(columns), "2 columns, where the first line names 5");
        let (named, platform) = (Platform::Twitch, Platform::Youtube);
        let contradicting = RowTrouble::Contradicting { column: "account", named, platform };
        assert_eq!(told(contradicting), "account names Twitch, platform names YouTube");
    }

    #[test]
    fn what_failed_says_why() {
        let cut = failure_told(&Failure::CutBackup { line: 7 });
        assert_eq!(
            cut,
            "This backup is cut off after line 7: its end is missing. Take another copy of it."
        );
        let damaged = failure_told(&Failure::DamagedBackup { line: 4 });
        assert_eq!(damaged, "Line 4 of this backup is damaged. Take another copy of it.");
        assert_eq!(
            backfilled_told(0, Some((2, ProxyFailure::Refused { status: 500 })), 0, 0),
            "0 sessions added. 2 accounts could not be asked about. The proxy answered with error 500."
        );
        assert_eq!(
            backfilled_told(0, None, 0, 2),
            "0 sessions added. 2 accounts are on platforms that this proxy does not serve."
        );
        let spent = ProxyFailure::OverBudget { retry_after: Span::HOUR };
        assert!(
            backfilled_told(0, Some((1, spent)), 0, 0).ends_with(" The proxy had no request left.")
        );
    }

    #[test]
    fn a_table_says_what_is_new() {
        let view =
            TableView { fresh: 1, same: 2, accounts: 1, refused_in_all: 3, ..TableView::default() };
        assert_eq!(
            table_told(&view),
            "1 session new, 1 account to follow, 2 here already, 3 rows not understood"
        );
    }

    #[test]
    fn storage_is_told_in_megabytes() {
        assert_eq!(
            storage_told(1_250_000.0, 2e9, true),
            "1.3 MB of 2 GB used. The browser keeps it until you delete it."
        );
    }
}
