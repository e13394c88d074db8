"""What the proxy tells the outside, looked at with tools that nobody here wrote.

schemathesis asks every public endpoint what its OpenAPI document allows and what it forbids;
icalendar reads the calendar. Expects the proxy's program in ALMANAC_PROXY.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

from icalendar import Calendar

MINUTE = 60_000
HOUR = 60 * MINUTE

# The access token of the proxy that is looked at.
TOKEN = ""

# Seconds for the parts of schemathesis that could go on for ever.
PATIENCE = 45


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        global TOKEN
        made = [os.environ["ALMANAC_PROXY"], "--state-dir", folder, "--new-token"]
        TOKEN = subprocess.run(made, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0]
        proxy = subprocess.Popen(
            [os.environ["ALMANAC_PROXY"], "--listen", "127.0.0.1:0", "--state-dir", folder,
             "--demo-speed", "1", "--quota", "demo=1000000/s"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "ALMANAC_LOG": "error"},
        )
        try:
            address = re.search(r"http://\S+?(?=/?$)", proxy.stdout.readline().strip())[0]
            base = address.rstrip("/")
            read_calendar(base)
            return ask_everything(base, Path(folder))
        finally:
            proxy.terminate()
            proxy.wait(timeout=20)


def call(url: str, body: dict | None = None) -> bytes:
    """GETs, or PUTs a body."""
    request = urllib.request.Request(url, method="PUT" if body else "GET")
    request.add_header("Authorization", f"Bearer {TOKEN}")
    if body:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def snapshot(now: int, windows: list[dict]) -> dict:
    """A snapshot in which one account is expected in these windows."""
    return {
        "made_at": now,
        "zone": {"name": "Europe/Berlin", "offset_s": 3600},
        "accounts": {
            "demo:mira.codes": {"standing": "offline", "windows": windows},
            "tiktok:some_one.else": {"standing": "live", "windows": windows[:1]},
        },
    }


def read_calendar(base: str) -> None:
    """The calendar holds what was handed in, and goes on from one snapshot to the next."""
    now = json.loads(call(f"{base}/api/v1/upstreams"))["clock"]["now"]
    windows = [
        {"from": now + hours * HOUR, "length": 50 * MINUTE, "probability": 0.8217}
        for hours in (5, 29, 53)
    ]
    call(f"{base}/api/v1/snapshot", snapshot(now, windows))
    first = events(call(f"{base}/calendar.ics"))
    assert len(first) == 4, first.keys()
    assert len(events(call(f"{base}/calendar.ics?account=demo:mira.codes"))) == 3

    windows[0]["from"] += 20 * MINUTE
    call(f"{base}/api/v1/snapshot", snapshot(now + 1, windows))
    second = events(call(f"{base}/calendar.ics"))
    assert first.keys() == second.keys(), "an event lost its name"
    for uid, before in first.items():
        after = second[uid]
        moved = after.decoded("dtstart") - before.decoded("dtstart")
        counted = int(after["sequence"]) - int(before["sequence"])
        assert (moved, counted) in [(timedelta(0), 0), (timedelta(minutes=20), 1)], uid
    assert sum(int(event["sequence"]) for event in second.values()) == 2
    print("icalendar: 4 events, each with a name that stays and a version that counts")


def events(text: bytes) -> dict[str, object]:
    """The events by their names, each checked for what RFC 5545 wants of it."""
    lines = text.split(b"\r\n")
    assert lines.pop() == b"" and all(len(line) <= 75 and b"\n" not in line for line in lines)
    calendar = Calendar.from_ical(text)
    assert calendar["version"] == "2.0" and calendar["prodid"] and calendar["x-wr-calname"]
    assert calendar.decoded("refresh-interval") == timedelta(hours=1)
    found = {}
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        assert start.tzinfo and start.utcoffset() == timedelta(0) and start < end
        assert event.decoded("dtstamp") <= datetime.now(timezone.utc) + timedelta(minutes=1)
        assert event["status"] == "TENTATIVE" and event["transp"] == "TRANSPARENT"
        assert "(82 %)" in event["summary"] and event["description"]
        found[str(event["uid"])] = event
    assert len(found) == len(calendar.walk("VEVENT")), "a name was given twice"
    return found


def ask_everything(base: str, folder: Path) -> int:
    """Runs schemathesis; nonzero where it finds something."""
    program = Path(sys.executable).with_name("st")
    asked = subprocess.run(
        [program, "--config-file", Path(__file__).with_name("schemathesis.toml"),
         "run", f"{base}/api/v1/openapi.json", "--max-time", str(PATIENCE)],
        cwd=folder, check=False, env={**os.environ, "ALMANAC_TOKEN": TOKEN},
    )
    return asked.returncode


if __name__ == "__main__":
    sys.exit(main())
