//! Who was on air when: traces joined, accounts drawn, time cut out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use almanac_fakes::rng::number_of;
use almanac_fakes::{Choice, Session, Trace};
use almanac_wire::{Span, Timestamp};

use crate::error::LabError;

/// Files observed further apart than this were not observed one after the other.
const APART: Span = Span::from_ms(28 * Span::DAY.ms());
/// Moving a file by whole weeks leaves days of the week and times of day as they were.
const WEEK: Span = Span::from_ms(7 * Span::DAY.ms());
/// Decides the halves of [`Split`]; never the same as any seed's draw.
const SPLIT_SALT: u64 = 0x5_11_7A_1F;

/// One or more trace files as one.
#[derive(Clone, Debug)]
pub struct Source {
    label: String,
    trace: Trace,
    from: Timestamp,
    until: Timestamp,
}

/// Which half of the accounts to draw from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Split {
    /// Both.
    #[default]
    All,
    /// The half on which settings are chosen.
    Tune,
    /// The half on which they are reported.
    Test,
}

/// What to draw from a source.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// Most accounts.
    pub accounts: usize,
    /// Fewest sessions that begin within the run.
    pub min_sessions: usize,
    /// Another seed draws others.
    pub seed: u64,
    /// Which half of the accounts to draw from.
    pub split: Split,
    /// Days of the trace to leave out at its beginning.
    pub from_day: u32,
    /// Most days of the run, the warm-up included.
    pub days: Option<u32>,
    /// Days of learning before anything is measured.
    pub warmup_days: u32,
}

/// When a run begins, is measured and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment of the run.
    pub from: Timestamp,
    /// The first moment that is measured.
    pub measured_from: Timestamp,
    /// The first moment after the run.
    pub until: Timestamp,
}

impl Period {
    /// The length of what is measured.
    #[must_use]
    pub fn measured(&self) -> Span {
        self.until - self.measured_from
    }

    /// Whether a session is measured: it begins after the warm-up and ends before the run does.
    #[must_use]
    pub fn measures(&self, session: &Session) -> bool {
        self.measured_from <= session.start && session.end <= self.until
    }
}

/// Accounts and their sessions, by index.
#[derive(Clone, Debug)]
pub struct Population {
    /// The names in the trace.
    pub names: Vec<String>,
    /// The sessions of each account, in order and apart; those before the run are kept, as the
    /// upstream may tell of them.
    pub sessions: Vec<Vec<Session>>,
    /// When the run is.
    pub period: Period,
}

impl Source {
    /// Reads trace files and joins them.
    ///
    /// Files from different years are laid side by side: one that was observed more than four weeks
    /// before or after all others is moved by whole weeks to begin with the first file.
    ///
    /// # Errors
    /// When a file is no trace, or two contradict each other.
    pub fn open(paths: &[PathBuf]) -> Result<Self, LabError> {
        let open = |path: &PathBuf| {
            Trace::open_any(path).map_err(|source| LabError::Trace { path: path.clone(), source })
        };
        let traces = paths.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let file = |path: &PathBuf| path.file_name().unwrap_or_default().display().to_string();
        Self::join(paths.iter().map(file).collect::<Vec<_>>().join(","), traces)
    }

    /// Joins traces under a label.
    ///
    /// # Errors
    /// When there is no session at all, or two traces contradict each other.
    pub fn join(label: String, traces: Vec<Trace>) -> Result<Self, LabError> {
        let mut all: BTreeMap<String, Vec<Session>> = BTreeMap::new();
        let mut bounds: Option<(Timestamp, Timestamp)> = None;
        for trace in traces {
            let Some((first, last)) = bounds_of(&trace) else { continue };
            let (from, until) = bounds.unwrap_or((first, last));
            let aside = first - until > APART || from - last > APART;
            let shift =
                if aside { WEEK * ((from - first).ms().div_euclid(WEEK.ms())) } else { Span::ZERO };
            bounds = Some((from.min(first + shift), until.max(last + shift)));
            for (name, sessions) in trace.iter() {
                let moved = sessions.iter().map(|session| Session {
                    start: session.start + shift,
                    end: session.end + shift,
                });
                all.entry(name.to_owned()).or_default().extend(moved);
            }
        }
        for (name, sessions) in &mut all {
            sessions.sort_unstable();
            if sessions.windows(2).any(|pair| pair[0].end > pair[1].start) {
                return Err(LabError::Contradiction { name: name.clone() });
            }
        }
        let (from, until) = bounds.ok_or(LabError::EmptyTrace)?;
        Ok(Self { label, trace: all.into_iter().collect(), from, until })
    }

    /// The names of its files.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Draws accounts and cuts out time.
    ///
    /// # Errors
    /// When nobody or no time is left.
    pub fn draw(&self, draw: &Draw) -> Result<Population, LabError> {
        let period = self.period(draw)?;
        let choice = Choice {
            accounts: draw.accounts,
            seed: draw.seed,
            min_sessions: draw.min_sessions,
            from: period.from,
            length: period.until - period.from,
        };
        let in_half = |name: &str| match draw.split {
            Split::All => true,
            Split::Tune => !is_test_half(name),
            Split::Test => is_test_half(name),
        };
        let half: Trace = (self.trace.iter())
            .filter(|(name, _)| in_half(name))
            .map(|(name, sessions)| (name.to_owned(), sessions.to_vec()))
            .collect();
        let (names, sessions): (Vec<_>, Vec<_>) = (half.choose(&choice).iter())
            .map(|(name, sessions)| (name.to_owned(), sessions.to_vec()))
            .unzip();
        if names.is_empty() {
            return Err(LabError::NobodyDrawn { min_sessions: draw.min_sessions });
        }
        Ok(Population { names, sessions, period })
    }

    fn period(&self, draw: &Draw) -> Result<Period, LabError> {
        let from_day = i64::from(draw.from_day);
        let from = self.from + Span::DAY * from_day;
        let longest = draw.days.map_or(self.until - from, |days| Span::DAY * i64::from(days));
        let until = self.until.min(from + longest);
        let measured_from = from + Span::DAY * i64::from(draw.warmup_days);
        if measured_from >= until {
            return Err(LabError::EmptyPeriod {
                trace_days: (self.until - self.from).ms() / Span::DAY.ms(),
                from_day,
                measured_from_day: from_day + i64::from(draw.warmup_days),
            });
        }
        Ok(Period { from, measured_from, until })
    }
}

impl Population {
    /// How many accounts.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Midnight before the first session, and midnight after the last.
fn bounds_of(trace: &Trace) -> Option<(Timestamp, Timestamp)> {
    let last =
        trace.iter().filter_map(|(_, sessions)| sessions.last()).map(|last| last.end).max()?;
    let into_day = Span::from_ms((-last.ms()).rem_euclid(Span::DAY.ms()));
    Some((trace.first_day()?, last + into_day))
}

fn is_test_half(name: &str) -> bool {
    number_of(name, SPLIT_SALT).is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::archetypes::{FROM, generate};

    const DRAW: Draw = Draw {
        accounts: 10,
        min_sessions: 8,
        seed: 1,
        split: Split::All,
        from_day: 0,
        days: None,
        warmup_days: 14,
    };

    fn source() -> Source {
        Source::join("made up".to_owned(), vec![generate(96, 60, 1, FROM).unwrap()]).unwrap()
    }

    fn one(name: &str, sessions: &[(i64, i64)]) -> Trace {
        let hour = |hour: i64| FROM + Span::HOUR * hour;
        let sessions = sessions.iter().map(|(a, b)| Session { start: hour(*a), end: hour(*b) });
        [(name.to_owned(), sessions.collect())].into_iter().collect()
    }

    fn names(split: Split, seed: u64, accounts: usize) -> BTreeSet<String> {
        let drawn = source().draw(&Draw { split, seed, accounts, ..DRAW }).unwrap();
        drawn.names.into_iter().collect()
    }

    #[test]
    fn halves_are_apart_and_the_same_for_every_seed() {
        let all = names(Split::All, 1, 1000);
        let (tune, test) = (names(Split::Tune, 1, 1000), names(Split::Test, 1, 1000));
        assert!(tune.is_disjoint(&test) && tune.union(&test).eq(all.iter()));
        assert!(tune.len() * 3 > all.len() && test.len() * 3 > all.len(), "{}", tune.len());
        for seed in 2..6 {
            assert!(names(Split::Tune, seed, 10).is_subset(&tune));
            assert!(names(Split::Test, seed, 10).is_subset(&test));
        }
        assert_ne!(names(Split::All, 1, 10), names(Split::All, 2, 10));
        assert!(names(Split::All, 3, 5).is_subset(&names(Split::All, 3, 10)), "draws are nested");
    }

    #[test]
    fn time_is_cut_at_both_ends() {
        let draw = Draw { from_day: 10, days: Some(30), warmup_days: 7, ..DRAW };
        let drawn = source().draw(&draw).unwrap();
        let first = FROM + Span::DAY * 10;
        assert_eq!(
            drawn.period,
            Period {
                from: first,
                measured_from: first + Span::DAY * 7,
                until: first + Span::DAY * 30
            }
        );
        for sessions in &drawn.sessions {
            let within = |session: &&Session| {
                first <= session.start && session.start < first + Span::DAY * 30
            };
            assert!(sessions.iter().filter(within).count() >= 8);
            assert!(sessions[0].start < first, "what was before is kept");
        }
        let none = source().draw(&Draw { from_day: 50, ..DRAW }).unwrap_err().to_string();
        assert!(none.contains("has 61 days") && none.contains("from day 64 on"), "{none}");
        let nobody = source().draw(&Draw { min_sessions: 999, ..DRAW }).unwrap_err();
        assert!(matches!(nobody, LabError::NobodyDrawn { min_sessions: 999 }));
    }

    #[test]
    fn only_whole_sessions_after_the_warm_up_are_measured() {
        let at = |hour: i64| FROM + Span::HOUR * hour;
        let period = Period { from: at(0), measured_from: at(24), until: at(48) };
        let measures = |a, b| period.measures(&Session { start: at(a), end: at(b) });
        assert!(measures(24, 25) && measures(47, 48));
        assert!(!measures(23, 25) && !measures(47, 49));
    }

    #[test]
    fn files_join_and_years_are_laid_side_by_side() {
        let week = 7 * 24;
        let near = Source::join(String::new(), vec![one("a", &[(1, 2)]), one("a", &[(50, 51)])]);
        assert_eq!(near.unwrap().trace, one("a", &[(1, 2), (50, 51)]));
        // Three hundred weeks and a day later, on a Tuesday: it stays a Tuesday.
        let far = one("b", &[(300 * week + 24 + 5, 300 * week + 24 + 6)]);
        let far = Source::join(String::new(), vec![one("a", &[(1, 2)]), far]).unwrap();
        let b = far.trace.iter().find(|(name, _)| *name == "b").unwrap().1;
        let moved = (b[0].start - FROM).ms() / Span::HOUR.ms();
        assert!(moved.rem_euclid(week) == 24 + 5 && moved.abs() <= week, "{moved}");
        let clash = Source::join(String::new(), vec![one("a", &[(1, 3)]), one("a", &[(2, 4)])]);
        assert!(matches!(clash, Err(LabError::Contradiction { name }) if name == "a"));
        assert!(matches!(Source::join(String::new(), Vec::new()), Err(LabError::EmptyTrace)));
    }
}
