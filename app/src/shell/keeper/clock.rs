//! The clock that the monitor goes by: the proxy's, as far as it can be heard.

use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

use almanac_wire::{ClockInfo, Timestamp, UpstreamInfo};

use super::Keeper;
use crate::protocol::Clock;
use crate::shell::browser::machine_ms;
use crate::shell::fetch;
use crate::shell::store::Store;

/// A clock this far from the proxy's is set again.
const CLOCK_TOLERANCE_MS: f64 = 2_000.0;
/// The record of the clock last heard of.
const LAST_CLOCK: &str = "last clock";

/// A clock to go by while the proxy is out of reach.
#[derive(Serialize, Deserialize)]
pub(super) struct LastClock {
    pub(super) timeline: Option<String>,
    pub(super) clock: Clock,
}

/// The proxy's clock with what it serves, else the one last heard of, else this machine's.
pub(super) async fn first_clock() -> (LastClock, Option<Vec<UpstreamInfo>>) {
    let asked = machine_ms();
    if let Ok(reply) = fetch::upstreams().await {
        let clock = clock_of(&reply.clock, asked);
        return (LastClock { clock, timeline: reply.clock.timeline }, Some(reply.upstreams));
    }
    let remembered = match Store::open(None).await {
        Ok(store) => store.recall(LAST_CLOCK).await.ok().flatten(),
        Err(_) => None,
    };
    (remembered.unwrap_or(LastClock { timeline: None, clock: Clock::MACHINE }), None)
}

/// The answer's time lies between asking and now; the middle errs least.
pub(in crate::shell) fn clock_of(info: &ClockInfo, asked_ms: f64) -> Clock {
    Clock {
        machine_ms: f64::midpoint(asked_ms, machine_ms()),
        showed: info.now,
        rate: info.rate,
        made_up: info.timeline.is_some(),
    }
}

impl Keeper {
    /// Goes by the proxy's clock again where ours has drifted or was set.
    pub(super) fn set_clock(&self, showed: Timestamp, asked_ms: f64) {
        let clock = self.clock.get();
        let middle = f64::midpoint(asked_ms, machine_ms());
        let off = clock.machine_span_ms(clock.read(middle) - showed);
        if off.abs() > CLOCK_TOLERANCE_MS {
            self.clock.set(Clock { machine_ms: middle, showed, ..clock });
        }
    }

    pub(super) fn remember_clock(&self) {
        let last = LastClock { timeline: self.timeline.borrow().clone(), clock: self.clock.get() };
        spawn_local(async move {
            if let Ok(store) = Store::open(None).await {
                let _ = store.remember(LAST_CLOCK, &last).await;
            }
        });
    }
}
