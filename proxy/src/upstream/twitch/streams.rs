//! One list of who is live, although one name in a hundred may spoil it.

use std::collections::HashMap;

use almanac_wire::Outcome;

use super::{Streams, Twitch, read_streams};
use crate::upstream::names::Known;
use crate::upstream::payer::Payer;
use crate::upstream::reading::bad_answer;

/// A login that there always is. Turned away as well, it is not the names that are wrong.
const CANARY: &str = "twitch";
/// Requests in one check that may go into finding what spoils a batch; two names in a hundred take
/// fewer.
const MOST_REQUESTS: u32 = 30;

impl Twitch {
    /// What is said of each login. Whoever is not in it is not live.
    pub(super) async fn who_is_live<'n>(
        &self,
        logins: &[&'n str],
        payer: &mut Payer<'_>,
    ) -> HashMap<&'n str, Outcome> {
        let now = self.clock.now();
        let (unsound, sound): (Vec<_>, Vec<_>) =
            logins.iter().copied().partition(|login| self.unsound.get(login, now) == Known::Nobody);
        let mut told: HashMap<&str, Outcome> =
            unsound.into_iter().map(|login| (login, Outcome::NotFound)).collect();
        let mut batches = vec![sound];
        let mut requests = 0;
        while let Some(batch) = batches.pop().filter(|batch| !batch.is_empty()) {
            requests += 1;
            let outcome = match self.streams(&batch, payer).await {
                Ok(Streams::Rows(mut rows)) => {
                    told.extend(
                        batch.iter().filter_map(|login| Some((*login, rows.remove(*login)?))),
                    );
                    continue;
                }
                Ok(Streams::Malformed) if requests >= MOST_REQUESTS => {
                    bad_answer("400 for a batch; the names at fault are looked for next time")
                }
                Ok(Streams::Malformed) => match self.canary(requests, payer).await {
                    Ok(()) => {
                        let (left, right) = batch.split_at(batch.len() / 2);
                        if left.is_empty() {
                            right.iter().for_each(|login| self.unsound.learn(login, None, now));
                            told.extend(right.iter().map(|login| (*login, Outcome::NotFound)));
                        } else {
                            batches.extend([right.to_vec(), left.to_vec()]);
                        }
                        continue;
                    }
                    Err(outcome) => outcome,
                },
                Err(outcome) => outcome,
            };
            let rest = batches.drain(..).flatten().chain(batch);
            told.extend(rest.map(|login| (login, outcome.clone())));
        }
        told
    }

    /// Once a check, at its first refusal: a sound name alone must not be refused.
    async fn canary(&self, requests: u32, payer: &mut Payer<'_>) -> Result<(), Outcome> {
        if requests > 1 {
            return Ok(());
        }
        match self.streams(&[CANARY], payer).await? {
            Streams::Rows(_) => Ok(()),
            Streams::Malformed => Err(bad_answer("400, whoever is asked about")),
        }
    }

    async fn streams(&self, logins: &[&str], payer: &mut Payer<'_>) -> Result<Streams, Outcome> {
        let mut query: Vec<_> = logins.iter().map(|login| ("user_login", *login)).collect();
        // Twenty unless told otherwise, and the others would seem to be offline.
        query.push(("first", "100"));
        let answer = self.api.get(payer, ["helix", "streams"], &query).await?;
        read_streams(&answer.reply(), self.clock.now())
    }
}
