//! Adding lessons to an account's sums.

use std::ops::Range;

use almanac_wire::{Span, Timestamp};

use crate::session::Interval;
use crate::zone::Zone;

use super::clock::{self, DAY_PIECES, LocalClock, PIECE, SLOT, day_of, seconds};
use super::endings::Endings;
use super::experts::EXPERTS;
use super::factors::Since;
use super::lesson::Lesson;
use super::model::Model;
use super::pool::Pool;
use super::recent::{self, Start};
use super::record::Record;

/// No expert is believed to have held a start for less likely than this.
const LEAST_OPINION: f64 = 1e-9;
/// Where nothing tells the moments of a gap apart, each is as likely as another.
const LEAST_HAZARD: f64 = 1e-12;

/// An account's sums and the model by which its lessons are read.
pub(super) struct Study<'a> {
    record: &'a mut Record,
    pool: &'a Pool,
    clock: LocalClock<'a>,
    model: Model,
    /// Starts were added since the model was made.
    stale: bool,
    /// Endings were.
    stale_endings: bool,
    /// What each expert said of what happened, as logarithms: not yet in the weights.
    evidence: [f64; EXPERTS],
}

impl<'a> Study<'a> {
    /// Adds lessons in their order.
    pub(super) fn settle(
        record: &'a mut Record,
        lessons: Vec<Lesson>,
        pool: &'a Pool,
        zone: &'a Zone,
    ) {
        let Some(first) = lessons.first() else { return };
        record.fade_to(day_of(seconds(first.begin())));
        let model = Model::new(record, pool);
        let mut study = Self {
            record,
            pool,
            clock: LocalClock::new(zone),
            model,
            stale: false,
            stale_endings: false,
            evidence: [0.0; EXPERTS],
        };
        for lesson in lessons {
            study.learn(lesson);
        }
        study.weigh();
    }

    fn learn(&mut self, lesson: Lesson) {
        self.refresh();
        match lesson {
            Lesson::Quiet { from, to, complete, ended } => {
                self.quiet(seconds(from)..seconds(to), complete, ended);
            }
            Lesson::Started { after, start, ended } => {
                let (earliest, latest) = (seconds(start.earliest()), seconds(start.latest()));
                if let Some(after) = after {
                    self.quiet(seconds(after)..earliest, true, ended);
                }
                self.reach(latest);
                if earliest == latest {
                    self.started(latest, ended);
                } else {
                    self.started_between(earliest..latest, ended);
                }
            }
            Lesson::Lasted { start, seen_from, seen_until, over_by } => {
                self.reach(seconds(over_by));
                self.lasted(start, [seen_from, seen_until, over_by].map(seconds));
            }
        }
    }

    /// Lets the sums fade up to a moment's day.
    fn reach(&mut self, moment: i64) {
        let day = day_of(moment);
        if self.record.is_older_than(day) {
            self.weigh();
            self.record.fade_to(day);
            self.stale = true;
        }
        self.refresh();
    }

    /// Makes the model anew if it is not that of the sums.
    fn refresh(&mut self) {
        if self.stale {
            self.weigh();
            self.model = Model::new(self.record, self.pool);
        } else if self.stale_endings {
            self.model.endings = Endings::new(&self.record.endings, self.pool);
        }
        self.stale = false;
        self.stale_endings = false;
    }

    /// Moves the experts' weights.
    fn weigh(&mut self) {
        self.record.weigh(&std::mem::take(&mut self.evidence));
    }

    /// No start was noticed: time at risk, as far as a start would have been noticed.
    fn quiet(&mut self, stretch: Range<i64>, complete: bool, ended: Option<Timestamp>) {
        let end = stretch.end;
        for day in clock::days(stretch) {
            self.reach(day.start);
            let Self { record, clock, model, evidence, .. } = self;
            let mut walk = model.walk();
            for piece in clock::pieces(day) {
                let place = clock.place(piece.middle);
                let since = Since::new(piece.middle, ended);
                let noticed = if complete {
                    1.0
                } else {
                    let class = model.outlook.class(walk.intensity(piece.middle, place, since));
                    model.endings.survival.at(class, Span::from_s(end - piece.middle))
                };
                let passes = piece.length as f64 / SLOT as f64 * noticed;
                record.at_risk(&model.factors, &walk.slot(place), evidence, place, since, passes);
            }
        }
    }

    /// A start at a moment known exactly.
    fn started(&mut self, at: i64, ended: Option<Timestamp>) {
        let (place, since) = (self.clock.place(at), Since::new(at, ended));
        let mut walk = self.model.walk();
        let class = self.model.outlook.class(walk.intensity(at, place, since));
        let opinions = walk.slot(place).opinions;
        for (evidence, opinion) in self.evidence.iter_mut().zip(opinions) {
            *evidence += opinion.max(LEAST_OPINION).ln();
        }
        self.record.start(place, since, 1.0);
        recent::remember(&mut self.record.recent, Start { at, class });
        self.stale = true;
    }

    /// A start at some moment of a gap: each is as likely as the hazard has it, and as a session
    /// that began then would be on at the end of the gap. One step of the self-consistent estimate
    /// (Turnbull 1976): start and time at risk are spread over the gap accordingly.
    fn started_between(&mut self, gap: Range<i64>, ended: Option<Timestamp>) {
        let gap = clock::bounded(gap);
        let Self { record, clock, model, evidence, .. } = self;
        let mut walk = model.walk();
        let mut likelihood = [0.0; EXPERTS];
        let mut spread = Vec::new();
        for piece in clock::pieces(gap.clone()) {
            let (place, since) = (clock.place(piece.middle), Since::new(piece.middle, ended));
            let intensity = walk.intensity(piece.middle, place, since);
            let share = piece.length as f64 / PIECE as f64;
            let still_on = model.endings.overall((gap.end - piece.middle) as f64 / 60.0);
            for (sum, opinion) in likelihood.iter_mut().zip(walk.slot(place).opinions) {
                *sum += opinion * still_on * share;
            }
            let weight = intensity / DAY_PIECES * share * still_on + LEAST_HAZARD;
            spread.push((piece, place, since, intensity, weight));
        }
        for (evidence, likelihood) in evidence.iter_mut().zip(likelihood) {
            *evidence += likelihood.max(LEAST_OPINION).ln();
        }
        let all: f64 = spread.iter().map(|(.., weight)| weight).sum();
        let (mut before, mut mean, mut intensity) = (0.0, 0.0, 0.0);
        for (piece, place, since, hazard, weight) in spread {
            let share = weight / all;
            // Halfway through the piece the start may have been already.
            let passes = piece.length as f64 / SLOT as f64 * (1.0 - before - share / 2.0);
            record.at_risk(
                &model.factors,
                &walk.slot(place),
                evidence,
                place,
                since,
                passes.max(0.0),
            );
            record.start(place, since, share);
            before += share;
            mean += share * (piece.middle - gap.start) as f64;
            intensity += share * hazard;
        }
        let class = model.outlook.class(intensity);
        let at = gap.start + Span::from_minutes(mean / 60.0).ms() / 1000;
        recent::remember(&mut record.recent, Start { at, class });
        self.stale = true;
    }

    /// A session is over, that was on from one moment to the next and over by the third.
    fn lasted(&mut self, start: Interval, [seen_from, seen_until, over_by]: [i64; 3]) {
        let (earliest, latest) = (seconds(start.earliest()), seconds(start.latest()));
        let known = recent::within(&self.record.recent, earliest..=latest);
        let Start { at, class } = known.unwrap_or_else(|| {
            let at = earliest.midpoint(latest);
            let (place, since) = (self.clock.place(at), Since::new(at, None));
            let intensity = self.model.walk().intensity(at, place, since);
            Start { at, class: self.model.outlook.class(intensity) }
        });
        let ages = [seen_from, seen_until, over_by].map(|moment| (moment - at) as f64 / 60.0);
        let Record { endings, classes, .. } = &mut *self.record;
        let minutes = self.model.endings.learn(endings, classes, class, ages);
        let over = at.saturating_add(Span::from_minutes(minutes).ms() / 1000);
        for piece in clock::pieces(at..over) {
            self.record.watch(self.clock.place(piece.middle), piece.length as f64 / SLOT as f64);
        }
        self.stale_endings = true;
    }
}
