//! What the dialogs say, and what they take.

use almanac_engine::Target;
use almanac_engine::import::{Line, MOST_ACCOUNTS, Verdict};
use almanac_engine::view::UpstreamView;
use almanac_wire::{AccountError, AccountId, Platform, Span};

use super::times::span;
use crate::words::{self, add, list, now, settings, undo, welcome};

/// What became of pasted lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pasted {
    /// Accounts to follow.
    pub(crate) fresh: Vec<AccountId>,
    /// `12 new, 1 followed already, 2 not understood`.
    pub(crate) summary: String,
    /// The first lines that cannot be used: number, text, reason.
    pub(crate) problems: Vec<(usize, String, String)>,
    /// How many more there are.
    pub(crate) more: usize,
    /// Every line that cannot be used, as it was pasted.
    pub(crate) left: String,
    /// `New: hello, world, this and 2 more`.
    pub(crate) names: String,
    /// A word on new accounts that will not be checked.
    pub(crate) unserved: Option<String>,
}

/// Most problems that are listed one by one.
const MOST_PROBLEMS: usize = 50;
/// Most new accounts that are named.
const MOST_NAMED: usize = 4;
/// Most characters shown of one line.
const MOST_CHARACTERS: usize = 48;

/// A text about so many of something.
type Counted = fn(usize) -> String;

/// Sums up what [`almanac_engine::import::read`] made of a text.
pub(crate) fn pasted(lines: Vec<Line>, served: &[Platform]) -> Pasted {
    let mut pasted = Pasted::default();
    let (mut followed, mut repeated, mut no_room, mut wrong) = (0, 0, 0, 0);
    for Line { number, text, verdict } in lines {
        let reason = match verdict {
            Verdict::New(account) => {
                pasted.fresh.push(account);
                continue;
            }
            Verdict::Followed(_) => {
                followed += 1;
                continue;
            }
            Verdict::Repeated(_) => {
                repeated += 1;
                continue;
            }
            Verdict::NoRoom(_) => {
                no_room += 1;
                add::no_room(&words::number(MOST_ACCOUNTS))
            }
            Verdict::Wrong(error) => {
                wrong += 1;
                why(&error)
            }
        };
        if pasted.problems.len() < MOST_PROBLEMS {
            pasted.problems.push((number, shorten(&text), reason));
        } else {
            pasted.more += 1;
        }
        pasted.left.push_str(&text);
        pasted.left.push('\n');
    }
    let counted: [(usize, Counted); 5] = [
        (pasted.fresh.len(), add::fresh),
        (followed, add::followed),
        (repeated, add::repeated),
        (no_room, add::without_room),
        (wrong, add::not_understood),
    ];
    let told: Vec<String> =
        counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, say)| say(n)).collect();
    pasted.summary = list(&told);
    pasted.names = names(&pasted.fresh);
    pasted.unserved = unserved(&pasted.fresh, served);
    pasted
}

/// Who is new: a line of prose is read as accounts, too.
fn names(fresh: &[AccountId]) -> String {
    if fresh.is_empty() {
        return String::new();
    }
    let named: Vec<String> =
        fresh.iter().take(MOST_NAMED).map(|one| one.handle().to_owned()).collect();
    if let Some(more) = fresh.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        return add::new_and_more(more, &named.join(", "));
    }
    add::new_are(&list(&named))
}

fn unserved(fresh: &[AccountId], served: &[Platform]) -> Option<String> {
    let mut strangers: Vec<Platform> = fresh.iter().map(AccountId::platform).collect();
    strangers.retain(|one| !served.is_empty() && !served.contains(one));
    strangers.sort_unstable();
    let each = strangers.chunk_by(Platform::eq);
    let told = |of_one: &[Platform]| {
        of_one.first().map(|one| format!("{} ({})", one.name(), words::number(of_one.len())))
    };
    let told: Vec<String> = each.filter_map(told).collect();
    (!told.is_empty()).then(|| add::not_served(&list(&told)))
}

/// Why a line names no account.
fn why(error: &AccountError) -> String {
    match error {
        AccountError::Empty => add::error_empty().to_owned(),
        AccountError::UnknownPlatform(word) => {
            let known = Platform::ALL.map(|one| one.word().to_owned());
            add::error_unknown_platform(word, &list(&known))
        }
        AccountError::ShareLink(link) => add::error_share_link(link),
        AccountError::UnknownLink(link) => add::error_unknown_link(link),
        AccountError::IllegalCharacter { handle, found, platform } => {
            add::error_illegal_character(handle, &found.to_string(), platform.name())
        }
        AccountError::OnlyDots(handle) => add::error_only_dots(handle),
        AccountError::DotAtEnd { handle, platform } => {
            add::error_dot_at_end(handle, platform.name())
        }
        AccountError::TooLong { handle, longest, platform } => {
            add::error_too_long(handle, &words::number(*longest), platform.name())
        }
    }
}

fn shorten(text: &str) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(MOST_CHARACTERS).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// `Follow 12 accounts`.
pub(crate) fn follow_button(fresh: usize) -> String {
    match fresh {
        0 => add::follow().to_owned(),
        n => add::follow_accounts(n),
    }
}

/// What is told after some of the lines could be used.
pub(crate) fn problems_left(followed: usize, left: usize) -> String {
    let lines = add::lines_left(left);
    match followed {
        0 => lines,
        n => format!("{} {lines}", add::now_followed(n)),
    }
}

/// `You no longer follow mira.codes.`, and what goes with it, where anything does.
pub(crate) fn no_longer_followed(accounts: &[AccountId], records: bool) -> String {
    let said = match accounts {
        [one] => undo::no_longer_followed(one.handle()),
        many => undo::so_many_no_longer_followed(many.len()),
    };
    if records { undo::with_records(&said) } else { said }
}

/// `As often as the budget allows`, and what that means at present.
pub(crate) fn interval_choice(upstreams: &[UpstreamView], accounts: usize) -> String {
    let rounds: Vec<String> = upstreams
        .iter()
        .filter_map(|one| Some((one.platform, one.interval?)))
        .map(|(platform, interval)| match upstreams.len() {
            1 => settings::every(&span(interval)),
            _ => settings::platform_every(platform.name(), &span(interval)),
        })
        .collect();
    if rounds.is_empty() || accounts == 0 {
        return settings::even().to_owned();
    }
    settings::even_now(&list(&rounds), &now::accounts(accounts))
}

/// `98 of 100 broadcasts`.
pub(crate) fn target_choice(target: Target) -> String {
    settings::of_100_broadcasts(&target.percent().to_string())
}

/// Reads an interval in minutes.
///
/// # Errors
/// Says what is wrong with the text.
pub(crate) fn minutes(text: &str) -> Result<Span, String> {
    const MOST: u32 = 1440;
    match text.trim().parse::<u32>() {
        Ok(n @ 1..=MOST) => Ok(Span::MINUTE * i64::from(n)),
        Ok(0) => Err(settings::too_short().to_owned()),
        Ok(_) => Err(settings::too_long().to_owned()),
        Err(_) => Err(settings::no_number().to_owned()),
    }
}

/// An interval as [`minutes`] reads it.
pub(crate) fn minutes_of(interval: Span) -> String {
    (interval.ms() / Span::MINUTE.ms()).to_string()
}

/// `Follow the 12 demo streamers`.
pub(crate) fn follow_suggested(n: usize, demo: bool) -> String {
    if demo { welcome::follow_demo(n) } else { welcome::follow_suggested(n) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use almanac_engine::import::read;

    use super::*;

    fn read_in(text: &str) -> Pasted {
        let followed = BTreeSet::from(["tiktok:old".parse().unwrap()]);
        pasted(read(text, Platform::Tiktok, &followed), &[Platform::Tiktok])
    }

    #[test]
    fn every_kind_of_line_is_counted_and_nothing_is_lost() {
        let told = read_in("a\nb\nA\nold\nwr!ong\n  ?? \ndemo:x");
        assert_eq!(told.summary, "3 new, 1 followed already, 1 repeated, 2 not understood");
        assert_eq!(told.left, "wr!ong\n??\n");
        assert_eq!(told.problems[0].0, 5);
        assert_eq!(
            told.unserved.as_deref(),
            Some("Not served by this proxy, so kept but not checked: Demo (1).")
        );
        assert_eq!(read_in(""), Pasted::default());
    }

    #[test]
    fn who_is_new_is_named() {
        assert_eq!(read_in("mira, old").names, "New: mira");
        assert_eq!(read_in("hello world this is").names, "New: hello, world, this, is");
        let prose = read_in("hello world this is me");
        assert_eq!(prose.names, "New: hello, world, this, is and 1 more");
    }

    #[test]
    fn each_platform_that_is_not_served_has_its_own_count() {
        let told = read_in("twitch:ninja, kick:xqc, a, twitch:mira").unserved;
        let expected = "Not served by this proxy, so kept but not checked: Twitch (2), Kick (1).";
        assert_eq!(told.as_deref(), Some(expected));
        assert_eq!(read_in("a").unserved, None);
        // Which are served is not known yet.
        let lines = read("kick:xqc", Platform::Tiktok, &BTreeSet::new());
        assert_eq!(pasted(lines, &[]).unserved, None);
    }

    #[test]
    fn of_ten_thousand_problems_fifty_are_listed_and_all_are_kept() {
        let told = read_in(&"wr!ong\n".repeat(10_000));
        assert_eq!((told.problems.len(), told.more), (50, 9950));
        assert_eq!(told.left.lines().count(), 10_000);
        assert_eq!(told.summary, "10,000 not understood");
    }

    #[test]
    fn long_lines_are_shown_short() {
        let told = read_in(&"é ".repeat(4000));
        assert_eq!(told.problems[0].1.chars().count(), MOST_CHARACTERS + 1);
    }

    #[test]
    fn buttons_count() {
        assert_eq!(
            [0, 1, 12].map(follow_button),
            ["Follow", "Follow 1 account", "Follow 12 accounts"]
        );
        let gone = ["demo:a", "demo:b"].map(|id| id.parse().unwrap());
        assert_eq!(no_longer_followed(&gone[..1], false), "You no longer follow a.");
        assert_eq!(
            no_longer_followed(&gone, true),
            "You no longer follow 2 accounts. All records, tags and notes are deleted after \
             30 seconds."
        );
        assert_eq!(problems_left(12, 2), "12 accounts are now followed. 2 lines are left above.");
    }

    #[test]
    fn intervals_are_whole_minutes_within_a_day() {
        assert_eq!(minutes(" 20 "), Ok(Span::MINUTE * 20));
        assert_eq!(minutes("1440"), Ok(Span::DAY));
        for text in ["", "0", "1441", "-3", "2.5", "an hour", "99999999999"] {
            assert!(minutes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_budgets_interval_is_told_where_it_is_known() {
        let upstream = |platform, minutes| UpstreamView {
            platform,
            budget: Vec::new(),
            told: false,
            interval: Some(Span::MINUTE * minutes),
            suggestions: Vec::new(),
        };
        let one = [upstream(Platform::Tiktok, 120)];
        assert_eq!(
            interval_choice(&one, 10),
            "As often as the budget allows: now every 2 hr, with 10 accounts"
        );
        let two = [upstream(Platform::Demo, 1), upstream(Platform::Tiktok, 120)];
        assert!(interval_choice(&two, 1).contains("Demo every 1 min, TikTok every 2 hr"));
        assert_eq!(interval_choice(&[], 10), "As often as the budget allows");
    }
}
