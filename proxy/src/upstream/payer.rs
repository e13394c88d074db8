//! Paying for each request before it is sent, the first of which are paid for already.

use almanac_wire::Outcome;
use reqwest::RequestBuilder;

use crate::upstream::Purse;
use crate::upstream::http::{Answer, fetch};

/// Pays while an adapter asks.
pub(crate) struct Payer<'a> {
    purse: &'a dyn Purse,
    /// Requests that are paid for already and not sent yet.
    left: u32,
}

impl<'a> Payer<'a> {
    /// For a check, which is given one request.
    pub(crate) fn new(purse: &'a dyn Purse) -> Self {
        Self::with(purse, 1)
    }

    /// With so many requests that are paid for.
    pub(crate) fn with(purse: &'a dyn Purse, left: u32) -> Self {
        Self { purse, left }
    }

    /// Pays for a request.
    pub(crate) async fn another(&mut self) -> Result<(), Outcome> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => self.purse.another().await,
        }
    }

    /// Pays for a request and sends it.
    pub(crate) async fn fetch(&mut self, request: RequestBuilder) -> Result<Answer, Outcome> {
        self.another().await?;
        fetch(request).await
    }
}
