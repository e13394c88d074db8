//! The ledger of one upstream that replicas share.
//!
//! It is the engine's ledger in two scripts: a request holds its slot from when it is reserved until
//! a window after it was settled, or after it can have lasted at most where its replica died. Each
//! replica remembers its own requests, and tells them again to a server that forgot.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use almanac_engine::budget::{CLOCKS_APART, OverBudget, Refuser, Ticket, Word};
use almanac_wire::{Quota, QuotaState, Quotas, Span, Timestamp};
use redis::cmd;

use super::script::{Answer, Question, Said, Window, key};
use super::{Redis, RedisFailure};
use crate::budget::Denied;
use crate::clock::Clock;
use crate::zones;

/// How often a replica shows that it lives; twice that, and a server that forgot has been told by
/// all.
pub(crate) const BEAT: Duration = Duration::from_secs(3);
const SETTLING: Duration = Duration::from_secs(8);

/// The shared ledger of one upstream.
#[derive(Debug)]
pub(crate) struct SharedLedger {
    redis: Redis,
    clock: Clock,
    quotas: Quotas,
    spends: String,
    known: String,
    replica: String,
    /// How long a request can be under way.
    patience: Span,
    mirror: Mutex<Mirror>,
}

/// What this replica knows.
#[derive(Debug, Default)]
struct Mirror {
    epoch: String,
    seen: u64,
    /// Its own requests: until when each counts as under way, or when it was settled.
    own: BTreeMap<u64, i64>,
    /// Requests that the server could not be told were settled, or not sent.
    unsettled: Vec<u64>,
    unsent: Vec<u64>,
    /// As last heard: held, and the first one's time.
    state: Vec<(u32, i64)>,
}

impl SharedLedger {
    pub(crate) fn new(
        redis: Redis,
        of: &str,
        quotas: Quotas,
        clock: Clock,
        patience: Span,
    ) -> Self {
        let replica = format!("{:016x}", fastrand::u64(..));
        let (spends, known) = (key(of, "spends"), key(of, "known"));
        Self { redis, clock, quotas, spends, known, replica, patience, mirror: Mutex::default() }
    }

    /// Takes a request out of every quota.
    pub(crate) async fn reserve(&self) -> Result<Ticket, Denied> {
        let mut answer = self.run(RESERVE, |question| question).await.map_err(unaccountable)?;
        if answer.forgot {
            self.tell_again(&answer.epoch).await.map_err(unaccountable)?;
            answer = self.run(RESERVE, |question| question).await.map_err(unaccountable)?;
        }
        if answer.forgot || answer.wait.is_some() {
            if !answer.forgot {
                self.heard(&answer);
            }
            let wait = self.clock.real(Span::from_ms(answer.wait.unwrap_or(0)));
            return Err(Denied::Unaccountable(format!(
                "Redis is new or forgot what was spent; counting begins when every replica has told it, in {} s",
                wait.as_secs() + 1
            )));
        }
        self.heard(&answer);
        match answer.ticket {
            Some(ticket) => {
                let lasts = answer.now + self.patience.ms();
                self.mirror().own.insert(ticket, lasts);
                Ok(Ticket(ticket))
            }
            None => Err(Denied::OverBudget(self.refusal(&answer))),
        }
    }

    /// Notes that the answer or failure is in, and what it says of the upstream's own quotas.
    pub(crate) async fn settle(&self, ticket: Ticket, words: &[Word], reserved_at: Timestamp) {
        let mut said = Said { by: ticket.0, left: Vec::new(), windows: Vec::new() };
        for word in words {
            match *word {
                Word::Left { remaining, until } => said.left.push((remaining, until.ms())),
                Word::Window(quota) => {
                    said.windows.push((quota.limit.get(), quota.window().ms()));
                }
            }
        }
        self.mirror().unsettled.push(ticket.0);
        let told = (!words.is_empty()).then_some(said);
        let noted =
            self.note(|question| Question { told, reserved_at: reserved_at.ms(), ..question });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a request could not be settled; it counts for longer until it can");
        }
    }

    /// The request was not sent.
    pub(crate) async fn withdraw(&self, ticket: Ticket) {
        self.mirror().unsent.push(ticket.0);
        if let Err(error) = self.note(|question| question).await {
            tracing::warn!(%error, "a request that was not sent counts until Redis answers again");
        }
    }

    /// Shows that it lives, and hears what others spent.
    ///
    /// # Errors
    /// When the server does not do what it is asked.
    pub(crate) async fn beat(&self) -> Result<(), RedisFailure> {
        self.note(|question| question).await
    }

    /// What is left of every quota, as last heard.
    pub(crate) fn state(&self) -> Vec<QuotaState> {
        let now = self.clock.now();
        let mirror = self.mirror();
        let quotas = self.quotas.as_slice().iter().enumerate();
        let state = quotas.map(|(place, quota)| {
            let (held, first) = mirror.state.get(place).copied().unwrap_or((0, 0));
            let frees = frees(*quota, Timestamp::from_ms(first));
            // What else has left the window meanwhile is heard with the next beat.
            let held = if frees <= now { held.saturating_sub(1) } else { held };
            let reset = if held > 0 { frees.max(now) - now } else { Span::ZERO };
            QuotaState {
                remaining: quota.limit.get().saturating_sub(held),
                reset_s: u32::try_from(reset.ceil_s()).unwrap_or(u32::MAX),
                ..QuotaState::whole(quota)
            }
        });
        state.collect()
    }

    fn mirror(&self) -> MutexGuard<'_, Mirror> {
        // Nothing under this lock can be left half done.
        self.mirror.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what was not told yet, and notes the answer.
    async fn note(
        &self,
        change: impl FnOnce(Question<'_>) -> Question<'_>,
    ) -> Result<(), RedisFailure> {
        let (settled, unsent) = {
            let mirror = self.mirror();
            (mirror.unsettled.clone(), mirror.unsent.clone())
        };
        let answer = self
            .run(NOTE, |question| {
                let put = settled.iter().map(|ticket| (self.name(*ticket), None)).collect();
                let drop = unsent.iter().map(|ticket| self.name(*ticket)).collect();
                change(Question { put, drop, ..question })
            })
            .await?;
        {
            let mut mirror = self.mirror();
            mirror.unsettled.retain(|ticket| !settled.contains(ticket));
            mirror.unsent.retain(|ticket| !unsent.contains(ticket));
            for ticket in &settled {
                mirror.own.insert(*ticket, answer.now);
            }
            for ticket in &unsent {
                mirror.own.remove(ticket);
            }
            let forgotten = answer.now - self.quotas.longest().ms() - 2 * Span::HOUR.ms();
            mirror.own.retain(|_, at| *at > forgotten);
        }
        let is_new = {
            let mirror = self.mirror();
            !mirror.epoch.is_empty() && mirror.epoch != answer.epoch
        };
        if is_new {
            return self.tell_again(&answer.epoch).await;
        }
        self.heard(&answer);
        Ok(())
    }

    /// Tells a server that forgot all that this replica knows.
    async fn tell_again(&self, epoch: &str) -> Result<(), RedisFailure> {
        tracing::warn!("Redis forgot what was spent; it is told again");
        let own: Vec<(u64, i64)> =
            self.mirror().own.iter().map(|(ticket, at)| (*ticket, *at)).collect();
        let answer = self
            .run(NOTE, |question| {
                let put = own.iter().map(|(ticket, at)| (self.name(*ticket), Some(*at))).collect();
                Question { put, joining: true, ..question }
            })
            .await?;
        // Forgotten once more meanwhile: the next question finds out.
        if answer.epoch == epoch {
            self.heard(&answer);
        }
        Ok(())
    }

    fn heard(&self, answer: &Answer) {
        let mut mirror = self.mirror();
        mirror.epoch.clone_from(&answer.epoch);
        mirror.seen = answer.seq;
        if !answer.state.is_empty() {
            mirror.state.clone_from(&answer.state);
        }
    }

    fn name(&self, ticket: u64) -> String {
        format!("{}:{ticket}", self.replica)
    }

    async fn run(
        &self,
        script: &str,
        change: impl FnOnce(Question<'_>) -> Question<'_>,
    ) -> Result<Answer, RedisFailure> {
        let (epoch, seen) = {
            let mirror = self.mirror();
            (mirror.epoch.clone(), mirror.seen)
        };
        let fresh = format!("{:016x}", fastrand::u64(..));
        let now = self.clock.now();
        let question = change(Question {
            now: self.clock.timeline().map(|_| now.ms()),
            epoch: &epoch,
            fresh: &fresh,
            seen,
            patience: self.patience.ms(),
            settling: self.clock.stretch(SETTLING).ms(),
            replica: &self.replica,
            quotas: self.quotas.as_slice().iter().map(|quota| window(*quota, now)).collect(),
            put: Vec::new(),
            drop: Vec::new(),
            joining: false,
            told: None,
            reserved_at: now.ms(),
        });
        let text = serde_json::to_string(&question).map_err(|error| self.redis.puzzled(&error))?;
        let mut command = cmd("EVAL");
        command.arg(script).arg(2).arg(&self.spends).arg(&self.known).arg(text);
        let answer: String = self.redis.ask(&command).await?;
        serde_json::from_str(&answer).map_err(|error| self.redis.puzzled(&error))
    }

    fn refusal(&self, answer: &Answer) -> OverBudget {
        let quotas = self.quotas.as_slice();
        let own = answer.refused.iter().filter_map(|(place, settled)| {
            let quota = *quotas.get(*place)?;
            let retry_at = frees(quota, Timestamp::from_ms(*settled));
            Some(OverBudget { by: Refuser::Quota(quota), retry_at })
        });
        let theirs = answer
            .full
            .map(|until| OverBudget { by: Refuser::Upstream, retry_at: Timestamp::from_ms(until) });
        own.chain(theirs).max_by_key(|refusal| refusal.retry_at).unwrap_or(OverBudget {
            by: Refuser::Upstream,
            retry_at: self.clock.now() + Span::MINUTE,
        })
    }
}

const RESERVE: &str = concat!(include_str!("memory.lua"), include_str!("reserve.lua"));
const NOTE: &str = concat!(include_str!("memory.lua"), include_str!("note.lua"));

fn unaccountable(failure: RedisFailure) -> Denied {
    Denied::Unaccountable(failure.to_string())
}

fn window(quota: Quota, now: Timestamp) -> Window {
    let since = |zone| {
        let begins = zones::midnight_before(zone, now - CLOCKS_APART);
        (begins - CLOCKS_APART).ms() - 1
    };
    Window { limit: quota.limit.get(), window: quota.window().ms(), since: quota.zone.map(since) }
}

/// When a request settled then leaves the window.
fn frees(quota: Quota, settled_at: Timestamp) -> Timestamp {
    match quota.zone {
        None => settled_at + quota.window(),
        Some(zone) => zones::midnight_after(zone, settled_at + CLOCKS_APART) + CLOCKS_APART,
    }
}
