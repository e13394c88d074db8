//! What a person wants for one account, over the head of any policy.

use serde::{Deserialize, Serialize};

use almanac_wire::{Span, Timestamp};

use crate::policy::{Planned, Reason};
use crate::zone::Zone;

/// However sure a policy is, no account waits longer than this for a check.
pub const LONGEST_GAP: Span = Span::DAY;

/// A stretch of every day on the local clock, in minutes after midnight. It may lie across
/// midnight; where both are equal it is the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyWindow {
    /// Its first minute, `0..1440`.
    pub from: u16,
    /// The minute after its last, `0..1440`.
    pub to: u16,
}

impl DailyWindow {
    /// Whether a moment lies inside.
    #[must_use]
    pub fn contains(self, at: Timestamp, zone: &Zone) -> bool {
        self.next(at, zone) == at
    }

    /// The first moment inside, from `at` on.
    #[must_use]
    pub fn next(self, at: Timestamp, zone: &Zone) -> Timestamp {
        let day = Span::DAY.ms();
        let local = (at + zone.offset_at(at)).ms().rem_euclid(day);
        let (from, to) = (minutes(self.from).ms() % day, minutes(self.to).ms() % day);
        let length = (to - from).rem_euclid(day);
        let since = (local - from).rem_euclid(day);
        if length == 0 || since < length {
            return at;
        }
        let next = at + Span::from_ms(day - since);
        // The clocks may change until then.
        next + (zone.offset_at(at) - zone.offset_at(next))
    }
}

fn minutes(n: u16) -> Span {
    Span::MINUTE * i64::from(n)
}

/// Most characters of a tag; more are cut off.
pub const LONGEST_TAG: usize = 40;
/// Most tags of an account; more are left out.
pub const MOST_TAGS: usize = 20;
/// Most characters of a note; more are cut off.
pub const LONGEST_NOTE: usize = 2000;

/// What a person wants to be told of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notify {
    /// That it is live.
    pub live: bool,
    /// That its broadcast is over.
    pub ended: bool,
    /// That it is likely to be live soon.
    pub soon: bool,
}

/// The policy that rules one account, whatever rules the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// One interval at every hour.
    Fixed,
    /// The roadmap's classes.
    Roadmap,
    /// Where a check is worth most.
    Adaptive,
}

/// One thing that a person asks for; the other wishes stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// No checks, or checks again.
    Pause(bool),
    /// A check as soon as can be.
    CheckNow,
    /// This interval and no other.
    Interval(Option<Span>),
    /// Checks in these hours only.
    Window(Option<DailyWindow>),
    /// What to be told of it; `None` for what is set for all.
    Notify(Option<Notify>),
    /// The zone it lives by, as the time zone database calls it.
    Zone(Option<String>),
    /// A note.
    Note(String),
    /// Its tags.
    Tags(Vec<String>),
    /// The policy that rules it; `None` for the one that rules all.
    Policy(Option<Ruling>),
}

/// What a person wants for one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// No checks until it is taken back.
    pub paused: bool,
    /// This interval and no other; a minute at least.
    pub interval: Option<Span>,
    /// Checks in these hours only.
    pub window: Option<DailyWindow>,
    /// A check as soon as can be; over once an answer from after this moment is in.
    pub check_now: Option<Timestamp>,
    /// What its sessions are worth, in percent of others': its share when requests are few.
    pub share: u16,
    /// No longer gap between two checks than this; a minute at least.
    pub longest_gap: Span,
    /// What to be told of it; `None` for what is set for all.
    pub notify: Option<Notify>,
    /// The zone it lives by, as the time zone database calls it; `None` for the viewer's.
    pub zone: Option<String>,
    /// What the person noted; at most [`LONGEST_NOTE`] characters.
    pub note: String,
    /// Its tags, in order, each once, without blanks around them; at most [`MOST_TAGS`].
    pub tags: Vec<String>,
    /// The policy that rules it; `None` for the one that rules all.
    pub policy: Option<Ruling>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            paused: false,
            interval: None,
            window: None,
            check_now: None,
            share: 100,
            longest_gap: LONGEST_GAP,
            notify: None,
            zone: None,
            note: String::new(),
            tags: Vec::new(),
            policy: None,
        }
    }
}

impl Wishes {
    /// By when an account has to be asked about; `None` where the person decides otherwise.
    pub(crate) fn bound(
        &self,
        asked_at: Option<Timestamp>,
        added_at: Timestamp,
    ) -> Option<Timestamp> {
        let decided = self.paused || self.interval.is_some() || self.window.is_some();
        let gap = self.longest_gap.max(Span::MINUTE);
        (!decided).then(|| asked_at.unwrap_or(added_at) + gap)
    }

    /// Grants one wish, asked for at `now`.
    pub fn grant(&mut self, wish: Wish, now: Timestamp) {
        match wish {
            Wish::Pause(paused) => self.paused = paused,
            Wish::CheckNow => self.check_now = Some(now),
            Wish::Interval(interval) => self.interval = interval.map(|one| one.max(Span::MINUTE)),
            Wish::Window(window) => self.window = window,
            Wish::Notify(notify) => self.notify = notify,
            Wish::Zone(zone) => self.zone = zone.filter(|name| !name.trim().is_empty()),
            Wish::Note(note) => self.note = cut(note.trim(), LONGEST_NOTE),
            Wish::Tags(tags) => self.tags = tidy(&tags),
            Wish::Policy(policy) => self.policy = policy,
        }
    }

    /// A policy's plan, bent to the person's will. `asked_at` is when the account was last asked
    /// about.
    pub(crate) fn bend(
        &self,
        planned: Option<Planned>,
        asked_at: Option<Timestamp>,
        zone: &Zone,
    ) -> Option<Planned> {
        if let Some(at) = self.check_now.filter(|at| asked_at.is_none_or(|asked| asked < *at)) {
            return Some(Planned { at, reason: Reason::Asked });
        }
        if self.paused {
            return None;
        }
        let Some(asked_at) = asked_at else { return planned };
        let mut bent = match (self.interval, planned) {
            (Some(interval), _) => {
                let at = asked_at + interval.max(Span::MINUTE);
                Planned { at, reason: Reason::Pinned }
            }
            (None, planned) => {
                let bound = asked_at + self.longest_gap.max(Span::MINUTE);
                planned
                    .filter(|planned| planned.at <= bound)
                    .unwrap_or(Planned { at: bound, reason: Reason::LongestGap })
            }
        };
        if let Some(window) = self.window {
            bent.at = window.next(bent.at, zone);
        }
        Some(bent)
    }
}

/// Tags in order, each once whatever its case, without empty ones.
fn tidy(tags: &[String]) -> Vec<String> {
    let mut tidied: Vec<String> = Vec::new();
    for tag in tags {
        let tag = cut(tag.trim(), LONGEST_TAG);
        let known = |other: &String| other.to_lowercase() == tag.to_lowercase();
        if !tag.is_empty() && !tidied.iter().any(known) && tidied.len() < MOST_TAGS {
            tidied.push(tag);
        }
    }
    tidied.sort_by_key(|tag| tag.to_lowercase());
    tidied
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn minute(m: i64) -> Timestamp {
        Timestamp::from_s(m * 60)
    }

    fn bent(wishes: &Wishes, planned: Option<i64>) -> Option<(i64, Reason)> {
        let planned = planned.map(|m| Planned { at: minute(m), reason: Reason::Plan });
        let bent = wishes.bend(planned, Some(minute(100)), &Zone::UTC)?;
        Some((bent.at.ms() / 60_000, bent.reason))
    }

    #[test]
    fn a_plan_stands_unless_somebody_wishes_otherwise() {
        assert_eq!(bent(&Wishes::default(), Some(160)), Some((160, Reason::Plan)));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let bound = Some((1540, Reason::LongestGap));
        assert_eq!(bent(&Wishes::default(), Some(2000)), bound);
        assert_eq!(bent(&Wishes::default(), None), bound, "whatever the policy thinks");
    }

    #[test]
    fn paused_accounts_are_left_alone_but_for_a_check_now() {
        let paused = Wishes { paused: true, ..Wishes::default() };
        assert_eq!(bent(&paused, Some(160)), None);
        let asked = Wishes { check_now: Some(minute(130)), ..paused.clone() };
        assert_eq!(bent(&asked, Some(160)), Some((130, Reason::Asked)));
        let done = Wishes { check_now: Some(minute(100)), ..paused };
        assert_eq!(bent(&done, Some(160)), None);
    }

    #[test]
    fn a_pinned_interval_counts_from_the_last_check() {
        let pinned = Wishes { interval: Some(Span::MINUTE * 20), ..Wishes::default() };
        assert_eq!(bent(&pinned, Some(500)), Some((120, Reason::Pinned)));
    }

    #[test]
    fn a_window_is_waited_for_also_across_midnight_and_on_the_local_clock() {
        let window = |from: u16, to: u16| DailyWindow { from: from * 60, to: to * 60 };
        let next = |window: DailyWindow, hour: i64, zone: &Zone| {
            (window.next(minute(hour * 60), zone) - minute(0)).hours()
        };
        for (hour, expected) in [(18, 19.0), (19, 19.0), (21, 21.0), (22, 43.0)] {
            assert_eq!(next(window(19, 22), hour, &Zone::UTC), expected);
        }
        for (hour, expected) in [(21, 22.0), (23, 23.0), (25, 25.0), (26, 46.0)] {
            assert_eq!(next(window(22, 2), hour, &Zone::UTC), expected);
        }
        assert_eq!(next(window(5, 5), 9, &Zone::UTC), 9.0);
        assert_eq!(next(window(19, 22), 15, &Zone::fixed(Span::HOUR * 2)), 17.0);
    }

    #[test]
    fn a_wish_changes_one_thing() {
        let mut wishes = Wishes { paused: true, ..Wishes::default() };
        wishes.grant(Wish::Interval(Some(Span::SECOND)), minute(0));
        wishes.grant(Wish::CheckNow, minute(5));
        let expected = Wishes {
            paused: true,
            interval: Some(Span::MINUTE),
            check_now: Some(minute(5)),
            ..Wishes::default()
        };
        assert_eq!(wishes, expected);
    }

    #[test]
    fn tags_and_notes_are_kept_tidy_and_short() {
        let mut wishes = Wishes::default();
        let tags = [" art ", "Art", "", "  ", "zoo", "Music"].map(str::to_owned).to_vec();
        wishes.grant(Wish::Tags(tags), minute(0));
        assert_eq!(wishes.tags, ["art", "Music", "zoo"]);
        let many = (0..99).map(|n| format!("{n:02}{}", "é".repeat(99))).collect();
        wishes.grant(Wish::Tags(many), minute(0));
        assert_eq!((wishes.tags.len(), wishes.tags[0].chars().count()), (MOST_TAGS, LONGEST_TAG));
        wishes.grant(Wish::Note(format!("  {}  ", "x".repeat(9999))), minute(0));
        assert_eq!(wishes.note.len(), LONGEST_NOTE);
        wishes.grant(Wish::Zone(Some("  ".into())), minute(0));
        assert_eq!(wishes.zone, None);
    }

    #[test]
    fn what_was_stored_before_there_were_so_many_is_read() {
        let stored = r#"{"paused":true,"interval":null,"window":null,"check_now":null,"share":100,"longest_gap":86400000}"#;
        let read: Wishes = serde_json::from_str(stored).unwrap();
        assert_eq!(read, Wishes { paused: true, ..Wishes::default() });
    }
}
