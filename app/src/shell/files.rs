//! The monitor's part of work on files: backups, tables, the log.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BroadcastChannel, ReadableStreamDefaultReader};

use almanac_engine::import::MOST_ACCOUNTS;
use almanac_engine::session::{End, Interval, KnownBy};
use almanac_engine::tables::{self, fresh, to_csv};
use almanac_engine::{Change, Event, LogEntry, LogWhat, ProxyFailure, Session};
use almanac_wire::{AccountId, PastSession};

use super::browser::describe;
use super::fetch::{self, Past};
use super::keeper::Keeper;
use super::later::Working;
use super::store::{Store, StoreError};
use super::whole::Page;
use crate::archive::{self, Kind, Reader, Record};
use crate::jobs::{BackupView, Failure, Job, Reading, Report, Said, TableView, Tally};
use crate::wire::{heard, say as said};

/// Records read at once.
const PAGE: u32 = 1_000;
/// Refused rows that are told one by one.
const REFUSED_TOLD: usize = 200;
/// How long it is waited for records that are being stored, and how often it is looked.
const STORING_LOOKS: u32 = 200;
const STORING_LOOK_MS: u32 = 50;

/// Does what was asked on the channel, if it was a job, and says what came of it.
pub(super) fn work(keeper: Rc<Keeper>, channel: BroadcastChannel, data: JsValue) -> Working {
    Box::pin(async move {
        let Some((id, Said::Asked(job), file)) = heard(&data) else { return };
        if !keeper.is_new(&id) {
            // It is under way.
            return;
        }
        let say = |report: &Report, file: Option<&Blob>| {
            said(&channel, &id, &Said::Told(report.clone()), file);
        };
        match carry_out(&keeper, job, file, &say).await {
            Ok((report, file)) => say(&report, file.as_ref()),
            Err(failure) => say(&Report::Failed(failure), None),
        }
    })
}

type Answer = Result<(Report, Option<Blob>), Failure>;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            full if full.is_full() => Self::Full,
            StoreError::Record(_) => Self::Unread,
            other => Self::Browser(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        StoreError::from(error).into()
    }
}

async fn carry_out(
    keeper: &Rc<Keeper>,
    job: Job,
    file: Option<Blob>,
    say: &impl Fn(&Report, Option<&Blob>),
) -> Answer {
    let store = keeper.store().ok_or(Failure::NoStorage)?;
    let file = file.ok_or_else(|| Failure::Browser("no file".to_owned()));
    match job {
        Job::Backup => backup(keeper, &store).await,
        Job::Sessions => sessions(keeper, &store).await,
        Job::LookAtBackup => Ok((Report::Backup(look_at_backup(&store, &file?).await?), None)),
        Job::Restore => restore(keeper, &store, &file?).await,
        Job::LookAtTable(reading) => {
            let (view, _) = table(keeper, &store, &file?, &reading).await?;
            Ok((Report::Table(view), None))
        }
        Job::Import(reading) => import(keeper, &store, &file?, &reading).await,
        Job::Backfill => backfill(keeper, &store, say).await,
        Job::Log => Ok((Report::Log(store.log().await?), None)),
        Job::LogFile(entries) => log_file(keeper, &entries),
    }
}

fn thrown(error: JsValue) -> Failure {
    Failure::Browser(describe(&error))
}

/// The name of a file made now.
fn name(keeper: &Keeper, what: &str, kind: &str) -> String {
    let date = keeper.local_date();
    format!("almanac-{what}-{date}.{kind}")
}

/// Texts become a file piece by piece: what the browser has taken need not stay in memory here.
struct Pieces(Array);

impl Pieces {
    fn push(&self, text: &str) -> Result<(), Failure> {
        let piece = Blob::new_with_str_sequence(&Array::of1(&text.into())).map_err(thrown)?;
        self.0.push(&piece);
        Ok(())
    }

    fn done(self) -> Result<Blob, Failure> {
        Blob::new_with_blob_sequence(&self.0).map_err(thrown)
    }
}

async fn backup(keeper: &Keeper, store: &Store) -> Answer {
    let pieces = Pieces(Array::new());
    pieces.push(&archive::head(keeper.now()))?;
    let mut records = 0;
    // One transaction: everything as of one moment.
    let reading = store.reading()?;
    for kind in Kind::ALL {
        let mut after = Page::First;
        loop {
            let (lines, next) = reading.page(kind, after, PAGE).await?;
            let mut text = String::new();
            for json in lines {
                records += 1;
                text.push_str(&archive::line(kind, &json));
            }
            pieces.push(&text)?;
            match next {
                Some(key) => after = Page::After(key),
                None => break,
            }
        }
    }
    pieces.push(&archive::tail(records))?;
    Ok((Report::File(name(keeper, "backup", "json")), Some(pieces.done()?)))
}

async fn sessions(keeper: &Keeper, store: &Store) -> Answer {
    let pieces = Pieces(Array::new());
    pieces.push(&to_csv(&[], true))?;
    let reading = store.reading()?;
    let mut after = Page::First;
    loop {
        let (page, next) = reading.page(Kind::Sessions, after, PAGE).await?;
        let read = |json: &String| serde_json::from_str::<Session>(json);
        let page: Result<Vec<Session>, _> = page.iter().map(read).collect();
        pieces.push(&to_csv(&page?, false))?;
        match next {
            Some(key) => after = Page::After(key),
            None => break,
        }
    }
    Ok((Report::File(name(keeper, "sessions", "csv")), Some(pieces.done()?)))
}

fn log_file(keeper: &Keeper, entries: &[LogEntry]) -> Answer {
    let pieces = Pieces(Array::new());
    for LogEntry { at, what } in entries {
        let line = serde_json::json!({ "at": tables::written(*at), "what": what });
        pieces.push(&format!("{line}\n"))?;
    }
    Ok((Report::File(name(keeper, "log", "jsonl")), Some(pieces.done()?)))
}

/// Reads a file piece by piece, each ending with a whole line.
async fn pieces(
    file: &Blob,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stream = file.stream();
    let reader: ReadableStreamDefaultReader =
        stream.get_reader().dyn_into().map_err(|_| Failure::Browser("no reader".to_owned()))?;
    let mut rest = Vec::new();
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(thrown)?;
        let done = Reflect::get(&step, &"done".into()).map_err(thrown)?.is_truthy();
        if done {
            return take(&rest);
        }
        let value: Uint8Array = Reflect::get(&step, &"value".into()).map_err(thrown)?.into();
        let fresh = value.to_vec();
        match fresh.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => {
                let (whole, left) = fresh.split_at(end + 1);
                rest.extend_from_slice(whole);
                take(&rest)?;
                rest.clear();
                rest.extend_from_slice(left);
            }
            None => rest.extend_from_slice(&fresh),
        }
    }
}

/// Takes the records of a piece. The last line has no end, and the others' ends make no line.
fn records(reader: &mut Reader, piece: &[u8], mut take: impl FnMut(Record)) -> Result<(), Failure> {
    for line in piece.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if let Some(record) = reader.take(line)? {
            take(record);
        }
    }
    Ok(())
}

async fn look_at_backup(store: &Store, file: &Blob) -> Result<BackupView, Failure> {
    let here = store.names().await?;
    let mut view = BackupView::default();
    let mut reader = Reader::default();
    pieces(file, |piece| records(&mut reader, piece, |record| count(&mut view, &here, &record)))
        .await?;
    view.made_at = Some(reader.finish()?);
    Ok(view)
}

fn count(view: &mut BackupView, here: &BTreeSet<u64>, record: &Record) {
    let (tally, kind, key): (&mut Tally, _, _) = match record {
        Record::Track(track) => (&mut view.accounts, Kind::Accounts, track.account.to_string()),
        Record::Session(session) => (&mut view.sessions, Kind::Sessions, session.key()),
        Record::CheckDay(day) => (&mut view.days, Kind::Checks, day.key()),
        Record::Settings(_) => {
            view.settings = true;
            return;
        }
        Record::Bytes { .. } | Record::Alerts(_) | Record::Log(_) => return,
    };
    if here.contains(&Store::name_of(kind, &key)) {
        tally.replaced += 1;
    } else {
        tally.fresh += 1;
    }
}

async fn restore(keeper: &Rc<Keeper>, store: &Rc<Store>, file: &Blob) -> Answer {
    let here = store.names().await?;
    let mut view = BackupView::default();
    let mut reader = Reader::default();
    // Held by the browser, not in here: a transaction waits for no file.
    let mut kept: Vec<Uint8Array> = Vec::new();
    pieces(file, |piece| {
        kept.push(Uint8Array::from(piece));
        records(&mut reader, piece, |record| count(&mut view, &here, &record))
    })
    .await?;
    view.made_at = Some(reader.finish()?);
    keeper.pause().await?;
    let zone = keeper.zone();
    let written = store
        .write_all(&zone, async |writing| {
            let mut reader = Reader::default();
            for piece in kept {
                let mut found = Vec::new();
                // It was read a moment ago, so nothing fails here.
                let _ = records(&mut reader, &piece.to_vec(), |record| found.push(record));
                writing.records(found).await?;
            }
            writing.line(LogEntry { at: keeper.now(), what: LogWhat::Restored })
        })
        .await;
    keeper.reenter().await;
    written?;
    Ok((Report::Restored(view), None))
}

/// What is new in a table, by account.
async fn table(
    keeper: &Keeper,
    store: &Store,
    file: &Blob,
    reading: &Reading,
) -> Result<(TableView, BTreeMap<AccountId, Vec<Session>>), Failure> {
    let text = JsFuture::from(file.text()).await.map_err(thrown)?;
    let text = text.as_string().unwrap_or_default();
    let now = keeper.now();
    let how = tables::Reading { platform: reading.platform, zone: &reading.zone, now };
    let table = tables::read(&text, &how)?;
    let mut view = TableView { refused_in_all: table.refused.len(), ..TableView::default() };
    let refused = table.refused.iter().take(REFUSED_TOLD);
    view.refused = refused.map(|one| (one.line, (&one.why).into())).collect();
    let mut coming: BTreeMap<AccountId, Vec<Session>> = BTreeMap::new();
    for session in table.sessions {
        coming.entry(session.account.clone()).or_default().push(session);
    }
    let followed = keeper.followed();
    let mut news = BTreeMap::new();
    for (account, sessions) in coming {
        if !followed.contains(&account) {
            if followed.len() + view.accounts >= MOST_ACCOUNTS {
                view.no_room += sessions.len();
                continue;
            }
            view.accounts += 1;
        }
        let known = store.sessions_of(&account).await?;
        let (fresh, same) = fresh(&known, sessions);
        view.fresh += fresh.len();
        view.same += same;
        news.insert(account, fresh);
    }
    Ok((view, news))
}

async fn import(keeper: &Rc<Keeper>, store: &Rc<Store>, file: &Blob, reading: &Reading) -> Answer {
    let (view, news) = table(keeper, store, file, reading).await?;
    let accounts = news.keys().cloned().collect();
    keeper.tell(Event::Add(accounts));
    take_in(keeper, store, news.into_values().flatten().collect()).await?;
    Ok((Report::Imported(view), None))
}

/// Stores sessions, all or none, and has the monitor know them.
async fn take_in(
    keeper: &Rc<Keeper>,
    store: &Rc<Store>,
    news: Vec<Session>,
) -> Result<(), Failure> {
    keeper.pause().await?;
    let accounts: BTreeSet<AccountId> = news.iter().map(|one| one.account.clone()).collect();
    let count = u32::try_from(news.len()).unwrap_or(u32::MAX);
    let line = Some(LogEntry { at: keeper.now(), what: LogWhat::TakenIn(count) });
    let line = line.filter(|_| count > 0).map(Change::Log);
    let changes: Vec<Change> = news.into_iter().map(Change::Session).chain(line).collect();
    let written = store.write(&changes, &keeper.zone()).await;
    keeper.reenter().await;
    written?;
    let mut known = Vec::new();
    for account in accounts {
        known.extend(store.sessions_of(&account).await?);
    }
    keeper.with_monitor(|monitor, now| monitor.take_in(&known, now));
    Ok(())
}

async fn backfill(
    keeper: &Rc<Keeper>,
    store: &Rc<Store>,
    say: &impl Fn(&Report, Option<&Blob>),
) -> Answer {
    let accounts: Vec<AccountId> = keeper.followed().into_iter().collect();
    let of = accounts.len();
    let (mut found, mut failed, mut unlisted, mut unserved) = (Vec::new(), None, 0, 0);
    let mut silent = BTreeSet::new();
    for (done, account) in accounts.into_iter().enumerate() {
        say(&Report::Backfilling { done, of, fresh: found.len() }, None);
        if silent.contains(&account.platform()) {
            unlisted += 1;
            continue;
        }
        let reply = loop {
            match fetch::history(&account).await {
                Err(ProxyFailure::OverBudget { retry_after }) => {
                    // The budget is there for checks first: it waits as long as it has to.
                    let wait = keeper.machine_span_ms(retry_after).clamp(1_000.0, 60_000.0);
                    TimeoutFuture::new(super::keeper::whole_ms(wait)).await;
                }
                other => break other,
            }
        };
        match reply {
            Ok(Past::Listed(reply)) => {
                let known = store.sessions_of(&account).await?;
                let listed = reply.sessions.into_iter();
                let sessions = listed.map(|past| backfilled(&account, past)).collect();
                found.extend(fresh(&known, sessions).0);
            }
            Ok(Past::Unlisted) => {
                silent.insert(account.platform());
                unlisted += 1;
            }
            Ok(Past::Unserved) => unserved += 1,
            Err(failure) => {
                let count = failed.as_ref().map_or(0, |(count, _)| *count);
                failed = Some((count + 1, failure));
            }
        }
    }
    let fresh = found.len();
    take_in(keeper, store, found).await?;
    Ok((Report::Backfilled { fresh, failed, unlisted, unserved }, None))
}

fn backfilled(account: &AccountId, past: PastSession) -> Session {
    Session {
        account: account.clone(),
        recorded_at: past.start,
        start: Interval::exact(past.start),
        end: End::Over(Interval::exact(past.end.unwrap_or(past.start).max(past.start))),
        known_by: KnownBy::Backfilled,
        room_id: None,
        started_at: None,
        title: past.title,
        peak_viewers: None,
        gifts: None,
    }
}

impl Keeper {
    /// Waits until everything recorded is stored, and lets the monitor rest.
    async fn pause(self: &Rc<Self>) -> Result<(), Failure> {
        for _ in 0..STORING_LOOKS {
            if self.rest_if_stored() {
                return Ok(());
            }
            TimeoutFuture::new(STORING_LOOK_MS).await;
        }
        Err(Failure::RecordsWait)
    }
}
