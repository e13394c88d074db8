//! What is remembered of names, so that it is asked only now and then: numbers that the platform
//! knows them by, and that there is nobody of that name.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use almanac_wire::{Span, Timestamp};

/// How long a name's number is believed. Whoever is renamed or banned is noticed after that.
const FOUND_FOR: Span = Span::DAY;
/// How long it is believed that there is nobody of a name.
const NOBODY_FOR: Span = Span::HOUR;
/// Names beyond which those over are forgotten; beyond which all are, if none is.
const MOST: usize = 20_000;

/// Names and their numbers.
#[derive(Debug)]
pub(crate) struct Names<T>(Mutex<Told<T>>);

/// What was said of names, and until when it is believed.
type Told<T> = HashMap<Box<str>, (Option<T>, Timestamp)>;

/// What is known of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known<T> {
    /// Its number.
    As(T),
    /// There is nobody of that name.
    Nobody,
    /// Nothing, or nothing any more.
    Not,
}

impl<T: Clone + Eq + Hash> Names<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// What is known of a name at a moment.
    pub(crate) fn get(&self, name: &str, now: Timestamp) -> Known<T> {
        match self.held().get(name) {
            Some((told, until)) if now < *until => told.clone().map_or(Known::Nobody, Known::As),
            Some(_) | None => Known::Not,
        }
    }

    /// Remembers what was said of a name.
    pub(crate) fn learn(&self, name: &str, told: Option<T>, now: Timestamp) {
        let mut names = self.held();
        if names.len() >= MOST {
            names.retain(|_, (_, until)| now < *until);
            if names.len() >= MOST {
                names.clear();
            }
        }
        let lasts = if told.is_some() { FOUND_FOR } else { NOBODY_FOR };
        names.insert(name.into(), (told, now + lasts));
    }

    fn held(&self) -> MutexGuard<'_, Told<T>> {
        // Nothing under this lock can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_s(1_772_366_400);

    #[test]
    fn what_was_said_is_believed_for_a_while() {
        let names = Names::new();
        assert_eq!(names.get("mira", NOW), Known::Not);
        names.learn("mira", Some(7), NOW);
        names.learn("tomo", None, NOW);
        assert_eq!(names.get("mira", NOW + Span::HOUR), Known::As(7));
        assert_eq!(names.get("tomo", NOW), Known::Nobody);
        assert_eq!(names.get("tomo", NOW + Span::HOUR), Known::Not);
        assert_eq!(names.get("mira", NOW + Span::DAY), Known::Not);
        names.learn("mira", None, NOW);
        assert_eq!(names.get("mira", NOW), Known::Nobody);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let names = Names::new();
        for n in 0..MOST + 5 {
            names.learn(&n.to_string(), Some(n), NOW);
        }
        assert!(names.held().len() <= MOST);
        assert_eq!(names.get(&(MOST + 4).to_string(), NOW), Known::As(MOST + 4));
    }
}
