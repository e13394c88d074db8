// The main job on real input: three days of twenty accounts, replayed at a fixed interval.

import assert from 'node:assert/strict';
import test from 'node:test';

import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

test('what is recorded is what the checks could see', { timeout: 400_000 }, async (t) => {
  const replay = await Replay.start(t);
  await replay.open();
  await replay.follow();
  await replay.clock.until(replay.end);
  const { sessions, accounts } = await replay.settle();
  const requests = await replay.requests();
  const result = hold(sessions, replay.trace, requests);
  t.diagnostic(`${requests.length} checks; ${JSON.stringify(result)}`);
  assert.equal(accounts.length, 20);
  assert.ok(result.recorded >= 40 && result.seen >= 20, 'the replay was too thin to prove anything');
  const expected = (3 * 20 * 86_400_000) / replay.interval;
  assert.ok(requests.length > expected * 0.8, `only ${requests.length} of some ${expected} checks were made`);
});
