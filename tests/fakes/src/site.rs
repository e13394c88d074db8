//! Whose routes a fake has, and the question that a request asks there.

use almanac_wire::Timestamp;
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use crate::faults::Kind;
use crate::journal::{Answer, Told};
use crate::rng::number_of;
use crate::world::{Air, Broadcast, Person, World};
use crate::{bilibili, chzzk, euler, kick, plain, soop, tiktok, twitch, youtube};

/// Whose routes a fake has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Site {
    /// TikTok's web pages.
    #[default]
    Tiktok,
    /// Bilibili's batch route.
    Bilibili,
    /// Chzzk's details of a channel.
    Chzzk,
    /// SOOP's station.
    Soop,
    /// Twitch's Helix, and where it gives out tokens.
    Twitch,
    /// Kick's public API, and where it gives out tokens.
    Kick,
    /// YouTube's feeds and its Data API.
    Youtube,
    /// Euler Stream's room route.
    Euler,
    /// Nobody's: a small API of its own, for platforms from the settings file.
    Plain,
}

impl Site {
    /// Every site.
    pub const ALL: [Self; 9] = [
        Self::Tiktok,
        Self::Bilibili,
        Self::Chzzk,
        Self::Soop,
        Self::Twitch,
        Self::Kick,
        Self::Youtube,
        Self::Euler,
        Self::Plain,
    ];

    /// What the site calls somebody whom the trace calls `account`.
    pub(crate) fn handle(self, account: &str, user_id: &str) -> String {
        match self {
            Self::Tiktok | Self::Youtube | Self::Euler | Self::Plain => account.to_owned(),
            Self::Twitch => account.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
            Self::Kick => account.replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
            // Sixteen digits, as its newer ones have.
            Self::Bilibili => user_id.chars().take(16).collect(),
            Self::Chzzk => format!("{:016x}{:016x}", number_of(account, 2), number_of(account, 3)),
            Self::Soop => account.chars().filter(char::is_ascii_alphanumeric).collect(),
        }
    }
}

/// An answer, complete, and what it tells.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) told: Told,
}

/// What goes onto the wire.
pub(crate) type Words = (StatusCode, &'static str, String);

pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

/// A request, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// One of TikTok's own.
    Tiktok(tiktok::Ask),
    /// One of Twitch's.
    Twitch(twitch::Ask),
    /// One of Kick's.
    Kick(kick::Ask),
    /// One of YouTube's.
    Youtube(youtube::Ask),
    /// One of Euler Stream's.
    Euler(euler::Ask),
    /// Who of these is live? By the names that the site gives them.
    Who(Site, Vec<String>),
    /// On the right route, but without what it needs.
    Malformed(Site),
    /// On no route that we know.
    Elsewhere,
}

/// Somebody asked about: the name asked for, who that is, and the broadcast on or last.
pub(crate) struct Subject<'w> {
    pub(crate) handle: &'w str,
    pub(crate) person: Option<&'w Person>,
    pub(crate) broadcast: Option<&'w Broadcast>,
}

impl Subject<'_> {
    fn answer(&self, at: Timestamp) -> Answer {
        match (self.person, self.broadcast) {
            (None, _) => Answer::NotFound,
            (Some(_), Some(broadcast)) if broadcast.air(at) != Air::Ended => Answer::Live,
            (Some(_), _) => Answer::Offline,
        }
    }

    /// The broadcast that is on.
    pub(crate) fn on_air(&self, at: Timestamp) -> Option<&Broadcast> {
        self.broadcast.filter(|broadcast| broadcast.air(at) != Air::Ended)
    }
}

impl Question {
    /// A request that says nothing of who asks.
    #[cfg(test)]
    pub(crate) fn read(site: Site, method: &Method, uri: &Uri, body: &str) -> Self {
        Self::read_with(site, method, uri, &HeaderMap::new(), body)
    }

    pub(crate) fn read_with(
        site: Site,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &str,
    ) -> Self {
        let names = match site {
            Site::Tiktok => return Self::Tiktok(tiktok::Ask::read(method, uri, body)),
            Site::Twitch => return Self::Twitch(twitch::Ask::read(method, uri, headers, body)),
            Site::Kick => return Self::Kick(kick::Ask::read(method, uri, headers, body)),
            Site::Youtube => return Self::Youtube(youtube::Ask::read(method, uri, headers)),
            Site::Euler => return Self::Euler(euler::Ask::read(method, uri, headers)),
            Site::Bilibili => bilibili::names(method, uri, body),
            Site::Chzzk => chzzk::names(method, uri),
            Site::Soop => soop::names(method, uri),
            Site::Plain => plain::names(method, uri),
        };
        match names {
            None => Self::Elsewhere,
            Some(names) if names.is_empty() => Self::Malformed(site),
            Some(names) => Self::Who(site, names),
        }
    }

    /// Lies are told where they have been heard; all else can happen anywhere.
    pub(crate) const fn hears(&self, kind: Kind) -> bool {
        match self {
            Self::Tiktok(ask) => tiktok::hears(ask, kind),
            Self::Twitch(ask) => ask.hears(kind),
            Self::Kick(ask) => ask.hears(kind),
            Self::Youtube(ask) => ask.hears(kind),
            Self::Euler(ask) => ask.hears(kind),
            Self::Who(..) => !matches!(
                kind,
                Kind::Restricted | Kind::AliveLies | Kind::Unauthorized | Kind::Revoked
            ),
            Self::Malformed(_) | Self::Elsewhere => !matches!(
                kind,
                Kind::Restricted
                    | Kind::AliveLies
                    | Kind::NotFoundWave
                    | Kind::Machine
                    | Kind::Unauthorized
                    | Kind::Revoked
            ),
        }
    }

    /// When the token it comes with was given out.
    pub(crate) const fn token(&self) -> Option<Timestamp> {
        match self {
            Self::Twitch(ask) => ask.token,
            Self::Kick(ask) => ask.token,
            Self::Tiktok(_)
            | Self::Youtube(_)
            | Self::Euler(_)
            | Self::Who(..)
            | Self::Malformed(_)
            | Self::Elsewhere => None,
        }
    }

    /// The true answer at a moment, bent by those faults that are said in the site's own words.
    pub(crate) fn reply(&self, world: &World, at: Timestamp, bend: Option<Kind>) -> Reply {
        match self {
            Self::Tiktok(ask) => tiktok::reply(world, ask, at, bend),
            Self::Twitch(ask) => twitch::reply(world, ask, at, bend),
            Self::Kick(ask) => kick::reply(world, ask, at, bend),
            Self::Youtube(ask) => youtube::reply(world, ask, at, bend),
            Self::Euler(ask) => euler::reply(world, ask, at, bend),
            Self::Who(site, names) => who(world, *site, names, at, bend),
            Self::Malformed(site) => refused(at, bend, malformed(*site)),
            Self::Elsewhere => {
                refused(at, bend, (StatusCode::NOT_FOUND, HTML, "<h1>Not Found</h1>".to_owned()))
            }
        }
    }
}

/// Those asked about, by the site's names for them.
pub(crate) fn subjects<'w>(
    world: &'w World,
    names: &'w [String],
    at: Timestamp,
) -> Vec<Subject<'w>> {
    let subject = |handle: &'w String| {
        let person = world.person_called(handle);
        let broadcast = person.and_then(|person| person.latest(at));
        Subject { handle, person, broadcast }
    };
    names.iter().map(subject).collect()
}

/// What an answer about them tells. About nobody, it was refused or is a batch of none.
pub(crate) fn told(subjects: &[Subject<'_>], at: Timestamp, bend: Option<Kind>) -> Told {
    let answer = match subjects {
        [only] => only.answer(at),
        _ => Answer::Batch,
    };
    let only = subjects.first().filter(|_| subjects.len() == 1);
    Told {
        truth_at: at,
        account: only.map(|subject| {
            subject.person.map_or_else(|| subject.handle.to_owned(), |p| p.account.clone())
        }),
        answer: bend.map_or(answer, Answer::Fault),
        room_id: only.and_then(|subject| Some(subject.broadcast?.room_id.clone())),
        started_at: only.and_then(|subject| Some(subject.broadcast?.session.start)),
    }
}

fn who(world: &World, site: Site, names: &[String], at: Timestamp, bend: Option<Kind>) -> Reply {
    let subjects = subjects(world, names, at);
    let told = told(&subjects, at, bend);
    let shown = if bend == Some(Kind::NotFoundWave) {
        subjects.into_iter().map(|s| Subject { person: None, broadcast: None, ..s }).collect()
    } else {
        subjects
    };
    let machine = bend == Some(Kind::Machine);
    let (status, content_type, body) = match site {
        // These have questions of their own and never come here.
        Site::Tiktok | Site::Twitch | Site::Kick | Site::Youtube | Site::Euler => {
            (StatusCode::NOT_FOUND, TEXT, "Not Found".to_owned())
        }
        Site::Bilibili if machine => bilibili::machine(),
        Site::Bilibili => bilibili::words(&shown, at),
        Site::Chzzk if machine => chzzk::machine(),
        Site::Chzzk => chzzk::words(shown.first(), at),
        Site::Soop if machine => soop::machine(),
        Site::Soop => soop::words(shown.first(), at),
        Site::Plain if machine => plain::machine(),
        Site::Plain => plain::words(shown.first(), at),
    };
    Reply { status, content_type, body, told }
}

fn malformed(site: Site) -> Words {
    match site {
        Site::Bilibili => bilibili::malformed(),
        Site::Tiktok
        | Site::Chzzk
        | Site::Soop
        | Site::Twitch
        | Site::Kick
        | Site::Youtube
        | Site::Euler
        | Site::Plain => (StatusCode::BAD_REQUEST, TEXT, "Bad Request".to_owned()),
    }
}

fn refused(at: Timestamp, bend: Option<Kind>, words: Words) -> Reply {
    let told = Told {
        truth_at: at,
        account: None,
        answer: bend.map_or(Answer::Refused, Answer::Fault),
        room_id: None,
        started_at: None,
    };
    let (status, content_type, body) = words;
    Reply { status, content_type, body, told }
}

/// `2026-03-01 21:00:00` by Korean clocks.
pub(crate) fn in_korea(moment: Timestamp) -> String {
    let zone = chrono::FixedOffset::east_opt(9 * 3600);
    let utc = chrono::DateTime::from_timestamp_millis(moment.ms());
    utc.zip(zone)
        .map(|(utc, zone)| utc.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}
