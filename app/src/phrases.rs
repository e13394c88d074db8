//! Sentences for people: pure functions of what the engine says.

pub(crate) mod account;
mod alerts;
mod budget;
mod data;
mod dialogs;
pub(crate) mod fields;
mod log;
mod notices;
mod places;
pub(crate) mod plan;
pub(crate) mod results;
mod settings;
mod standing;
mod strip;
mod summary;
mod times;

#[cfg(target_arch = "wasm32")]
pub(crate) use alerts::alert_body;
pub(crate) use alerts::{alert_detail, alert_title, alerts_button, permission_told};
pub(crate) use budget::{Gauge, gauge};
pub(crate) use data::{
    backfilled_told, backfilling_told, backup_told, failure_told, row_told, storage_told,
    table_told,
};
pub(crate) use dialogs::{
    Pasted, follow_button, follow_suggested, interval_choice, minutes, minutes_of,
    no_longer_followed, pasted, problems_left, target_choice,
};
pub(crate) use log::{LogKind, log_told, ruled};
pub(crate) use notices::{Notice, notices};
pub(crate) use places::{document_title, screen_name};
pub(crate) use settings::{quotas, share_choice, storage_used};
pub(crate) use standing::{COUNTED_ON, counts_as_live, seen_live, sentence, tells_likely};
pub(crate) use strip::alternative;
pub(crate) use summary::{accounts_and_next_check, example, live_now, made_up_time};
pub(crate) use times::{Present, clock};
