//! Kick through its public API, with the id and the secret of an application that anybody can
//! register. Only those who are live are listed, by their users' numbers: its list by slugs shows
//! people as offline who are live.

mod reply;

use std::collections::HashMap;
use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals};
use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::credentials::{Application, Needs};
use crate::upstream::http::{HttpError, route};
use crate::upstream::lately::Lately;
use crate::upstream::names::{Known, Names};
use crate::upstream::payer::Payer;
use crate::upstream::registered::Registered;
use crate::upstream::{Asking, Purse, Upstream};
pub(crate) use reply::{read_channels, read_live};

/// Slugs in one request: it allows 50, and has been wrong with so many.
const SLUGS: usize = 25;

/// Asks Kick.
#[derive(Debug)]
pub(crate) struct Kick {
    api: Registered,
    clock: Clock,
    /// The users' numbers of slugs.
    users: Names<i64>,
    lately: Lately,
}

/// Who is live, by user number.
type Live = HashMap<i64, Outcome>;

impl Kick {
    /// Where it is.
    const URL: &str = "https://api.kick.com";
    /// Where it gives out tokens.
    const ID_URL: &str = "https://id.kick.com";

    pub(crate) fn new(
        base: Url,
        id_base: &Url,
        application: &Application,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let (tokens, none) = (route(id_base, ["oauth", "token"]), HeaderMap::new());
        Ok(Self {
            api: Registered::new(base, tokens, application, none, timeout, clock.clone())?,
            clock,
            users: Names::new(),
            lately: Lately::default(),
        })
    }

    async fn check(&self, accounts: &[AccountId], purse: &dyn Purse) -> Vec<Outcome> {
        let mut payer = Payer::new(purse);
        let introduced = self.introduce(accounts, &mut payer).await;
        let now = self.clock.now();
        let users: Vec<Known<i64>> =
            accounts.iter().map(|account| self.users.get(account.handle(), now)).collect();
        let numbers: Vec<i64> = users.iter().filter_map(number).collect();
        let mut live = self.live(&numbers, &mut payer).await;
        // A list without somebody proves little: an end is asked for twice, and apart.
        if let Ok(first) = &mut live {
            let gone: Vec<i64> = (accounts.iter().zip(&users))
                .filter(|(account, _)| self.lately.live(account))
                .filter_map(|(_, user)| number(user))
                .filter(|number| !first.contains_key(number))
                .collect();
            let again = match self.live(&gone, &mut payer).await {
                Ok(again) => again,
                Err(outcome) => gone.iter().map(|number| (*number, outcome.clone())).collect(),
            };
            first.extend(again);
        }
        let outcomes = accounts.iter().zip(users).map(|(account, user)| {
            let outcome = match (user, &mut live, &introduced) {
                (Known::As(user), Ok(live), _) => {
                    live.remove(&user).unwrap_or(Outcome::Offline { last_broadcast: None })
                }
                (Known::As(_), Err(outcome), _) => outcome.clone(),
                (Known::Not, _, Err(outcome)) => outcome.clone(),
                (Known::Nobody, _, _) | (Known::Not, _, Ok(())) => Outcome::NotFound,
            };
            self.lately.note(account, &outcome);
            outcome
        });
        outcomes.collect()
    }

    /// Learns the numbers of those who have none yet. Whoever is missing from a list is asked for
    /// once more, in a shorter one.
    async fn introduce(
        &self,
        accounts: &[AccountId],
        payer: &mut Payer<'_>,
    ) -> Result<(), Outcome> {
        let now = self.clock.now();
        let strangers: Vec<&str> = accounts
            .iter()
            .map(AccountId::handle)
            .filter(|slug| self.users.get(slug, now) == Known::Not)
            .collect();
        for slugs in strangers.chunks(SLUGS) {
            let mut found = self.channels(slugs, payer).await?;
            let missing: Vec<&str> =
                slugs.iter().copied().filter(|slug| !found.contains_key(*slug)).collect();
            if !missing.is_empty() && missing.len() < slugs.len() {
                found.extend(self.channels(&missing, payer).await?);
            }
            for slug in slugs {
                self.users.learn(slug, found.remove(*slug), self.clock.now());
            }
        }
        Ok(())
    }

    async fn channels(
        &self,
        slugs: &[&str],
        payer: &mut Payer<'_>,
    ) -> Result<HashMap<String, i64>, Outcome> {
        let query: Vec<_> = slugs.iter().map(|slug| ("slug", *slug)).collect();
        let answer = self.api.get(payer, ["public", "v1", "channels"], &query).await?;
        read_channels(&answer.reply(), self.clock.now())
    }

    async fn live(&self, users: &[i64], payer: &mut Payer<'_>) -> Result<Live, Outcome> {
        if users.is_empty() {
            return Ok(Live::new());
        }
        let query: Vec<_> = users.iter().map(|user| ("user_id", *user)).collect();
        let answer = self.api.get(payer, ["public", "v1", "users", "livestreams"], &query).await?;
        read_live(&answer.reply(), self.clock.now())
    }
}

const fn number(user: &Known<i64>) -> Option<i64> {
    match user {
        Known::As(number) => Some(*number),
        Known::Nobody | Known::Not => None,
    }
}

impl Connect for Kick {
    /// It publishes none; twenty a minute is what its staff has named as the least.
    const QUOTAS: &str = "20/min,600/h";
    const NEEDS: Needs = Needs::Application;

    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        let (base, id_base) = (place.base(Self::URL)?, place.base(Self::ID_URL)?);
        let application = place.application()?;
        Ok(Self::new(base, &id_base, application, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Kick {
    fn platform(&self) -> Platform {
        Platform::Kick
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
}
