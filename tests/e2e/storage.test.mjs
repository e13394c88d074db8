// Storage that is full, or denied.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually, notices, rows, sleep } from './harness/app.mjs';
import { records } from './harness/browser.mjs';
import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

const OPTIONS = { accounts: 12, days: 3, rate: 2400, interval: 1_200_000 };

test('what a full disk cannot take waits, and is stored later', { timeout: 240_000 }, async (t) => {
  const replay = await Replay.start(t, { ...OPTIONS, days: 6 });
  await replay.open();
  await replay.follow();
  const { page } = replay;
  const stored = async () => (await records(page)).sessions.length;
  await eventually('a session is stored', async () => (await stored()) > 0, 40_000);

  const devtools = await replay.browser.context.newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  const full = /The disk has been full since \d\d:\d\d\./;
  // The browser hands out room in portions: it takes a while until one is used up.
  await eventually('it is said', async () => full.test(await notices(page)), 60_000);
  const before = await stored();
  await sleep(8_000);
  assert.equal(await stored(), before, 'the disk was not full: this proves nothing');
  const waiting = await notices(page);
  t.diagnostic(waiting.replaceAll('\n', ' '));
  assert.match(waiting, /[1-9][\d,]* records wait in memory and are stored as soon as possible/);
  assert.match(waiting, /Make some room on it\./);

  // No size: the browser's own quota again.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await eventually('nothing is wrong any more', async () => (await notices(page)) === '', 40_000);
  await replay.clock.until(replay.clock.now() + 16 * 3_600_000);
  const { sessions, accounts } = await replay.settle();
  const result = hold(sessions, replay.trace, await replay.requests());
  t.diagnostic(`${before} sessions before, ${JSON.stringify(result)}`);
  assert.equal(accounts.length, replay.trace.length);
  assert.ok(result.recorded > before, 'nothing began meanwhile: this proves nothing');
});

/** What a worker finds where the person has blocked site data. */
const DENIED = `
IDBFactory.prototype.open = () => {
  throw new DOMException('access to storage is not allowed', 'SecurityError');
};
`;

test('without storage it says so and still shows who is live', { timeout: 60_000 }, async (t) => {
  const replay = await Replay.start(t, OPTIONS);
  await replay.open();
  const { page } = replay;
  await page.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: DENIED + (await response.text()) });
  });
  await page.reload();
  const denied = /This browser gives Almanac no storage: what it records lasts until this tab closes/;
  const said = await eventually('it is said', async () => {
    const text = await notices(page);
    return denied.test(text) && text;
  });
  assert.match(said, /Allow site data for this address, then reload\./);
  assert.match(said, /access to storage is not allowed/);

  await replay.follow();
  const live = async () => (await rows(page)).filter((row) => row.live);
  await eventually('somebody is live', async () => (await live()).length > 0, 40_000);
  // The truth of the last minutes; the screen is a little behind, so it is asked again.
  await eventually('the screen is right', async () => {
    const [shown, requests] = await Promise.all([live(), replay.requests()]);
    const latest = new Map(requests.map(({ account, answer }) => [account, answer]));
    const truth = [...latest].filter(([, answer]) => answer === 'live').map(([account]) => account);
    return truth.length > 0 && `${shown.map(({ handle }) => handle).sort()}` === `${truth.sort()}`;
  });
  assert.match(await notices(page), denied);
});
