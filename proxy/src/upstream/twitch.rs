//! Twitch through its Helix API, with the id and the secret of an application that anybody can
//! register. Only those who are live are listed.

mod history;
mod reply;
mod streams;

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName};

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::credentials::{Application, Needs};
use crate::upstream::http::{HttpError, route};
use crate::upstream::lately::Lately;
use crate::upstream::names::{Known, Names};
use crate::upstream::payer::Payer;
use crate::upstream::registered::Registered;
use crate::upstream::{Asking, Purse, Recalling, Upstream};
#[cfg(any(test, fuzzing))]
pub(crate) use history::read_videos;
pub(crate) use reply::{Streams, read_streams, read_users};

/// Asks Twitch.
#[derive(Debug)]
pub(crate) struct Twitch {
    api: Registered,
    clock: Clock,
    /// The ids of logins. Whoever has one and is not listed is offline.
    ids: Names<String>,
    /// Logins that Twitch does not take for such: one of them spoils a whole batch.
    unsound: Names<()>,
    lately: Lately,
}

impl Twitch {
    /// Where it is.
    const URL: &str = "https://api.twitch.tv";
    /// Where it gives out tokens.
    const ID_URL: &str = "https://id.twitch.tv";

    pub(crate) fn new(
        base: Url,
        id_base: &Url,
        application: &Application,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("client-id"), application.id.header().clone());
        let tokens = route(id_base, ["oauth2", "token"]);
        Ok(Self {
            api: Registered::new(base, tokens, application, headers, timeout, clock.clone())?,
            clock,
            ids: Names::new(),
            unsound: Names::new(),
            lately: Lately::default(),
        })
    }

    async fn check(&self, accounts: &[AccountId], purse: &dyn Purse) -> Vec<Outcome> {
        let mut payer = Payer::new(purse);
        let logins: Vec<&str> = accounts.iter().map(AccountId::handle).collect();
        let mut told = self.who_is_live(&logins, &mut payer).await;
        // The list is cached on their side and now and then comes empty: an end is asked for twice.
        let gone: Vec<&str> = accounts
            .iter()
            .filter(|account| self.lately.live(account) && !told.contains_key(account.handle()))
            .map(AccountId::handle)
            .collect();
        if !gone.is_empty() {
            told.extend(self.who_is_live(&gone, &mut payer).await);
        }
        let absent = |login: &&str| !told.contains_key(*login);
        let strangers: Vec<&str> = logins
            .iter()
            .copied()
            .filter(absent)
            .filter(|login| self.ids.get(login, self.clock.now()) == Known::Not)
            .collect();
        let introduced = self.introduce(&strangers, &mut payer).await;
        let now = self.clock.now();
        let outcomes = accounts.iter().map(|account| {
            let outcome = told.remove(account.handle()).unwrap_or_else(|| {
                match (self.ids.get(account.handle(), now), &introduced) {
                    (Known::As(_), _) => Outcome::Offline { last_broadcast: None },
                    (Known::Nobody, _) | (Known::Not, Ok(())) => Outcome::NotFound,
                    (Known::Not, Err(outcome)) => outcome.clone(),
                }
            });
            self.lately.note(account, &outcome);
            outcome
        });
        outcomes.collect()
    }

    /// Learns who there is of these logins.
    async fn introduce(&self, logins: &[&str], payer: &mut Payer<'_>) -> Result<(), Outcome> {
        if logins.is_empty() {
            return Ok(());
        }
        let query: Vec<_> = logins.iter().map(|login| ("login", *login)).collect();
        let answer = self.api.get(payer, ["helix", "users"], &query).await?;
        let mut ids = read_users(&answer.reply(), self.clock.now())?;
        for login in logins {
            self.ids.learn(login, ids.remove(*login), self.clock.now());
        }
        Ok(())
    }
}

impl Connect for Twitch {
    /// What it allows: a bucket of 800 points, and a request is one.
    const QUOTAS: &str = "800/min";
    const NEEDS: Needs = Needs::Application;

    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        let (base, id_base) = (place.base(Self::URL)?, place.base(Self::ID_URL)?);
        let application = place.application()?;
        Ok(Self::new(base, &id_base, application, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Twitch {
    fn platform(&self) -> Platform {
        Platform::Twitch
    }

    fn batch(&self) -> u32 {
        100
    }

    fn reveals(&self) -> Reveals {
        Reveals::Start
    }

    fn ask<'a>(&'a self, accounts: &'a [AccountId], purse: &'a dyn Purse) -> Asking<'a> {
        Box::pin(self.check(accounts, purse))
    }

    fn history_requests(&self) -> u32 {
        1
    }

    fn history<'a>(&'a self, account: &'a AccountId, purse: &'a dyn Purse) -> Recalling<'a> {
        Box::pin(self.recall(account, purse))
    }
}
