//! The breaker of one upstream, wherever it is kept.

use almanac_wire::{CheckResult, Span, Timestamp};

use super::{Gate, Kept};
use crate::budget::Denied;
use crate::shared::Memory;

/// A breaker of one proxy, or one that replicas share.
#[derive(Debug)]
pub(crate) enum Watch {
    /// On disk.
    Own(Box<Kept>),
    /// With everything else that is shared.
    Shared(Box<Memory>),
}

impl Watch {
    /// What it says now, as far as it is known without asking.
    pub(crate) fn gate(&self, now: Timestamp) -> Gate {
        match self {
            Self::Own(kept) => kept.gate(now),
            Self::Shared(memory) => memory.gate(now),
        }
    }

    /// Whether a request may be sent now.
    pub(crate) async fn admit(&self, now: Timestamp, patience: Span) -> Result<Gate, Denied> {
        match self {
            Self::Own(kept) => Ok(kept.admit(now, patience)),
            Self::Shared(memory) => memory
                .admit(now, patience)
                .await
                .map_err(|failure| Denied::Unaccountable(failure.to_string())),
        }
    }

    /// The request that was to go ahead told nothing.
    pub(crate) async fn stand_back(&self) {
        match self {
            Self::Own(kept) => kept.stand_back(),
            Self::Shared(memory) => memory.stand_back().await,
        }
    }

    /// Learns from the answers to one request.
    pub(crate) async fn note(&self, results: &mut [CheckResult]) {
        match self {
            Self::Own(kept) => kept.note(results),
            Self::Shared(memory) => memory.note(results).await,
        }
    }

    /// What replicas share of answers, where there are any.
    pub(crate) const fn memory(&self) -> Option<&Memory> {
        match self {
            Self::Own(_) => None,
            Self::Shared(memory) => Some(memory),
        }
    }
}
