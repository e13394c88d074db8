//! What tabs and the monitor's worker say to each other over a broadcast channel, as postcard:
//! half the code of JSON, and nobody else listens.
//!
//! Every tab has a worker; one of them holds the lock and runs the monitor for all of them.

use serde::{Deserialize, Serialize};

use almanac_engine::alerts::AlertRule;
use almanac_engine::view::{AccountView, Overview, PlanView, Row};
use almanac_engine::wishes::Wish;
use almanac_engine::{Revision, Setting, TrialOrder};
use almanac_wire::{AccountId, Span, Timestamp};

/// Anything said on the channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// From a tab to whoever runs the monitor.
    Ask {
        /// Names the request, so that it is acknowledged and not carried out twice.
        id: String,
        /// What is asked.
        command: Command,
    },
    /// From the monitor to all tabs: a request was carried out.
    Done {
        /// Which.
        id: String,
    },
    /// From the monitor to all tabs: what is new.
    News(Box<Update>),
    /// From the monitor to the tab that asked with [`Command::Show`]: what its screen shows.
    Shown {
        /// Which request this answers.
        id: String,
        /// What there is to show: [`Details`], as bytes. Only screens that come later read it, so
        /// how is not in the first download.
        details: Vec<u8>,
    },
}

/// What a tab can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Everything from the start: the tab is new.
    Hello,
    /// Follow accounts.
    Add(Vec<AccountId>),
    /// Follow accounts no more, and delete what was recorded of them once it is too late to take
    /// that back.
    Remove(Vec<AccountId>),
    /// Take it back.
    Stay(Vec<AccountId>),
    /// Correct the recorded sessions of an account.
    Revise(Revision),
    /// Change one of the settings.
    Set(Setting),
    /// Change one thing of what alerts are wanted.
    Alert(AlertRule),
    /// The person has seen an alert, or all.
    Seen(Option<u64>),
    /// Keep this access token for the proxy and try it at once; `None` forgets the one there is.
    Token(Option<String>),
    /// Delete all records and settings of this time line.
    Erase,
    /// Begin, end or leave a trial.
    Try(TrialOrder),
    /// Grant a wish for an account.
    Wish(AccountId, Wish),
    /// What a screen shows, once; answered with [`Message::Shown`]. A screen asks again when what
    /// it shows may have changed, so that nobody has to remember who looks at what.
    Show(Look),
}

/// What a screen shows that rows and overview do not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    /// An account, with its history.
    Account {
        /// Whose.
        account: AccountId,
        /// By the clock of the zone it lives by, where the person set one; else the viewer's.
        own_zone: bool,
        /// The name of the viewer's zone, where it is not the browser's.
        zone: Option<String>,
        /// Sessions to list, the latest first.
        sessions: u32,
    },
    /// The coming checks, and what other budgets would change.
    Plan,
}

/// What there is to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Details {
    /// Nothing: what was asked for is not there.
    Nothing,
    /// An account.
    Account(Box<AccountView>),
    /// The plan.
    Plan(PlanView),
}

impl Details {
    /// As they go over the channel.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing into memory cannot fail.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// What came over the channel; `None` when it is of another version's making.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// What changed since the last update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Whether `rows` is everything; otherwise only what changed.
    pub complete: bool,
    /// Rows that are new or changed.
    pub rows: Vec<Row>,
    /// Accounts followed no more.
    pub gone: Vec<AccountId>,
    /// Everything that is not about one account.
    pub overview: Overview,
    /// The clock that the monitor goes by.
    pub clock: Clock,
    /// How the records are doing.
    pub storage: Storage,
    /// Whether an access token for the proxy is kept here. The token itself goes to no tab.
    pub has_token: bool,
}

/// A clock: what it showed at one moment of this machine's, and how fast it runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// This machine's time, in milliseconds since the Unix epoch.
    pub machine_ms: f64,
    /// What the clock showed then.
    pub showed: Timestamp,
    /// Its seconds in one of this machine's.
    pub rate: f64,
    /// Whether it shows a made-up time line: the demo's, or a test's.
    pub made_up: bool,
}

impl Clock {
    /// This machine's own time, unadjusted.
    pub const MACHINE: Self =
        Self { machine_ms: 0.0, showed: Timestamp::from_ms(0), rate: 1.0, made_up: false };

    /// What it shows when this machine's clock shows `machine_ms`.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "casts to i64 saturate, which is what is wanted"
    )]
    pub fn read(&self, machine_ms: f64) -> Timestamp {
        self.showed + Span::from_ms(((machine_ms - self.machine_ms) * self.rate) as i64)
    }

    /// How much of this machine's time, in milliseconds, passes while the clock moves on by `span`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a span of 285,000 years fits exactly")]
    pub fn machine_span_ms(&self, span: Span) -> f64 {
        span.ms() as f64 / self.rate
    }
}

/// How the records in IndexedDB are doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Storage {
    /// Everything recorded is stored.
    Kept,
    /// The browser gives no storage: what is recorded lasts until the tab closes.
    Denied {
        /// What the browser said.
        why: String,
    },
    /// What is stored is not understood, and stays as it is: what is recorded lasts until the tab
    /// closes.
    Unread,
    /// The address is not secure, so that the browser lets the app neither store nor work: nothing
    /// runs.
    Insecure {
        /// Where it might run: this address through https.
        address: String,
    },
    /// Storing fails at present; what is not stored yet is kept in memory and tried again.
    Failing {
        /// Since when.
        since: Timestamp,
        /// Records waiting.
        waiting: usize,
        /// Whether the disk, or this site's share of it, is full.
        full: bool,
        /// What the browser said.
        why: String,
    },
}

impl Message {
    /// As it goes over the channel.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing into memory cannot fail.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// What came over the channel; `None` when it is of another version's making.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use almanac_engine::policy::Fixed;
    use almanac_engine::view::{Bar, Standing, Tick, UpstreamView};
    use almanac_engine::{Event, Interval, Monitor, Rule, Snapshot, Verdict};
    use almanac_wire::QuotaState;

    use super::*;

    /// The format leaves nothing out and names nothing: every field must be written always.
    #[test]
    fn a_message_arrives_as_it_was_sent() {
        let account: AccountId = "demo:mira".parse().unwrap();
        let at = Timestamp::from_s(1_780_000_000);
        let mut monitor = Monitor::restore(Snapshot::default(), Box::new(Fixed::default()), at);
        monitor.handle(Event::Add(vec![account.clone()]), at);
        let budget =
            vec![QuotaState { window_s: 60, limit: 10, remaining: 3, reset_s: 9, zone: None }];
        let mut overview = monitor.overview();
        overview.upstreams.push(UpstreamView {
            platform: account.platform(),
            budget,
            told: true,
            interval: None,
            suggestions: vec![account.clone()],
        });
        let update = Update {
            complete: true,
            rows: vec![Row {
                account: account.clone(),
                standing: Standing::Live {
                    start: Interval::exact(at),
                    title: None,
                    viewers: Some(3),
                },
                next_check: None,
                unserved: false,
                why: None,
                expected: None,
                checked_at: Some(at),
                bars: vec![Bar { start: Interval::exact(at), sure_until: at, over_by: None }],
                ticks: vec![Tick { at, verdict: Verdict::Live }],
                tags: vec!["art".into()],
                paused: true,
                recent: 0,
            }],
            gone: vec![account.clone()],
            overview,
            clock: Clock::MACHINE,
            storage: Storage::Denied { why: "because".into() },
            has_token: true,
        };
        let ask = |command| Message::Ask { id: "1".into(), command };
        for message in [
            Message::News(Box::new(update)),
            Message::Done { id: "2".into() },
            ask(Command::Hello),
            ask(Command::Token(Some("almanac_0123".into()))),
            ask(Command::Add(vec![account])),
            ask(Command::Set(Setting::Rule(Rule::Fixed { interval: Some(Span::HOUR) }))),
            ask(Command::Alert(AlertRule::Tag("art".into(), None))),
        ] {
            assert_eq!(Message::from_bytes(&message.to_bytes()), Some(message));
        }
        assert_eq!(Message::from_bytes(&[250, 1, 2]), None);
    }

    #[test]
    fn a_fast_clock_reads_and_waits_in_its_own_time() {
        let clock =
            Clock { machine_ms: 1000.0, showed: Timestamp::from_s(500), rate: 60.0, made_up: true };
        assert_eq!(clock.read(2000.0), Timestamp::from_s(560));
        assert!((clock.machine_span_ms(Span::MINUTE) - 1000.0).abs() < 1e-9);
    }
}
