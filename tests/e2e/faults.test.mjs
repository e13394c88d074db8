// The same replay while the upstream misbehaves in every way it is known to.

import assert from 'node:assert/strict';
import test from 'node:test';

import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

const HOUR = 3_600_000;

/** Each fault for two hours, with two hours of peace after it. */
const FAULTS = [
  { kind: 'waf' },
  { kind: 'forbidden' },
  { kind: 'rate_limited', retry_after_s: 1200 },
  { kind: 'server_error' },
  { kind: 'timeout' },
  { kind: 'truncated' },
  { kind: 'cut_off' },
  { kind: 'huge' },
  { kind: 'empty' },
  { kind: 'restricted' },
  { kind: 'not_found_wave' },
];

/** The answers that say something true. */
const FACTS = new Set(['live', 'offline', 'not_found']);

test('no fault of the upstream ends or invents a session', { timeout: 500_000 }, async (t) => {
  const replay = await Replay.start(t, { rate: 1800, proxy: ['--upstream-timeout', '300ms'] });
  const first = replay.clock.start + 8 * HOUR;
  const faults = FAULTS.map((fault, i) => ({
    ...fault,
    from_ms: first + i * 4 * HOUR,
    to_ms: first + (i * 4 + 2) * HOUR,
  }));
  await replay.inject(faults);
  await replay.open();
  await replay.follow();
  const shown = [];
  for (const fault of faults) {
    await replay.clock.until(fault.to_ms - HOUR / 4);
    shown.push((await replay.page.locator('body').innerText()).replaceAll('\n', ' '));
  }
  await replay.clock.until(replay.end);
  const { sessions } = await replay.settle();
  const requests = await replay.requests();
  const result = hold(sessions, replay.trace, requests);
  const met = new Map();
  for (const { answer } of requests) met.set(answer, (met.get(answer) ?? 0) + 1);
  t.diagnostic(`${JSON.stringify(result)}; answers ${JSON.stringify([...met])}`);
  for (const [i, { kind }] of faults.entries()) {
    assert.ok(met.get(kind), `${kind} was never met`);
    assert.match(shown[i], /since/, `nothing is said of ${kind}: ${shown[i]}`);
  }
  assert.ok([...met.keys()].some((answer) => FACTS.has(answer)));
});
