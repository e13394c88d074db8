//! The past of a channel: recordings that Twitch keeps of its broadcasts, for one to eight weeks.

use almanac_wire::{AccountId, HowKnown, Outcome, PastSession, Span, Timestamp};
use serde_json::Value;

use super::Twitch;
use crate::history::{History, unlearned};
use crate::upstream::Purse;
use crate::upstream::names::Known;
use crate::upstream::payer::Payer;
use crate::upstream::reading::{Reply, bad_answer, data, room_id, start_rfc3339, title};

/// A recording that ends so shortly before now is taken for one that goes on.
const STILL_ON: Span = Span::from_s(900);
/// No broadcast is longer: Twitch ends them after two days.
const LONGEST: Span = Span::from_s(2 * 86_400);

impl Twitch {
    pub(super) async fn recall(&self, account: &AccountId, purse: &dyn Purse) -> History {
        let mut payer = Payer::new(purse);
        match self.videos(account.handle(), &mut payer).await {
            Ok(history) => history,
            Err(outcome) => unlearned(outcome),
        }
    }

    async fn videos(&self, login: &str, payer: &mut Payer<'_>) -> Result<History, Outcome> {
        if self.ids.get(login, self.clock.now()) == Known::Not {
            self.introduce(&[login], payer).await?;
        }
        let Known::As(id) = self.ids.get(login, self.clock.now()) else {
            return Ok(History::NotFound);
        };
        let query = [("user_id", &*id), ("type", "archive"), ("first", "100")];
        let answer = self.api.get(payer, ["helix", "videos"], &query).await?;
        read_videos(&answer.reply(), self.clock.now())
    }
}

/// The broadcasts that recordings are left of.
pub(crate) fn read_videos(reply: &Reply<'_>, now: Timestamp) -> Result<History, Outcome> {
    let rows = data(reply, now)?;
    let mut sessions = rows
        .iter()
        .filter(|row| row.get("type").and_then(Value::as_str).is_none_or(|kind| kind == "archive"))
        .map(|row| read_video(row, now).ok_or_else(|| bad_answer("a video without its times")))
        .collect::<Result<Vec<_>, _>>()?;
    sessions.retain(|session| session.end.is_some_and(|end| end + STILL_ON <= now));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.start));
    // Recordings are deleted after some weeks, or at any time, or not made: gaps prove nothing.
    Ok(History::Listed { sessions, complete_from: None })
}

fn read_video(row: &Value, now: Timestamp) -> Option<PastSession> {
    let start = start_rfc3339(row.get("created_at"), now)?;
    let length = duration(row.get("duration")?.as_str()?)?;
    Some(PastSession {
        start,
        end: Some(start + length),
        title: title(row.get("title")),
        id: room_id(row.get("stream_id")).or_else(|| room_id(row.get("id"))),
        known: HowKnown::Recording,
    })
}

/// `3h8m33s`.
fn duration(text: &str) -> Option<Span> {
    let mut seconds: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let unit_s = match after.chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let part = number.parse::<i64>().ok()?.checked_mul(unit_s)?;
        seconds = seconds.checked_add(part)?;
        rest = after.get(1..)?;
    }
    (!text.is_empty() && seconds <= LONGEST.ceil_s()).then(|| Span::from_s(seconds))
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
