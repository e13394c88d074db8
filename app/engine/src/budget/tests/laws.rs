//! The ledger against an upstream that counts the slow way.

use proptest::prelude::*;

use super::*;

/// One thing that happens: time passes, a request may be wanted, the network takes its time, the
/// program may be killed and find its clock set back.
#[derive(Clone, Copy, Debug)]
struct Step {
    wait: i64,
    travel: i64,
    answer: i64,
    restart: Option<i64>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let restart = prop_oneof![30 => Just(None), 1 => (0..200_i64).prop_map(Some)];
    let step = (0..40_i64, 0..30_i64, 0..30_i64, restart)
        .prop_map(|(wait, travel, answer, restart)| Step { wait, travel, answer, restart });
    proptest::collection::vec(step, 1..300)
}

/// When requests arrived, in order, by the upstream's clock; ours begins `ahead` of it.
fn arrivals(quotas: &Quotas, steps: &[Step], mut ahead: i64) -> Vec<i64> {
    let mut ledger = Ledger::new(quotas.clone()).with_midnight(midnight);
    let mut now = 1000;
    let mut under_way: Vec<(i64, Ticket)> = Vec::new();
    let mut arrivals: Vec<i64> = Vec::new();
    for step in steps {
        now += step.wait;
        under_way.sort_unstable();
        while let Some(&(done, ticket)) = under_way.first().filter(|(done, _)| *done <= now) {
            ledger.settle(ticket, at(done + ahead));
            under_way.remove(0);
        }
        if let Some(back) = step.restart {
            // A killed process sends nothing more: what had not arrived by now never does.
            arrivals.retain(|arrival| *arrival <= now);
            under_way.clear();
            // A clock that is far off cannot know when a zone's day begins.
            let zoned = quotas.as_slice().iter().any(|quota| quota.zone.is_some());
            ahead -= if zoned { back.min(ahead + 30) } else { back };
            ledger = restart(&ledger, at(now + ahead));
        }
        if let Ok(ticket) = ledger.reserve(at(now + ahead)) {
            arrivals.push(now + step.travel);
            under_way.push((now + step.travel + step.answer, ticket));
        }
    }
    arrivals.sort_unstable();
    arrivals
}

proptest! {
    /// Whatever the times between reserving, arriving and settling, wherever a restart falls and
    /// however far the clock is set back then, no half-open window ever holds more arrivals than
    /// its limit.
    #[test]
    fn no_window_is_ever_exceeded(steps in steps()) {
        let quotas: Quotas = "3/10s,5/min,20/h".parse().unwrap();
        let arrivals = arrivals(&quotas, &steps, 0);
        for quota in quotas.as_slice() {
            let limit = quota.limit.get() as usize;
            for pair in arrivals.windows(limit + 1) {
                prop_assert!(pair[limit] - pair[0] >= i64::from(quota.window_s.get()));
            }
        }
    }

    /// No day of a zone does either, though the upstream's clock is half a minute off.
    #[test]
    fn no_day_is_ever_exceeded(steps in steps(), ahead in -30..=30_i64) {
        let quotas: Quotas = "10/day@Europe/Berlin".parse().unwrap();
        let zone = quotas.as_slice()[0].zone.unwrap();
        let arrivals = arrivals(&quotas, &steps, ahead);
        for arrival in &arrivals {
            let day = midnight(zone, at(*arrival));
            let that_day = arrivals.iter().filter(|other| midnight(zone, at(**other)) == day);
            prop_assert!(that_day.count() <= 10);
        }
    }

    /// Everything is given that can be: a request is refused only where one more could have been
    /// too many for somebody who saw each arrive when it was settled.
    #[test]
    fn nothing_is_refused_without_need(waits in proptest::collection::vec(0..40_i64, 1..200)) {
        let quotas: Quotas = "3/10s,5/min,20/h,30/day@Europe/Berlin".parse().unwrap();
        let mut ledger = Ledger::new(quotas.clone()).with_midnight(midnight);
        let (mut now, mut sent) = (0, Vec::<i64>::new());
        for wait in waits {
            now += wait;
            let full = quotas.as_slice().iter().any(|quota| {
                let held = sent.iter().filter(|one| match quota.zone {
                    None => now - **one < i64::from(quota.window_s.get()),
                    Some(zone) => {
                        midnight(zone, at(**one) + CLOCKS_APART) + CLOCKS_APART > at(now)
                    }
                });
                held.count() >= quota.limit.get() as usize
            });
            match ledger.reserve(at(now)) {
                Ok(ticket) => {
                    prop_assert!(!full);
                    ledger.settle(ticket, at(now));
                    sent.push(now);
                }
                Err(refusal) => {
                    prop_assert!(full);
                    // And when it says that it will be possible, it is.
                    let mut then = ledger.clone();
                    prop_assert!(then.reserve(refusal.retry_at).is_ok());
                }
            }
        }
    }

    /// Whoever heeds an upstream that says what is left never asks it for more, though its quota
    /// is far tighter than ours and others use it too.
    #[test]
    fn an_upstream_that_says_what_is_left_never_has_to_refuse(
        steps in proptest::collection::vec((0..30_i64, 0..10_i64, 0..2_u32), 1..200),
    ) {
        const LIMIT: u32 = 5;
        const PERIOD: i64 = 100;
        let mut ledger = Ledger::new("1000/h".parse().unwrap());
        let (mut now, mut period, mut used) = (0, 0, 0);
        for (wait, travel, others) in steps {
            now += wait;
            let Ok(ticket) = ledger.reserve(at(now)) else { continue };
            now += travel;
            if now / PERIOD > period {
                (period, used) = (now / PERIOD, 0);
            }
            used += 1;
            prop_assert!(used <= LIMIT, "refused at {}", now);
            // Others leave us one: what they take after this answer, nobody could have told us.
            used = (used + others).min(LIMIT);
            ledger.heed(ticket, &left(LIMIT - used, (period + 1) * PERIOD), at(now));
            ledger.settle(ticket, at(now));
        }
    }
}
