//! What replicas share, in Redis or Valkey: their budget, their answers and their breakers.
//!
//! Invariant: whatever cannot be counted there is not sent. Every decision about the budget is one
//! script, which the server runs whole or not at all.

mod board;
mod ledger;
mod memory;
mod script;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, FromRedisValue, IntoConnectionInfo as _,
    RedisError,
};
use thiserror::Error;
use tokio::sync::Mutex;

pub(crate) use board::Board;
pub(crate) use ledger::{BEAT, SharedLedger};
pub(crate) use memory::Memory;

/// A server that does not answer within this is not there.
const PATIENCE: Duration = Duration::from_secs(1);
/// After a failure nobody waits for the same again for so long.
const REST: Duration = Duration::from_millis(250);

/// Where a server is; its password is never shown.
#[derive(Clone)]
pub struct RedisUrl {
    client: Client,
    shown: String,
}

/// A text that says nothing of where a server is.
#[derive(Debug, Error)]
#[error(
    "expected redis://[USER:PASSWORD@]HOST:PORT/NUMBER or redis+unix:///PATH; there is no TLS here, use a tunnel"
)]
pub struct RedisUrlError;

impl FromStr for RedisUrl {
    type Err = RedisUrlError;

    fn from_str(text: &str) -> Result<Self, RedisUrlError> {
        let info = text.into_connection_info().map_err(|_| RedisUrlError)?;
        let shown = match info.addr() {
            ConnectionAddr::Tcp(host, port) => format!("{host}:{port}"),
            ConnectionAddr::Unix(path) => path.display().to_string(),
            _ => return Err(RedisUrlError),
        };
        let client = Client::open(info).map_err(|_| RedisUrlError)?;
        Ok(Self { client, shown })
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// A server that does not do what it is asked.
#[derive(Clone, Debug, Error)]
#[error("Redis at {at} does not answer as it should: {reason}")]
pub(crate) struct RedisFailure {
    at: String,
    reason: String,
}

/// A server. Copies share the connection, which is made anew after it broke.
#[derive(Clone)]
pub(crate) struct Redis {
    url: RedisUrl,
    link: Arc<Mutex<Link>>,
    /// Whether the last command failed, so that the log tells of a change once.
    failing: Arc<AtomicBool>,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis({:?})", self.url)
    }
}

#[derive(Default)]
struct Link {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a failure of an old one does not break a new one.
    number: u64,
    failed: Option<(Instant, RedisFailure)>,
}

impl Redis {
    pub(crate) fn new(url: RedisUrl) -> Self {
        Self { url, link: Arc::default(), failing: Arc::default() }
    }

    /// Whether the server is there and lets this proxy in.
    ///
    /// # Errors
    /// Says why not.
    pub(crate) async fn ping(&self) -> Result<(), RedisFailure> {
        self.try_ask(&redis::cmd("PING")).await
    }

    /// Sends a command, and tells the log when that begins to fail and when it works again.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisFailure> {
        let answer = self.try_ask(command).await;
        let failing = answer.is_err();
        if self.failing.swap(failing, Ordering::Relaxed) != failing {
            match &answer {
                Ok(_) => tracing::info!(at = self.url.shown, "Redis answers again"),
                Err(failure) => {
                    tracing::warn!(%failure, "nothing is asked until requests can be counted again");
                }
            }
        }
        answer
    }

    /// Sends a command, and once more where the connection turns out to be broken: whatever is sent
    /// may be carried out twice without harm.
    async fn try_ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisFailure> {
        let mut again = true;
        loop {
            let (mut connection, number) = self.connection().await?;
            let error = match command.query_async(&mut connection).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let failure = self.failure(&error);
            let broken = error.is_unrecoverable_error() || error.is_timeout();
            if broken {
                let mut link = self.link.lock().await;
                if link.number == number {
                    link.connection = None;
                }
            }
            if !again || !broken || error.is_timeout() {
                return Err(failure);
            }
            again = false;
        }
    }

    async fn connection(&self) -> Result<(MultiplexedConnection, u64), RedisFailure> {
        let mut link = self.link.lock().await;
        if let Some(connection) = &link.connection {
            return Ok((connection.clone(), link.number));
        }
        if let Some((at, failure)) = &link.failed
            && at.elapsed() < REST
        {
            return Err(failure.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        match self.url.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                link.failed = None;
                link.number += 1;
                link.connection = Some(connection.clone());
                Ok((connection, link.number))
            }
            Err(error) => {
                let failure = self.failure(&error);
                link.failed = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// What it says makes no sense.
    fn puzzled(&self, error: &serde_json::Error) -> RedisFailure {
        RedisFailure { at: self.url.shown.clone(), reason: error.to_string() }
    }

    fn failure(&self, error: &RedisError) -> RedisFailure {
        RedisFailure { at: self.url.shown.clone(), reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_hides_the_password() {
        let url: RedisUrl = "redis://almanac:secret@127.0.0.1:6380/2".parse().unwrap();
        assert_eq!(format!("{url:?}"), "127.0.0.1:6380");
        for text in ["", "127.0.0.1", "http://127.0.0.1", "rediss://127.0.0.1"] {
            assert!(text.parse::<RedisUrl>().is_err(), "{text}");
        }
    }
}
