//! When to look whether a session that was seen live has ended.

use almanac_wire::Span;

use super::prices::Prices;
use crate::learn::Survival;

/// A live account is looked at at least this often.
const LONGEST: Span = Span::from_ms(6 * Span::HOUR.ms());

/// How long to wait until a live session is looked at again, 5 minutes to 6 hours: until
/// the check's worth (see [`worth_while_live`]) reaches the price of a request.
///
/// `lasting` is the share of sessions like it that are still on at an age, `age` how long the
/// session had been on when it was last seen live.
#[must_use]
pub fn end_gap(
    lasting: &dyn Fn(Span) -> f64,
    age: Span,
    prices: &Prices,
    request_price: f64,
) -> Span {
    let mut watch = Watch::new(lasting, age);
    while watch.waited < LONGEST {
        watch.wait(Survival::STEP);
        if prices.late_end * watch.index() >= request_price {
            break;
        }
    }
    watch.waited
}

/// What a check of an account is worth in requests that was last seen live `waited` ago, when its
/// session had been on for `age`: `late_end (t F(t) - ∫ F)`, with `F(t)` the probability that the
/// session ended within `t`. At this index the average cost of waiting, ends unnoticed and the
/// request together, is least. Not negative; rises with `waited`. `lasting` is as in [`end_gap`].
#[must_use]
pub fn worth_while_live(
    lasting: &dyn Fn(Span) -> f64,
    age: Span,
    waited: Span,
    prices: &Prices,
) -> f64 {
    let mut watch = Watch::new(lasting, age);
    while watch.waited < waited {
        watch.wait((waited - watch.waited).min(Survival::STEP));
    }
    prices.late_end * watch.index()
}

/// A session that nobody has looked at for a while.
struct Watch<'a> {
    lasting: &'a dyn Fn(Span) -> f64,
    age: Span,
    /// The share of sessions that were on when it was last seen.
    on: f64,
    waited: Span,
    /// The probability that it has ended.
    ended: f64,
    /// Hours for which it has been over, expected.
    over: f64,
}

impl<'a> Watch<'a> {
    fn new(lasting: &'a dyn Fn(Span) -> f64, age: Span) -> Self {
        // Where no session lasts that long, it is over as soon as nobody looks.
        let on = lasting(age).max(1e-9);
        Self { lasting, age, on, waited: Span::ZERO, ended: 0.0, over: 0.0 }
    }

    fn wait(&mut self, span: Span) {
        self.waited = self.waited + span;
        let on = (self.lasting)(self.age + self.waited);
        let ended = (1.0 - on / self.on).max(self.ended);
        self.over += (self.ended + ended) / 2.0 * span.hours();
        self.ended = ended;
    }

    fn index(&self) -> f64 {
        self.waited.hours() * self.ended - self.over
    }
}
