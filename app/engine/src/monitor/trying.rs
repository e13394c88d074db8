//! The monitor's trials: what answers tell them, what a person asks of them, and the way back.

use almanac_wire::{AccountId, Reveals, Timestamp};

use super::Monitor;
use super::message::{Change, LogEntry, LogWhat};
use crate::checks::CheckDay;
use crate::track::Track;
use crate::trial::{
    Arm, Cause, Fallen, Follow, Guard, Heard, Ruler, Step, Trial, TrialNews, TrialOrder, TrialsView,
};
use crate::wishes::Ruling;

impl Monitor {
    /// What trials have come to.
    #[must_use]
    pub fn trials(&self) -> TrialsView {
        let follows = self.entries.values().filter_map(|entry| entry.follow.as_deref());
        self.trials.view(follows, self.policy.arm().unwrap_or(Arm::Fixed))
    }

    /// What a person asks of trials.
    pub(super) fn try_out(&mut self, order: TrialOrder) {
        let mut changes = Vec::new();
        let running = self.trials.running().is_some();
        let news = match order {
            TrialOrder::Begin(design) if self.policy.arm().is_some() => {
                let before = self.trials.trial.as_ref().map_or(0, |trial| trial.number);
                self.trials.trial = Some(Trial::begin(before + 1, design, self.now));
                for entry in self.entries.values_mut() {
                    entry.follow = None;
                }
                Some(TrialNews::Began)
            }
            TrialOrder::Begin(_) => None,
            TrialOrder::End => {
                self.end_trial();
                running.then_some(TrialNews::Ended)
            }
            TrialOrder::RollBack => self.fall_back(Cause::Person),
            TrialOrder::Resume => {
                let fallen = self.trials.fallen.take();
                self.trials.guard = Guard::default();
                fallen.map(|_| TrialNews::Resumed)
            }
        };
        changes.extend(news.map(|news| self.told(news)));
        changes.push(Change::Trials(Box::new(self.trials.clone())));
        self.rule_anew();
        self.save(changes);
    }

    /// Plans anew by whoever rules now.
    pub(super) fn rule_anew(&mut self) {
        self.policy.mix(self.trials.mixed());
        self.plan_all();
    }

    fn end_trial(&mut self) {
        let now = self.now;
        if let Some(trial) = self.trials.trial.as_mut().filter(|trial| trial.ended_at.is_none()) {
            trial.ended_at = Some(now);
        }
    }

    /// Back to the fixed interval.
    fn fall_back(&mut self, cause: Cause) -> Option<TrialNews> {
        if self.trials.fallen.is_some() {
            return None;
        }
        self.trials.fallen = Some(Fallen { at: self.now, cause });
        self.end_trial();
        Some(TrialNews::FellBack(cause))
    }

    const fn told(&self, news: TrialNews) -> Change {
        Change::Log(LogEntry::new(self.now, LogWhat::Trial(news)))
    }

    /// The probability to be live that the forecast gives an account at a moment, where the
    /// adaptive policy goes by it.
    pub(super) fn said(&self, account: &AccountId, at: Timestamp) -> Option<f64> {
        let entry = self.entries.get(account)?;
        let adaptive = match (entry.arm(&self.trials, self.now), entry.track.wishes.policy) {
            (Some(arm), _) => arm == Arm::Adaptive,
            (None, Some(named)) => named == Ruling::Adaptive,
            (None, None) => self.policy.arm()? == Arm::Adaptive,
        };
        let (asked_at, outlook) = self.outlook(account)?;
        adaptive.then(|| outlook.live_at(asked_at, at))
    }

    /// Holds a forecast against what a check found.
    pub(super) fn guard(&mut self, said: f64, live: bool) -> Vec<Change> {
        let cause = self.trials.guard.note(said, live);
        let news = cause.and_then(|cause| self.fall_back(cause));
        let mut changes = vec![Change::Trials(Box::new(self.trials.clone()))];
        if let Some(news) = news {
            changes.push(self.told(news));
            self.rule_anew();
        }
        changes
    }

    /// Tells the trial that runs what an answer told.
    pub(super) fn follow(
        &mut self,
        before: &Track,
        result: &almanac_wire::CheckResult,
        consequences: &crate::track::Consequences,
        part: f64,
        reveals: Reveals,
    ) -> Option<Change> {
        let trial = self.trials.running()?;
        let arm = self.policy.arm()?;
        let entry = self.entries.get_mut(&result.account)?;
        if entry.track.wishes.policy.is_some() {
            // A person decided: there is nothing to try.
            return None;
        }
        let platform = result.account.platform();
        let upstream = self.upstreams.iter().find(|one| one.info.platform == platform)?;
        let follow = entry.follow.take().filter(|follow| follow.trial == trial.number);
        let mut follow = follow.unwrap_or_else(|| {
            Box::new(Follow::new(result.account.clone(), trial, result.asked_at))
        });
        let due = entry.planned.is_some_and(|planned| planned.at <= result.asked_at);
        let heard = Heard {
            before,
            result,
            consequences,
            part,
            reveals,
            audit: entry.instead.filter(|_| due),
        };
        let ruler = Ruler {
            policy: self.policy.as_ref(),
            around: upstream.surroundings(),
            subject: entry.subject(&self.trials, self.now),
            clock: self.zones.clock(&entry.track.wishes),
            arm,
        };
        follow.hear(trial, ruler, &heard);
        let change = Change::Follow(follow.clone());
        entry.follow = Some(follow);
        Some(change)
    }

    /// Weighs, once a day, whether the adaptive policy's share may grow.
    pub(super) fn weigh_trial(&mut self) -> Vec<Change> {
        let today = CheckDay::day_of(self.now);
        let Some(trial) = self.trials.running() else { return Vec::new() };
        if self.trials.weighed_on >= today {
            return Vec::new();
        }
        let follows: Vec<&Follow> =
            self.entries.values().filter_map(|entry| entry.follow.as_deref()).collect();
        let rules = self.policy.arm().unwrap_or(Arm::Fixed);
        let step = trial.weigh(trial.more_caught(&follows, rules), self.now);
        self.trials.weighed_on = today;
        let news = match step {
            Some(Step::Back) => self.fall_back(Cause::Worse),
            Some(Step::On(share)) => {
                let now = self.now;
                if let Some(trial) = &mut self.trials.trial {
                    (trial.share, trial.share_since) = (share, now);
                }
                Some(TrialNews::Share(share))
            }
            None => None,
        };
        let mut changes = vec![Change::Trials(Box::new(self.trials.clone()))];
        if let Some(news) = news {
            changes.push(self.told(news));
            self.rule_anew();
        }
        changes
    }
}
