"""Asks a client that people use against the real Chzzk who is live on our fake one.

streamlink checks the shape and the types of every answer before it says who is live. It must come
to what the fake's own trace says.

Run by `cargo xtask test referee`, with requirements.txt installed and FAKE_TIKTOK naming the binary.
The fake's clock stands still (rate 0). The last moment is a test of the referee: the fake lies, and
every lie must show.
"""

import sys

from streamlink.exceptions import PluginError
from streamlink.plugins.chzzk import ChzzkAPI
from streamlink.session import Streamlink

import referee
from referee import ask_fake, fake_at, truth

NOBODY = "0" * 32


def verdict(api, channel):
    """What the client says: live or not, the broadcast's number, its title, whose it is."""
    try:
        kind, told = api.get_live_detail(channel)
    except PluginError as error:
        return f"not understood: {error}"
    if kind != "success" or told is None:
        return "nothing"
    media, status, number, name, _, title, _, _ = told
    return status, bool(media), number, title, name


def expected(person, now):
    """What it should say."""
    state, session = truth(person["sessions"], now)
    if session is None:
        return "nothing"
    is_open = state in (referee.LIVE, referee.PAUSED)
    number = int(session["room_id"][:8])
    return "OPEN" if is_open else "CLOSE", is_open, number, session["title"], person["account"]


def judge(url, label):
    """One moment: asks about everybody; gives (agreed, differed)."""
    http = Streamlink()
    http.http.trust_env = False
    api = ChzzkAPI(http)
    api._CHANNELS_LIVE_DETAIL_URL = url + "/service/v2/channels/{channel_id}/live-detail"
    now = ask_fake(url, "now")["now"]
    people = ask_fake(url, "trace")
    people.append({"account": "nobody", "handle": NOBODY, "sessions": []})
    agreed, differed = 0, 0
    for person in people:
        should, says = expected(person, now), verdict(api, person["handle"])
        agreed += should == says
        if should != says:
            differed += 1
            if label:
                print(f"  {person['account']}: should be {should!r}, the client says {says!r}")
    if label:
        print(f"Chzzk, {label}: {agreed} agree, {differed} differ")
    return agreed, differed


def lies_show(now):
    """The referee's own test: whoever has been live is denied, and that must show."""
    with fake_at(now) as url:
        ask_fake(url, "faults", b'[{"kind":"not_found_wave"}]')
        known = sum(truth(person["sessions"], now)[1] is not None for person in ask_fake(url, "trace"))
        _, differed = judge(url, None)
    print(f"Chzzk, {known} lies told, {differed} seen")
    return 0 < known == differed


def main():
    referee.TRACE += ["--site", "chzzk"]
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
