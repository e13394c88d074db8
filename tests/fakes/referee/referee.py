"""Asks a client that people use against the real TikTok who is live on our fake one.

TikTokLive decides for itself, on all of its routes, who is live, paused, offline or unknown. It must
come to what the fake's own trace says. So the fake speaks as TikTok does at least as far as this
client listens.

Run by `cargo xtask test referee`, with requirements.txt installed and FAKE_TIKTOK naming the binary.
The fake's clock stands still (rate 0): so its boundaries can be asked for to the millisecond.
The last moment is a test of the referee: the fake lies, and every lie must show.
"""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

from TikTokLive import TikTokLiveClient
from TikTokLive.client.errors import AgeRestrictedError, UserNotFoundError, UserOfflineError
from TikTokLive.client.web.routes.fetch_is_live import MissingRoomIdInResponse
from TikTokLive.client.web.web_settings import WebDefaults

TRACE = ["--generate", "--accounts", "10", "--seed", "7", "--from", "2026-03-02T00:00:00Z", "--days", "14"]
NOBODY = "nobody_of_that_name"
UNKNOWN_ROOM = 123
MINUTE = 60_000

LIVE, PAUSED, ENDED, NEVER = "live", "paused", "ended", "never live"
STATUS = {2: LIVE, 3: PAUSED, 4: ENDED}

# No proxy of the environment may come between the referee and this machine.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def fake_at(moment):
    """A fake whose clock stands at a moment; gives its URL."""
    command = [os.environ["FAKE_TIKTOK"], *TRACE, "--clock", f"0,{moment},0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        words = process.stdout.readline().split()
        if not words:
            sys.exit("referee: the fake did not start")
        yield words[-1]
    finally:
        process.terminate()
        process.wait()


def ask_fake(url, path, body=None):
    """The fake's answer about itself."""
    request = urllib.request.Request(f"{url}/_fake/{path}", data=body, method="PUT" if body else "GET")
    with direct.open(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def truth(sessions, now):
    """The state at a moment, and the session it speaks of: the one on, or the last."""
    begun = [session for session in sessions if session["start"] <= now]
    if not begun:
        return NEVER, None
    last = max(begun, key=lambda session: session["start"])
    if last["end"] <= now:
        return ENDED, last
    pause = last["pause"]
    return (PAUSED if pause and pause["start"] <= now < pause["end"] else LIVE), last


async def verdict(awaitable):
    """What the client says, its refusals included."""
    try:
        return await awaitable
    except UserNotFoundError:
        return "not found"
    except UserOfflineError:
        return "offline"
    except AgeRestrictedError:
        return "no room"
    except MissingRoomIdInResponse:
        return "no such room"


async def verdicts(url, account, sessions, now):
    """Each question put to the client: (question, what it should say, what it says)."""
    state, session = truth(sessions, now)
    room = session and int(session["room_id"])
    on_air = state in (LIVE, PAUSED)
    web_kwargs = {"httpx_kwargs": {"trust_env": False}}
    client = TikTokLiveClient(unique_id=account, web_kwargs=web_kwargs)
    web = client.web

    async def room_info():
        info = await web.fetch_room_info(unique_id=account)
        start = info["create_time"] * 1000
        return STATUS[info["status"]], int(info["id_str"]), info["title"], start, info["owner"]["display_id"]

    never = session is None
    told = None if never else (state, room, session["title"], session["start"], account)
    questions = [
        ("is live", "not found" if never else on_air, client.is_live()),
        ("room by API", "not found" if never else room, web.fetch_room_id_from_api(account)),
        (
            "room by page",
            "not found" if never else str(room) if on_air else "offline",
            web.fetch_room_id_from_html(account),
        ),
        ("room info", "no room" if never else told, room_info()),
        (
            "room alive",
            "no such room" if never else on_air,
            web.fetch_is_live(room_id=UNKNOWN_ROOM if never else room),
        ),
    ]
    answers = [(question, expected, await verdict(said)) for question, expected, said in questions]
    await web.close()
    return answers


async def judge(url, label):
    """One moment: asks about everybody; gives (agreed, differed)."""
    WebDefaults.tiktok_app_url = url
    WebDefaults.tiktok_webcast_url = f"{url}/webcast"
    now = ask_fake(url, "now")["now"]
    people = {person["account"]: person["sessions"] for person in ask_fake(url, "trace")}
    people[NOBODY] = []
    states = [truth(sessions, now)[0] for sessions in people.values()]
    agreed, differences = 0, []
    for account, sessions in people.items():
        for question, expected, said in await verdicts(url, account, sessions, now):
            if said == expected and type(said) is type(expected):
                agreed += 1
            else:
                differences.append(f"  {account}: {question}: should be {expected!r}, the client says {said!r}")
    counts = ", ".join(f"{states.count(state)} {state}" for state in (LIVE, PAUSED, ENDED, NEVER))
    print(f"{label} ({counts}): {agreed} agree, {len(differences)} differ")
    return agreed, differences


def moments(people):
    """Moments worth asking at, by name."""
    sessions = [session for person in people for session in person["sessions"]]
    paused = next(session for session in sessions if session["pause"])
    rare = min((person["sessions"] for person in people if person["sessions"]), key=len)[0]
    on_air = lambda now: sum(session["start"] <= now < session["end"] for session in sessions)
    return {
        "before anybody was live": min(session["start"] for session in sessions) - 1,
        "the last moment before a start": rare["start"] - 1,
        "the first moment of a session": rare["start"],
        "the last moment of a session": rare["end"] - 1,
        "the first moment after a session": rare["end"],
        "the first moment of a pause": paused["pause"]["start"],
        "the first moment after a pause": paused["pause"]["end"],
        "when most are live": max((session["start"] + MINUTE for session in sessions), key=on_air),
        "after everything": max(session["end"] for session in sessions) + MINUTE,
    }


async def lies_show(now):
    """The referee's own test: what is bent must differ, and nothing else may."""
    with fake_at(now) as url:
        ask_fake(url, "faults", b'[{"kind":"not_found_wave"},{"kind":"alive_lies"}]')
        known = sum(truth(person["sessions"], now)[1] is not None for person in ask_fake(url, "trace"))
        ended = sum(truth(person["sessions"], now)[0] == ENDED for person in ask_fake(url, "trace"))
        never = len(ask_fake(url, "trace")) - known + 1
        _, differences = await judge(url, "while the fake lies")
    # Four routes deny those who have been live; the batch check revives the ended and the made-up.
    lies = 4 * known + ended + never
    print(f"  {lies} lies told, {len(differences)} seen")
    return lies > 0 and len(differences) == lies


async def main():
    with fake_at(0) as url:
        chosen = moments(ask_fake(url, "trace"))
    passed = failed = 0
    for label, now in chosen.items():
        with fake_at(now) as url:
            agreed, differences = await judge(url, label)
        for difference in differences:
            print(difference)
        passed += agreed
        failed += len(differences)
    seen = await lies_show(chosen["when most are live"])
    passed += seen
    failed += not seen
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
