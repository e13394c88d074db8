//! What replicas show alike: the latest of each, kept by the server beside the budgets. Each replica
//! has its own copy on disk, and takes over what is later than that.

use redis::cmd;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::script::key;
use super::{Redis, RedisFailure};

/// Where replicas hang out what all of them show.
#[derive(Debug)]
pub(crate) struct Board {
    redis: Redis,
    of: String,
}

impl Board {
    /// For one time line.
    pub(crate) fn new(redis: Redis, timeline: Option<&str>) -> Self {
        let of = timeline.map_or_else(|| "all".to_owned(), |line| format!("all@{line}"));
        Self { redis, of }
    }

    /// Hangs something out, unless what hangs there is later.
    pub(crate) async fn hang(
        &self,
        what: &str,
        at: i64,
        thing: &impl Serialize,
    ) -> Result<(), RedisFailure> {
        let text = serde_json::to_string(thing).map_err(|error| self.redis.puzzled(&error))?;
        let mut command = cmd("EVAL");
        command.arg(LATER).arg(1).arg(key(&self.of, what)).arg(at).arg(text);
        self.redis.ask(&command).await
    }

    /// Since when there hangs what does.
    pub(crate) async fn since(&self, what: &str) -> Result<Option<i64>, RedisFailure> {
        self.redis.ask(cmd("HGET").arg(key(&self.of, what)).arg("at")).await
    }

    /// What hangs there.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        what: &str,
    ) -> Result<Option<T>, RedisFailure> {
        let text: Option<String> =
            self.redis.ask(cmd("HGET").arg(key(&self.of, what)).arg("text")).await?;
        let thing = text.map(|text| serde_json::from_str(&text)).transpose();
        thing.map_err(|error| self.redis.puzzled(&error))
    }
}

const LATER: &str = "if tonumber(redis.call('HGET', KEYS[1], 'at') or '-1') < tonumber(ARGV[1]) then \
    redis.call('HSET', KEYS[1], 'at', ARGV[1], 'text', ARGV[2]) end";
