// The same replay with the browser killed at random moments.

import assert from 'node:assert/strict';
import test from 'node:test';

import { records } from './harness/browser.mjs';
import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

const KILLS = 6;

test('a browser killed at random moments loses no recorded session', { timeout: 500_000 }, async (t) => {
  const replay = await Replay.start(t);
  await replay.open();
  await replay.follow();
  const seed = Number(process.env.SEED ?? Date.now() % 100_000);
  t.diagnostic(`SEED=${seed}`);
  const killed = [];
  const stretch = (replay.end - replay.clock.now()) / (KILLS + 1);
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Somewhere in the second half of each stretch, so that every life sees something.
    const chance = ((seed * 9301 + kill * 49297) % 233280) / 233280;
    await replay.clock.until(replay.clock.start + stretch * (kill + 1 - chance / 2));
    const before = await records(replay.page);
    await replay.browser.kill();
    killed.push(replay.clock.now());
    await replay.open();
    const after = await records(replay.page);
    for (const session of before.sessions) {
      const kept = after.sessions.find(({ key }) => key === session.key);
      assert.ok(kept, `lost with the browser: ${JSON.stringify(session)}`);
    }
    assert.equal(after.accounts.length, before.accounts.length);
  }
  await replay.clock.until(replay.end);
  const { sessions } = await replay.settle();
  const requests = await replay.requests();
  // An answer that came within half a second of the world's before a kill may have died with it.
  const margin = 500 * replay.clock.rate;
  const doubtful = ({ at, done }) =>
    killed.some((moment) => (done ?? at) > moment - margin && at < moment + margin);
  const result = hold(sessions, replay.trace, requests, doubtful);
  t.diagnostic(`${KILLS} kills, ${requests.length} checks; ${JSON.stringify(result)}`);
  assert.ok(result.recorded >= 40, 'the replay was too thin to prove anything');
});
