// What checks can see, worked out from the trace and from what the fake was asked and answered:
// nothing of the app or the proxy is used here.

import assert from 'node:assert/strict';

/** Every broadcast of the trace by its room. */
function rooms(trace) {
  const byRoom = new Map();
  for (const { account, sessions } of trace) {
    for (const session of sessions) byRoom.set(session.room_id, { account, ...session });
  }
  return byRoom;
}

/**
 * Holds the recorded sessions against the trace: none missing, none invented, none split, every
 * start and end inside its interval, none open that a check has found over.
 *
 * `doubtful(request)` tells which answers may have been lost with a killed browser: the sessions
 * that only they showed may be there or not.
 */
export function hold(recorded, trace, requests, doubtful = () => false) {
  const byRoom = rooms(trace);
  const answers = requests.filter(({ answer }) => answer === 'live' || answer === 'offline');
  const shown = new Set(answers.filter(({ room_id }) => room_id).map(({ room_id }) => room_id));
  const sure = answers.filter((request) => !doubtful(request));
  const certain = new Set(sure.filter(({ room_id }) => room_id).map(({ room_id }) => room_id));
  const seenLive = new Set(
    sure.filter(({ answer }) => answer === 'live').map(({ room_id }) => room_id),
  );

  const byRecordedRoom = new Map();
  for (const session of recorded) {
    assert.ok(session.room_id, `a session without a room: ${JSON.stringify(session)}`);
    assert.ok(!byRecordedRoom.has(session.room_id), `split: ${JSON.stringify(session)}`);
    byRecordedRoom.set(session.room_id, session);
    assert.ok(shown.has(session.room_id), `invented: ${JSON.stringify(session)}`);
  }
  for (const room of certain) {
    assert.ok(byRecordedRoom.has(room), `missing: ${JSON.stringify(byRoom.get(room))}`);
  }

  let open = 0;
  for (const session of recorded) {
    const truth = byRoom.get(session.room_id);
    const about = `${JSON.stringify(session)} against ${JSON.stringify(truth)}`;
    assert.equal(session.account, `tiktok:${truth.account}`, about);
    assert.ok(session.start.earliest <= truth.start && truth.start <= session.start.latest, `start: ${about}`);
    if (seenLive.has(session.room_id)) assert.equal(session.known_by, 'seen', about);
    if (session.end.over) {
      const { earliest, latest } = session.end.over;
      assert.ok(earliest <= truth.end && truth.end <= latest, `end: ${about}`);
    } else {
      open += 1;
      assert.ok(session.end.open.last_seen <= truth.end, `end: ${about}`);
      const later = sure.find(({ account, truth_at }) => account === truth.account && truth_at >= truth.end);
      assert.ok(!later, `left open: ${about} although ${JSON.stringify(later)}`);
    }
  }
  return { recorded: recorded.length, seen: seenLive.size, revealed: certain.size - seenLive.size, open };
}
