//! The simulated upstream behind a simulated proxy: says what the trace says, and counts.

use crate::prices::PriceWords;
use almanac_fakes::Session;
use almanac_wire::{
    AccountId, Broadcast, CheckResult, Outcome, Platform, Quotas, Reveals, Span, StatusReply,
    Timestamp, UpstreamInfo,
};

use crate::allowance::Allowance;
use crate::error::LabError;
use crate::meter::Meter;
use crate::population::Population;

/// From a request to its answer.
pub const LATENCY: Span = Span::from_ms(500);
/// From a request to the moment whose truth it is answered with.
pub const ARRIVAL: Span = Span::from_ms(250);
/// What an upstream without a budget is told to have: more than anybody uses.
const BOUNDLESS: &str = "20/s";
/// Before the index in the handles that accounts have inside the lab.
const PREFIX: &str = "lab";

/// What the upstream is like.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// What its answers give away.
    pub reveals: Reveals,
    /// Most accounts in one request.
    pub batch: u32,
    /// Its quotas; `None` for none to speak of.
    pub budget: Option<Quotas>,
    /// Sessions of so long before the run are imported at its beginning.
    pub imported: Span,
    /// What adaptive weighs against its requests.
    pub prices: PriceWords,
}

/// What the upstream showed of an account, by the index of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showed {
    /// On air with this session.
    Live(usize),
    /// Off air.
    Offline,
}

/// What the proxy did with a request.
#[derive(Debug)]
pub enum Treatment {
    /// Passed on; the upstream's answer comes later.
    Passed {
        /// What the upstream showed, in the order asked.
        showed: Vec<(usize, Showed)>,
        /// The answer, complete but for the budget.
        results: Vec<CheckResult>,
    },
    /// Refused: a quota has none left.
    Refused {
        /// When to come back.
        retry_after: Span,
    },
}

/// The proxy and the upstream behind it.
#[derive(Debug)]
pub struct Upstream<'a> {
    population: &'a Population,
    info: UpstreamInfo,
    allowance: Allowance,
    meter: Meter,
    /// For each account, how many of its sessions have begun.
    begun: Vec<usize>,
}

impl<'a> Upstream<'a> {
    /// Nobody asked yet.
    ///
    /// # Errors
    /// Never: the quotas of a boundless upstream are well formed.
    pub fn new(population: &'a Population, conditions: &Conditions) -> Result<Self, LabError> {
        let quotas = match &conditions.budget {
            Some(quotas) => quotas.clone(),
            None => BOUNDLESS.parse()?,
        };
        Ok(Self {
            population,
            info: UpstreamInfo {
                platform: Platform::Tiktok,
                batch: conditions.batch.max(1),
                reveals: conditions.reveals,
                quotas: quotas.clone(),
                budget: Vec::new(),
                suggestions: Vec::new(),
            },
            allowance: Allowance::new(quotas.clone()),
            meter: Meter::new(quotas),
            begun: vec![0; population.len()],
        })
    }

    /// What it tells of itself.
    #[must_use]
    pub fn info(&self) -> UpstreamInfo {
        self.info.clone()
    }

    /// Takes a request; requests come in order.
    ///
    /// # Errors
    /// When a quota is broken, or the request is not one that a proxy could understand.
    pub fn ask(&mut self, accounts: &[AccountId], now: Timestamp) -> Result<Treatment, LabError> {
        let most = usize::try_from(self.info.batch).unwrap_or(usize::MAX);
        if accounts.is_empty() || accounts.len() > most {
            return Err(LabError::misbehaviour(now, "it asked about nobody or more than a batch"));
        }
        if let Some(retry_at) = self.allowance.retry_at(now) {
            let retry_after = Span::from_s((retry_at - now).ceil_s());
            return Ok(Treatment::Refused { retry_after });
        }
        let arrival = now + ARRIVAL;
        self.meter.arrive(arrival)?;
        let mut showed = Vec::with_capacity(accounts.len());
        let mut results = Vec::with_capacity(accounts.len());
        for account in accounts {
            let index = index_of(account)
                .filter(|index| *index < self.population.len())
                .ok_or(LabError::misbehaviour(now, "it asked about an account nobody added"))?;
            let (shows, outcome) = self.look(index, arrival);
            showed.push((index, shows));
            results.push(CheckResult {
                account: account.clone(),
                asked_at: now,
                answered_at: now + LATENCY,
                outcome,
            });
        }
        Ok(Treatment::Passed { showed, results })
    }

    /// The reply as it leaves the proxy. Every request that was passed on has one, before the
    /// next is made.
    pub fn reply(&mut self, results: Vec<CheckResult>, now: Timestamp) -> StatusReply {
        self.allowance.spend(now);
        StatusReply { now, results, budget: self.allowance.state(now) }
    }

    fn look(&mut self, account: usize, at: Timestamp) -> (Showed, Outcome) {
        let sessions = &self.population.sessions[account];
        let begun = &mut self.begun[account];
        while sessions.get(*begun).is_some_and(|next| next.start <= at) {
            *begun += 1;
        }
        let last = begun.checked_sub(1).map(|index| (index, sessions[index]));
        match (last, self.info.reveals) {
            (Some((index, session)), reveals) if session.covers(at) => {
                let broadcast = match reveals {
                    Reveals::Nothing => Broadcast::default(),
                    Reveals::Start | Reveals::Last => marks(account, index, session),
                };
                (Showed::Live(index), Outcome::Live { broadcast })
            }
            (Some((index, session)), Reveals::Last) => {
                let last_broadcast = Some(marks(account, index, session));
                (Showed::Offline, Outcome::Offline { last_broadcast })
            }
            _ => (Showed::Offline, Outcome::Offline { last_broadcast: None }),
        }
    }
}

fn marks(account: usize, index: usize, session: Session) -> Broadcast {
    Broadcast {
        room_id: Some(format!("{account}-{index}")),
        started_at: Some(session.start),
        ..Broadcast::default()
    }
}

/// The account of an index, as the monitor knows it.
///
/// # Errors
/// When the index is beyond all names.
pub fn account_of(index: usize) -> Result<AccountId, LabError> {
    Ok(AccountId::new(Platform::Tiktok, &format!("{PREFIX}{index:06}"))?)
}

/// The index of an account.
#[must_use]
pub fn index_of(account: &AccountId) -> Option<usize> {
    account.handle().strip_prefix(PREFIX)?.parse().ok()
}

#[cfg(test)]
mod tests;
