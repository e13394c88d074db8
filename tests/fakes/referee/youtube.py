"""Asks clients that people use against the real YouTube which videos of our fake one are live.

google-api-python-client (with the description of the API that it carries) asks the Data API, and
feedparser reads the feeds. Both must come to what the fake's own trace says.

Run by `cargo xtask test referee`, with requirements.txt installed and FAKE_TIKTOK naming the binary.
The fake's clock stands still (rate 0). The last moment is a test of the referee: the fake lies, and
every lie must show.
"""

import sys
from datetime import datetime

import feedparser
import httplib2
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

import referee
from referee import ask_fake, direct, fake_at

KEY = "hush-fake-api-key"


def ms(text):
    """RFC 3339, as milliseconds since the Unix epoch."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def said(api, url, handle):
    """What the clients say of a channel: which broadcasts are on or over, to the second."""
    channels = api.channels().list(part="id", forHandle=handle).execute()["items"]
    if not channels:
        return "nobody"
    channel = channels[0]["id"]
    try:
        uploads = api.playlistItems().list(
            part="contentDetails", playlistId="UU" + channel[2:], maxResults=50
        ).execute()
    except HttpError as error:
        return error.error_details[0]["reason"]
    ids = {item["contentDetails"]["videoId"] for item in uploads["items"]}
    with direct.open(f"{url}/feeds/videos.xml?channel_id={channel}", timeout=10) as answer:
        feed = feedparser.parse(answer.read())
    if feed.bozo:
        return f"no feed: {feed.bozo_exception}"
    # The feed announces what is planned as well.
    ids |= {entry.yt_videoid for entry in feed.entries}
    if not ids:
        return []
    videos = []
    for some in (sorted(ids)[nth : nth + 50] for nth in range(0, len(ids), 50)):
        answer = api.videos().list(part="snippet,liveStreamingDetails", id=",".join(some)).execute()
        videos += answer["items"]
    broadcasts = []
    for video in videos:
        details, content = video.get("liveStreamingDetails", {}), video["snippet"]["liveBroadcastContent"]
        if "actualStartTime" in details:
            end = ms(details["actualEndTime"]) if content == "none" else "live"
            broadcasts.append((ms(details["actualStartTime"]), end, video["snippet"]["title"]))
        elif content == "upcoming":
            broadcasts.append((ms(details["scheduledStartTime"]), "planned", video["snippet"]["title"]))
    return sorted(broadcasts)[-15:]


def expected(person, now):
    """What they should say."""
    second = lambda moment: moment // 1000 * 1000
    sessions = []
    for session in person["sessions"]:
        planned = now < session["start"] <= now + 6 * 3600 * 1000
        if session["start"] <= now or planned:
            end = "planned" if planned else second(session["end"]) if session["end"] <= now else "live"
            sessions.append((second(session["start"]), end, session["title"]))
    return sorted(sessions)[-15:]


def judge(url, label):
    """One moment: asks about everybody; gives (agreed, differed)."""
    http = httplib2.Http(proxy_info=None)
    api = build(
        "youtube", "v3", developerKey=KEY, http=http, static_discovery=True, client_options={"api_endpoint": url}
    )
    now = ask_fake(url, "now")["now"]
    agreed = differed = 0
    for person in ask_fake(url, "trace") + [{"account": "nobody999", "handle": "nobody999", "sessions": None}]:
        should = "nobody" if person["sessions"] is None else expected(person, now)
        try:
            says = said(api, url, person["handle"])
        except OSError as error:
            says = f"not understood: {error}"
        agreed += should == says
        if should != says:
            differed += 1
            if label:
                print(f"  {person['account']}: should be {should!r}, the clients say {says!r}")
    if label:
        print(f"YouTube, {label}: {agreed} agree, {differed} differ")
    return agreed, differed


def lies_show(now):
    """The referee's own test: feeds that are not there must show."""
    with fake_at(now) as url:
        ask_fake(url, "faults", b'[{"kind":"not_found_wave"}]')
        people = len(ask_fake(url, "trace"))
        _, differed = judge(url, None)
    print(f"YouTube, {people} lies told, {differed} seen")
    return differed == people


def main():
    referee.TRACE += ["--site", "youtube"]
    with fake_at(0) as url:
        chosen = referee.moments(ask_fake(url, "trace"))
    passed = failed = 0
    for label, now in chosen.items():
        with fake_at(now) as url:
            agreed, differed = judge(url, label)
        passed += agreed
        failed += differed
    seen = lies_show(chosen["when most are live"])
    print(f"{passed + seen} passed, {failed + (not seen)} failed")
    return 1 if failed or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
