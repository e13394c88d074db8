mod reply;

#[cfg(any(test, fuzzing))]
pub(crate) use reply::read_reply;
