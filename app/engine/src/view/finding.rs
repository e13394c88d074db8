//! Which accounts the Now screen shows, and in which order.

use almanac_wire::{AccountId, Timestamp};

use super::{Row, Standing, order};

/// What a person looks for. By default everything is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that all have to occur in an account's name, platform, title or tags.
    pub words: String,
    /// The tag it must have.
    pub tag: Option<String>,
    /// The state it must be in.
    pub show: Show,
    /// What decides the order.
    pub sort: Sort,
}

/// A state to look for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Whatever it is.
    #[default]
    All,
    /// On air.
    Live,
    /// Off air.
    Offline,
    /// Nothing is known at present.
    Unknown,
    /// No check has told anything yet.
    Unchecked,
    /// There is no such account.
    NotFound,
    /// Not checked, because a person wants so.
    Paused,
}

/// What decides the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The Now screen's own: see [`order`].
    #[default]
    Likely,
    /// The next check first.
    Check,
    /// The latest broadcast first.
    LastLive,
    /// The most broadcasts in four weeks first.
    Often,
}

impl Show {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::All,
        Self::Live,
        Self::Offline,
        Self::Unknown,
        Self::Unchecked,
        Self::NotFound,
        Self::Paused,
    ];
}

impl Sort {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Likely, Self::Check, Self::LastLive, Self::Often];
}

impl Search {
    /// Whether everything is found.
    #[must_use]
    pub fn finds_all(&self) -> bool {
        self.words.trim().is_empty() && self.tag.is_none() && self.show == Show::All
    }

    /// Whether it finds an account.
    #[must_use]
    pub fn finds(&self, row: &Row) -> bool {
        let state = match (self.show, &row.standing) {
            (Show::All, _) => true,
            (Show::Paused, _) => row.paused,
            (Show::Live, Standing::Live { .. })
            | (Show::Offline, Standing::Offline { .. })
            | (Show::Unknown, Standing::Unknown { .. })
            | (Show::Unchecked, Standing::New)
            | (Show::NotFound, Standing::NotFound { .. }) => true,
            (Show::Live | Show::Offline | Show::Unknown | Show::Unchecked | Show::NotFound, _) => {
                false
            }
        };
        state
            && self.tag.as_ref().is_none_or(|tag| row.tags.contains(tag))
            && self.words.split_whitespace().all(|word| says(row, &word.to_lowercase()))
    }

    /// What an account is sorted by; the smaller, the earlier.
    #[must_use]
    pub fn key(&self, row: &Row) -> (u8, i64, AccountId) {
        let (group, within, account) = order(row);
        match self.sort {
            Sort::Likely => (group, within, account),
            Sort::Check => (0, row.next_check.map_or(i64::MAX, Timestamp::ms), account),
            Sort::LastLive => (0, last_live(row).map_or(i64::MAX, |at| -at.ms()), account),
            Sort::Often => (0, -i64::from(row.recent), account),
        }
    }
}

fn says(row: &Row, word: &str) -> bool {
    let platform = row.account.platform();
    let title = match &row.standing {
        Standing::Live { title, .. } => title.as_deref(),
        Standing::New
        | Standing::Offline { .. }
        | Standing::NotFound { .. }
        | Standing::Unknown { .. } => None,
    };
    let texts = [row.account.handle(), platform.name(), platform.word()];
    let mut texts = texts.into_iter().chain(title).chain(row.tags.iter().map(String::as_str));
    texts.any(|text| text.to_lowercase().contains(word))
}

/// When it was live last, as far as the row tells.
fn last_live(row: &Row) -> Option<Timestamp> {
    match &row.standing {
        Standing::Live { .. } => Some(Timestamp::from_ms(i64::MAX)),
        Standing::Offline { last_start, last_end } => {
            last_end.or(*last_start).map(|interval| interval.latest())
        }
        Standing::New | Standing::NotFound { .. } | Standing::Unknown { .. } => {
            row.bars.last().map(|bar| bar.sure_until)
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::session::Interval;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_s(1_780_000_000 + minutes * 60)
    }

    fn row(account: &str, standing: Standing) -> Row {
        Row {
            account: account.parse().unwrap(),
            standing,
            next_check: None,
            unserved: false,
            why: None,
            expected: None,
            checked_at: None,
            bars: Vec::new(),
            ticks: Vec::new(),
            tags: Vec::new(),
            paused: false,
            recent: 0,
        }
    }

    fn live(account: &str) -> Row {
        let start = Interval::exact(at(0));
        row(account, Standing::Live { start, title: Some("Baking BREAD".into()), viewers: None })
    }

    fn ended(account: &str, minutes: i64) -> Row {
        let end = Some(Interval::exact(at(minutes)));
        row(account, Standing::Offline { last_start: None, last_end: end })
    }

    #[test]
    fn all_words_have_to_occur_somewhere() {
        let mut mira = live("tiktok:mira");
        mira.tags = vec!["Friends".into()];
        let finds = |words: &str| Search { words: words.into(), ..Search::default() }.finds(&mira);
        for words in ["", "  ", "MIR", "tikTok", "bread mira", "friend", "mira friends bread"] {
            assert!(finds(words), "{words}");
        }
        assert!(!finds("mira nobody"));
    }

    #[test]
    fn states_and_tags_narrow_it_down() {
        let mut paused = ended("tiktok:ben", 3);
        paused.paused = true;
        paused.tags = vec!["work".into()];
        let shown = |show, row: &Row| Search { show, ..Search::default() }.finds(row);
        assert!(shown(Show::Live, &live("tiktok:mira")) && !shown(Show::Live, &paused));
        assert!(shown(Show::Offline, &paused) && shown(Show::Paused, &paused));
        assert!(!shown(Show::Unknown, &paused) && !shown(Show::Paused, &live("tiktok:mira")));
        let tagged = |tag: &str| Search { tag: Some(tag.into()), ..Search::default() };
        assert!(tagged("work").finds(&paused) && !tagged("wor").finds(&paused));
        assert!(Search::default().finds_all() && !tagged("work").finds_all());
    }

    #[test]
    fn each_order_has_its_own_first() {
        let mut often = ended("tiktok:a", 5);
        often.recent = 20;
        let late = ended("tiktok:b", 60);
        let mut soon = row("tiktok:c", Standing::New);
        soon.next_check = Some(at(1));
        let all = [often, late, soon];
        let first = |sort| {
            let search = Search { sort, ..Search::default() };
            let first = all.iter().min_by_key(|row| search.key(row)).unwrap();
            first.account.handle().to_owned()
        };
        assert_eq!(Sort::ALL.map(first), ["a", "c", "b", "a"]);
    }
}
