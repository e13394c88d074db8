//! `GET /calendar.ics`: the predicted windows as a calendar that others subscribe to (RFC 5545,
//! RFC 7986).
//!
//! Each window is an event with a name of its own that stays with it from one snapshot to the
//! next, and a version that counts up when it moves. Events are tentative and block no time. There
//! is no `METHOD`, so that `DTSTAMP` is when an event last changed, and the same snapshot is the
//! same calendar, byte for byte.

use std::collections::BTreeSet;
use std::sync::Arc;

use almanac_wire::{AccountId, Refusal, Timestamp};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use crate::error::Error;
use crate::proxy::Proxy;
use crate::snapshot::{Appointment, Body, Freshness, Publication, accounts_of};

/// Minutes after which a subscriber should look again.
const REFRESH_MINUTES: i64 = 60;

/// The windows in which starts are to be expected, as a calendar
#[utoipa::path(get, path = "/calendar.ics", tag = "forecasts",
    params(("account" = Option<Vec<String>>, Query, description = "Only these, as platform:handle; may be repeated")),
    responses(
        (status = OK, description = "An iCalendar object (RFC 5545)", body = String, content_type = "text/calendar; charset=utf-8",
            headers(("etag" = String), ("almanac-snapshot-age" = i64), ("almanac-snapshot-stale" = bool), ("almanac-snapshot-zone" = String))),
        (status = NOT_MODIFIED, description = "It is what If-None-Match names"),
        (status = BAD_REQUEST, description = "A parameter is malformed or unknown", body = Refusal),
        (status = NOT_FOUND, description = "No snapshot was handed in yet", body = Refusal),
    ))]
pub(crate) async fn calendar(
    State(proxy): State<Arc<Proxy>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let wanted = accounts_of(query.as_deref())?;
    let held = proxy.shelf().held().ok_or(Error::NoSnapshot)?;
    let now = proxy.clock().now();
    let freshness = Freshness::of(&held.snapshot, now);
    let text = write(&held, wanted.as_ref(), freshness, now);
    let body = Body { content_type: "text/calendar; charset=utf-8", bytes: text.into_bytes() };
    Ok(body.answer(&headers, &held.snapshot, freshness))
}

fn write(
    held: &Publication,
    wanted: Option<&BTreeSet<AccountId>>,
    freshness: Freshness,
    now: Timestamp,
) -> String {
    let made_at = utc(held.snapshot.made_at()).format("%Y-%m-%d %H:%M UTC");
    let about = if freshness.stale {
        format!("Out of date: predicted on {made_at}, and not since.")
    } else {
        format!("When streamers are likely to go live, as of {made_at}.")
    };
    let mut calendar = Calendar::empty();
    for (name, text) in
        [("VERSION", "2.0"), ("PRODID", "-//Almanac//Almanac proxy//EN"), ("CALSCALE", "GREGORIAN")]
    {
        calendar.append_property(Property::new(name, text));
    }
    calendar
        .name("Almanac")
        .description(&about)
        .timezone(held.snapshot.zone().name())
        .ttl(&TimeDelta::minutes(REFRESH_MINUTES));
    for (account, appointments) in &held.appointments {
        if wanted.is_none_or(|wanted| wanted.contains(account)) {
            let to_come = appointments.iter().filter(|one| one.window.until() > now);
            calendar.extend(to_come.map(|one| event(account, one)));
        }
    }
    calendar.to_string()
}

fn event(account: &AccountId, one: &Appointment) -> Event {
    let percent = one.window.probability.percent();
    let (platform, handle) = (account.platform(), account.handle());
    let mut event = Event::new();
    event
        .uid(&format!("{}.{platform}.{handle}@almanac", one.key))
        .timestamp(utc(one.changed_at))
        .sequence(one.sequence)
        .starts(utc(one.window.from))
        .ends(utc(one.window.until()))
        .summary(&format!("{handle} may go live ({percent} %)"))
        .description(&format!(
            "With a probability of {percent} %, {handle} starts a broadcast on {} between the beginning and the end of \
             this entry. This is a prediction from past broadcasts, not an announcement.",
            platform.name()
        ))
        .status(EventStatus::Tentative)
        .add_property("TRANSP", "TRANSPARENT");
    if let Some(url) = account.watch_url() {
        event.url(&url);
    }
    event.done()
}

/// To the second, as calendars have it. A snapshot holds no times that a calendar cannot show.
fn utc(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(at.ms().div_euclid(1000), 0).unwrap_or_default()
}
