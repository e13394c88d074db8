//! The answers and the breaker of one upstream that replicas share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use almanac_wire::{AccountId, CheckResult, Span, Timestamp};
use redis::cmd;

use super::script::key;
use super::{Redis, RedisFailure};
use crate::breaker::{Breaker, Gate};
use crate::clock::Clock;

/// How often a breaker that another replica changes meanwhile is noted anew.
const TRIES: u32 = 5;

/// What replicas remember together of one upstream.
#[derive(Debug)]
pub(crate) struct Memory {
    redis: Redis,
    clock: Clock,
    of: String,
    /// As last heard.
    breaker: Mutex<Breaker>,
}

impl Memory {
    pub(crate) fn new(redis: Redis, of: String, clock: Clock) -> Self {
        Self { redis, clock, of, breaker: Mutex::default() }
    }

    /// The answers that are there, one for each account.
    pub(crate) async fn answers(
        &self,
        accounts: &[AccountId],
    ) -> Result<Vec<Option<CheckResult>>, RedisFailure> {
        let mut command = cmd("MGET");
        for account in accounts {
            command.arg(self.answer(account));
        }
        let texts: Vec<Option<String>> = self.redis.ask(&command).await?;
        Ok(texts.iter().map(|text| serde_json::from_str(text.as_deref()?).ok()).collect())
    }

    /// Keeps answers for others. What cannot be kept costs another replica a request.
    pub(crate) async fn keep(&self, results: &[CheckResult], cache: Span) {
        let lasts = self.clock.real(cache).max(Duration::from_millis(1));
        for result in results.iter().filter(|_| cache > Span::ZERO) {
            let Ok(text) = serde_json::to_string(result) else { continue };
            let mut command = cmd("SET");
            command.arg(self.answer(&result.account)).arg(text);
            command.arg("PX").arg(u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX));
            if self.redis.ask::<()>(&command).await.is_err() {
                return;
            }
        }
    }

    /// What the breaker says, as last heard.
    pub(crate) fn gate(&self, now: Timestamp) -> Gate {
        self.heard().gate(now)
    }

    /// Hears how the breaker stands.
    pub(crate) async fn listen(&self) -> Result<Option<String>, RedisFailure> {
        let text: Option<String> = self.redis.ask(cmd("GET").arg(key(&self.of, "breaker"))).await?;
        let breaker = text.as_deref().map_or(Ok(Breaker::default()), serde_json::from_str);
        *self.heard() = breaker.map_err(|error| self.redis.puzzled(&error))?;
        Ok(text)
    }

    /// Whether a request may be sent now; of all replicas, one goes ahead.
    pub(crate) async fn admit(&self, now: Timestamp, patience: Span) -> Result<Gate, RedisFailure> {
        self.listen().await?;
        let gate = self.gate(now);
        if gate != Gate::Ahead {
            return Ok(gate);
        }
        let lasts = u64::try_from(self.clock.real(patience).as_millis()).unwrap_or(u64::MAX);
        let mut command = cmd("SET");
        command.arg(key(&self.of, "ahead")).arg("1").arg("NX").arg("PX").arg(lasts.max(1));
        let went: Option<String> = self.redis.ask(&command).await?;
        if went.is_some() {
            return Ok(Gate::Ahead);
        }
        Ok(self.heard().shut().map_or(Gate::Free, Gate::Shut))
    }

    /// The one that was to go ahead did not.
    pub(crate) async fn stand_back(&self) {
        // It is let go by itself a little later.
        drop(self.redis.ask::<()>(cmd("DEL").arg(key(&self.of, "ahead"))).await);
    }

    /// Learns from the answers to one request.
    pub(crate) async fn note(&self, results: &mut [CheckResult]) {
        for _ in 0..TRIES {
            match self.try_note(results).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    self.heard().note(results);
                    tracing::warn!(%error, "other replicas are not told that the upstream turns us away");
                    break;
                }
            }
        }
        self.stand_back().await;
    }

    /// False when another replica was faster.
    async fn try_note(&self, results: &mut [CheckResult]) -> Result<bool, RedisFailure> {
        let before = self.listen().await?;
        let mut breaker = self.heard().clone();
        if !breaker.note(results) {
            return Ok(true);
        }
        let text = serde_json::to_string(&breaker).map_err(|error| self.redis.puzzled(&error))?;
        let mut command = cmd("EVAL");
        command.arg(REPLACE).arg(1).arg(key(&self.of, "breaker"));
        command.arg(before.unwrap_or_default()).arg(text);
        let replaced: bool = self.redis.ask(&command).await?;
        if replaced {
            *self.heard() = breaker;
        }
        Ok(replaced)
    }

    fn answer(&self, account: &AccountId) -> String {
        key(&self.of, &format!("answer:{account}"))
    }

    fn heard(&self) -> MutexGuard<'_, Breaker> {
        // Nothing under this lock can be left half done.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only over what was read.
const REPLACE: &str = "if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end \
    redis.call('SET', KEYS[1], ARGV[2]) return 1";
