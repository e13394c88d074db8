//! One check: the channels, their latest videos, and what these are.

use almanac_wire::{AccountId, Outcome};

use super::Youtube;
use crate::upstream::Purse;
use crate::upstream::payer::Payer;

impl Youtube {
    pub(super) async fn check(&self, accounts: &[AccountId], purse: &dyn Purse) -> Vec<Outcome> {
        let mut payer = Payer::new(purse);
        let mut channels = Vec::with_capacity(accounts.len());
        let mut failed = None;
        for account in accounts {
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
