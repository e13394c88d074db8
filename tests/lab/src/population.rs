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
mod tests;
