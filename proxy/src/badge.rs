//! `GET /badge/{platform}/{handle}.svg`: how an account stands, as a small picture for other pages.
//!
//! It brings everything it needs, has its own background, and so is legible on light and dark
//! pages. Its text does not depend on colour, and is read aloud.

mod draw;
mod width;

use std::sync::Arc;

use almanac_wire::snapshot::Standing;
use almanac_wire::{
    AccountForecast, AccountId, ForecastSnapshot, Platform, Refusal, Span, Timestamp,
};
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::error::Error;
use crate::proxy::Proxy;
use crate::snapshot::{Body, Freshness};
use draw::{Badge, Tone};

/// How an account stands, as a picture
///
/// Live, likely from a time on, or unknown. The time is that of the app's zone.
#[utoipa::path(get, path = "/badge/{platform}/{handle}.svg", tag = "forecasts",
    params(
        ("platform" = String, Path, description = "A platform's word"),
        ("handle" = String, Path, description = "A handle on that platform"),
    ),
    responses(
        (status = OK, description = "The picture", body = String, content_type = "image/svg+xml",
            headers(("etag" = String), ("almanac-snapshot-age" = i64), ("almanac-snapshot-stale" = bool), ("almanac-snapshot-zone" = String))),
        (status = NOT_MODIFIED, description = "It is what If-None-Match names"),
        (status = BAD_REQUEST, description = "No such platform, or no such handle there", body = Refusal),
        (status = NOT_FOUND, description = "No snapshot was handed in yet", body = Refusal),
    ))]
pub(crate) async fn badge(
    State(proxy): State<Arc<Proxy>>,
    Path((platform, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let Some(handle) = file.strip_suffix(".svg") else {
        return Err(Error::NotFound(format!("/badge/{platform}/{file}")));
    };
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(Error::BadRequest("there are no parameters here".to_owned()));
    }
    let platform: Platform = platform.parse().map_err(Error::UnknownPlatform)?;
    let account = AccountId::new(platform, handle).map_err(Error::BadAccount)?;
    let held = proxy.shelf().held().ok_or(Error::NoSnapshot)?;
    let now = proxy.clock().now();
    let freshness = Freshness::of(&held.snapshot, now);
    let drawn = describe(&account, &held.snapshot, freshness, now).draw();
    let body = Body { content_type: "image/svg+xml", bytes: drawn.into_bytes() };
    Ok(body.answer(&headers, &held.snapshot, freshness))
}

/// What the badge of an account says.
fn describe(
    account: &AccountId,
    snapshot: &ForecastSnapshot,
    freshness: Freshness,
    now: Timestamp,
) -> Badge {
    let forecast = snapshot.accounts().get(account);
    let (tone, mut text) = match forecast {
        Some(forecast) => standing(forecast, snapshot, freshness, now),
        None => (Tone::Quiet, "unknown".to_owned()),
    };
    if freshness.stale {
        text += &format!(" · {} old", in_words(freshness.age));
    }
    Badge { label: account.handle().to_owned(), text, tone }
}

fn standing(
    forecast: &AccountForecast,
    snapshot: &ForecastSnapshot,
    freshness: Freshness,
    now: Timestamp,
) -> (Tone, String) {
    let tone = |tone: Tone| if freshness.stale { Tone::Quiet } else { tone };
    let next = forecast.windows.iter().chain(&forecast.next_window);
    let next = next.filter(|window| window.until() > now).min_by_key(|window| window.from);
    match (forecast.standing, next) {
        (Standing::Live, _) if freshness.stale => (Tone::Quiet, "was live".to_owned()),
        (Standing::Live, _) => (Tone::Live, "live".to_owned()),
        (Standing::Offline | Standing::Unknown, Some(window)) => {
            let percent = window.probability.percent();
            let word = if percent >= 50 { "likely" } else { "maybe" };
            let time = local_time(snapshot, window.from, now);
            (tone(Tone::Likely), format!("{word} {time} {percent} %"))
        }
        (Standing::Offline, None) => (Tone::Quiet, "offline".to_owned()),
        (Standing::Unknown, None) => (Tone::Quiet, "unknown".to_owned()),
    }
}

/// The clock's time in the app's zone; with the day where that is not today.
fn local_time(snapshot: &ForecastSnapshot, at: Timestamp, now: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let local = |at: Timestamp| (at + snapshot.zone().offset_at(at)).ms();
    let (there, here, day) = (local(at), local(now), Span::DAY.ms());
    let minute = there.rem_euclid(day) / Span::MINUTE.ms();
    let clock = format!("{:02}:{:02}", minute / 60, minute % 60);
    if there.div_euclid(day) == here.div_euclid(day) {
        return clock;
    }
    // 1970 began on a Thursday.
    let weekday = usize::try_from(there.div_euclid(day).rem_euclid(7)).unwrap_or(0);
    format!("{} {clock}", DAYS.get(weekday).copied().unwrap_or_default())
}

/// Whole hours, or days from two days on.
fn in_words(age: Span) -> String {
    let hours = age.ms() / Span::HOUR.ms();
    if hours < 48 { format!("{hours} h") } else { format!("{} d", hours / 24) }
}

#[cfg(test)]
#[path = "badge/tests.rs"]
mod tests;
