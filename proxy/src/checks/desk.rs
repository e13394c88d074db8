//! What is known of each account for a while, and what is being asked.

use std::collections::HashMap;
use std::sync::Arc;

use almanac_wire::{AccountId, CheckResult, Span, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::Answer;

/// Answers that serve and requests under way, of one upstream.
#[derive(Default)]
pub(super) struct Desk {
    slots: HashMap<AccountId, Slot>,
}

enum Slot {
    /// A request is under way; a sender that is gone without an answer means that it died.
    UnderWay(watch::Receiver<Option<Answer>>),
    Answered(Arc<Ready>),
}

/// An answer that serves for a while, written once for all who are told.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) result: CheckResult,
    written: Option<Box<RawValue>>,
}

impl Ready {
    fn new(result: CheckResult) -> Self {
        let written = serde_json::value::to_raw_value(&result).ok();
        Self { result, written }
    }
}

impl Serialize for Ready {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.written {
            Some(written) => written.serialize(serializer),
            None => self.result.serialize(serializer),
        }
    }
}

impl Desk {
    /// An answer that still serves.
    pub(super) fn fresh(
        &self,
        account: &AccountId,
        now: Timestamp,
        cache: Span,
    ) -> Option<&Arc<Ready>> {
        match self.slots.get(account)? {
            Slot::Answered(ready) if now < ready.result.answered_at + cache => Some(ready),
            Slot::Answered(_) | Slot::UnderWay(_) => None,
        }
    }

    /// A request about it that is under way.
    pub(super) fn under_way(
        &self,
        account: &AccountId,
    ) -> Option<&watch::Receiver<Option<Answer>>> {
        match self.slots.get(account)? {
            Slot::UnderWay(receiver) if receiver.has_changed().is_ok() => Some(receiver),
            Slot::UnderWay(_) | Slot::Answered(_) => None,
        }
    }

    /// A request about it is on its way.
    pub(super) fn sent(&mut self, account: &AccountId, receiver: watch::Receiver<Option<Answer>>) {
        self.slots.insert(account.clone(), Slot::UnderWay(receiver));
    }

    /// Keeps what a request came to; that none may be sent costs nothing to find out again. The
    /// quotas bound how many answers can be fresh at once, and with them all that is kept.
    pub(super) fn keep(
        &mut self,
        account: &AccountId,
        answer: &Answer,
        now: Timestamp,
        cache: Span,
    ) {
        match answer {
            Ok(result) => {
                let ready = Arc::new(Ready::new(result.clone()));
                self.slots.insert(account.clone(), Slot::Answered(ready));
            }
            Err(_) => {
                self.slots.remove(account);
            }
        }
        self.slots.retain(|_, slot| match slot {
            Slot::UnderWay(_) => true,
            Slot::Answered(ready) => now < ready.result.answered_at + cache,
        });
    }
}

#[cfg(test)]
mod tests {
    use almanac_wire::{Broadcast, Outcome};

    use super::*;

    #[test]
    fn what_was_written_once_is_what_would_be_written() {
        let broadcast = Broadcast {
            title: Some("\u{201c}live\u{201d} \\ \"now\" \n".into()),
            ..Broadcast::default()
        };
        let result = CheckResult {
            account: "demo:mira".parse().unwrap(),
            asked_at: Timestamp::from_s(1),
            answered_at: Timestamp::from_s(2),
            outcome: Outcome::Live { broadcast },
        };
        let anew = serde_json::to_string(&[&result]).unwrap();
        let ready = Ready::new(result);
        assert!(ready.written.is_some());
        assert_eq!(serde_json::to_string(&[&ready]).unwrap(), anew);
    }
}
