//! What is known of a platform and its names.

/// What is known of a platform.
pub(crate) struct Facts {
    /// As in identifiers, URLs and settings.
    pub(crate) word: &'static str,
    /// As people say it.
    pub(crate) name: &'static str,
    /// Which handles it gives out.
    pub(crate) alphabet: Alphabet,
    /// Host names of profile links, without `www.` or `m.`.
    pub(crate) hosts: &'static [&'static str],
    /// Where the handle is in such a link.
    pub(crate) profile: Profile,
    /// Where a person watches: a URL with `{}` for the handle.
    pub(crate) watched_at: Option<&'static str>,
    /// Some handles are ids.
    pub(crate) ids: Option<Ids>,
}

/// Handles that are ids, whose case matters.
#[derive(Clone, Copy)]
pub(crate) struct Ids {
    /// Where a person watches whom an id names: a URL with `{}` for it.
    pub(crate) watched_at: &'static str,
    /// Which handles are such.
    pub(crate) are: fn(&str) -> bool,
}

/// Which handles a platform gives out: ASCII digits, perhaps letters, and some punctuation.
pub(crate) struct Alphabet {
    pub(crate) letters: bool,
    pub(crate) punctuation: &'static str,
    pub(crate) longest: usize,
}

/// Where the handle is in the path of a profile link.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// `/handle`
    Bare,
    /// `/@handle`
    At,
    /// `/handle`, or after a word: `/word/handle`
    BareOrAfter(&'static str),
    /// `/@handle`, or after a word: `/word/handle`
    AtOrAfter(&'static str),
}

impl Facts {
    /// A platform without links, whose handles are at most 24 letters and digits.
    pub(crate) const fn of(word: &'static str, name: &'static str) -> Self {
        Self {
            word,
            name,
            alphabet: Alphabet { letters: true, punctuation: "", longest: 24 },
            hosts: &[],
            profile: Profile::Bare,
            watched_at: None,
            ids: None,
        }
    }

    /// Handles of letters, digits and this punctuation.
    pub(crate) const fn handles(self, punctuation: &'static str, longest: usize) -> Self {
        Self { alphabet: Alphabet { letters: true, punctuation, longest }, ..self }
    }

    /// Handles of digits alone.
    pub(crate) const fn numbers(self, longest: usize) -> Self {
        Self { alphabet: Alphabet { letters: false, punctuation: "", longest }, ..self }
    }

    /// Profile links on these hosts.
    pub(crate) const fn profiles(self, hosts: &'static [&'static str], profile: Profile) -> Self {
        Self { hosts, profile, ..self }
    }

    /// A person watches here.
    pub(crate) const fn watched_at(self, url: &'static str) -> Self {
        Self { watched_at: Some(url), ..self }
    }

    /// Some handles are ids.
    pub(crate) const fn ids(self, watched_at: &'static str, are: fn(&str) -> bool) -> Self {
        Self { ids: Some(Ids { watched_at, are }), ..self }
    }
}
