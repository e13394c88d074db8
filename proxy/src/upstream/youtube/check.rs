//! One check: the channels, their latest videos, and what these are.

use std::time::Duration;

use almanac_wire::{AccountId, Outcome, UnknownReason};
use tokio::time::Instant;

use super::Youtube;
use crate::upstream::Purse;
use crate::upstream::payer::Payer;

/// How long feeds are read for one check, of which there may be fifty: somebody waits for the answer.
pub(super) const LONGEST_LOOK: Duration = Duration::from_secs(25);

impl Youtube {
    pub(super) async fn check(&self, accounts: &[AccountId], purse: &dyn Purse) -> Vec<Outcome> {
        let mut payer = Payer::new(purse);
        let mut channels = Vec::with_capacity(accounts.len());
        let mut failed = None;
        let begun = Instant::now();
        for account in accounts {
            if failed.is_none() && begun.elapsed() > self.longest_look {
                failed = Some(Outcome::Unknown {
                    reason: UnknownReason::Timeout,
                    retry_at: None,
                    detail: Some("no time was left for its feed".to_owned()),
                });
            }
            // One after the other: no bursts. Once YouTube as a whole has failed, the others would
            // only wait for the same.
            let found = match &failed {
                Some(outcome) => Err(outcome),
                None => Ok(self.look(account, &mut payer).await),
            };
            let found = found.unwrap_or_else(|outcome: &Outcome| Err(outcome.clone()));
            if let Err(outcome @ Outcome::Unknown { reason, .. }) = &found
                && reason.concerns_upstream()
            {
                failed = failed.or_else(|| Some(outcome.clone()));
            }
            channels.push(found);
        }
        let wanted: Vec<String> =
            channels.iter().flatten().flat_map(|(_, videos)| videos.iter().cloned()).collect();
        let videos = self.videos(&wanted, &mut payer).await;
        let outcomes = channels.into_iter().map(|channel| {
            let (channel, asked) = match channel {
                Ok(channel) => channel,
                Err(outcome) => return outcome,
            };
            match &videos {
                Ok(videos) => self.watched.learn(&channel, &asked, videos),
                Err(outcome) => outcome.clone(),
            }
        });
        outcomes.collect()
    }

    /// An account's channel, and its videos that may be live. While one is, the feed can wait.
    async fn look(
        &self,
        account: &AccountId,
        payer: &mut Payer<'_>,
    ) -> Result<(String, Vec<String>), Outcome> {
        let channel = self.channel(account, payer).await?;
        let on = self.watched.on(&channel);
        let videos = if on.is_empty() {
            let latest = self.latest(&channel, payer).await?;
            self.watched.worth_asking(&channel, latest)
        } else {
            on
        };
        Ok((channel, videos))
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
