//! What goes to the proxy: greetings, checks, and what is left there for others.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use almanac_engine::{CheckOrder, Event};
use almanac_wire::Span;

use super::Keeper;
use super::clock::clock_of;
use crate::shell::browser::{machine_ms, zone_name};
use crate::shell::fetch;
use crate::shell::later;

/// What is known is left with the proxy this often, by the monitor's clock.
const LEAVE_EVERY: Span = Span::from_ms(15 * Span::MINUTE.ms());

impl Keeper {
    pub(super) fn greet(self: &Rc<Self>) {
        let (keeper, life) = (self.clone(), self.life.get());
        spawn_local(async move {
            let asked = machine_ms();
            let reply = fetch::upstreams().await;
            if keeper.life.get() != life {
                return;
            }
            match reply {
                Ok(reply) => {
                    keeper.clock.set(clock_of(&reply.clock, asked));
                    if *keeper.timeline.borrow() != reply.clock.timeline {
                        let served = Some(reply.upstreams.clone());
                        keeper.enter(reply.clock.timeline, served).await;
                    }
                    keeper.remember_clock();
                    keeper.all();
                    keeper.tell(Event::Upstreams(reply.upstreams));
                }
                Err(failure) => keeper.tell(Event::GreetingFailed(failure)),
            }
            keeper.publish_soon();
        });
    }

    pub(super) fn check(self: &Rc<Self>, order: CheckOrder) {
        let (keeper, life) = (self.clone(), self.life.get());
        spawn_local(async move {
            let asked = machine_ms();
            let reply = fetch::status(&order).await;
            if keeper.life.get() != life {
                return;
            }
            keeper.touched.borrow_mut().extend(order.accounts);
            let ticket = order.ticket;
            match reply {
                Ok(reply) => {
                    keeper.set_clock(reply.now, asked);
                    keeper.tell(Event::Answered { ticket, reply });
                }
                Err(failure) => keeper.tell(Event::Failed { ticket, failure }),
            }
            keeper.publish_soon();
        });
    }

    /// Leaves what is known with the proxy now and then, once there is anything.
    pub(super) fn leave_snapshot(self: &Rc<Self>) {
        let now = self.now();
        let soon = self.left_at.get().is_some_and(|left| now < left + LEAVE_EVERY);
        if soon || self.monitor.borrow().accounts().next().is_none() {
            return;
        }
        self.left_at.set(Some(now));
        let keeper = self.clone();
        spawn_local(async move {
            let name = zone_name().unwrap_or_else(|| "UTC".to_owned());
            // Without it there is nothing to say; the next time is soon enough.
            let Ok(later) = later::fetched().await else { return };
            let body = (later.snapshot)(
                &keeper.monitor.borrow(),
                &keeper.zone.borrow(),
                &name,
                keeper.now(),
            );
            if let Some(body) = body {
                fetch::leave(&body).await;
            }
        });
    }
}
