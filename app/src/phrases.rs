//! Sentences for people: pure functions of what the engine says.
