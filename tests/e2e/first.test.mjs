// What a first visit loads, and when the rest comes.

import assert from 'node:assert/strict';
import test from 'node:test';

import { AddDialog, eventually, rows } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { Replay } from './harness/replay.mjs';

test('who was never here loads no monitor before following somebody', { timeout: 90_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 2, days: 1, rate: 60, interval: 1_200_000 });
  replay.browser = await Browser.start(t, replay.profile);
  const { context } = replay.browser;
  const loaded = [];
  context.on('request', (request) => {
    const [, part] = /\/(split_\w+)\.wasm$/.exec(request.url()) ?? [];
    // What the service worker keeps is no part of what the page waits for.
    if (part && !request.serviceWorker()) loaded.push(part);
  });
  const page = await replay.browser.open(replay.proxy.address);
  await page.getByRole('heading', { name: /^Know who is live/ }).waitFor();
  await page.getByRole('region', { name: 'Budgets' }).waitFor();
  assert.ok(!loaded.some((part) => ['split_keeper', 'split_recall'].includes(part)), `${loaded}`);
  assert.deepEqual(await page.evaluate(() => indexedDB.databases()), [], 'nothing is stored yet');

  // A second tab is received as well, and its order brings the monitor for both.
  const other = await replay.browser.open(replay.proxy.address);
  await other.getByRole('heading', { name: /^Know who is live/ }).waitFor();
  const [{ account }] = replay.trace;
  const dialog = await AddDialog.open(other);
  await dialog.paste(`@${account}`);
  await dialog.follow('Follow 1 account');
  for (const tab of [page, other]) {
    await eventually('who is followed', async () => (await rows(tab)).map(({ handle }) => handle).join() === account);
  }
  await eventually('a check', async () => (await replay.requests()).length > 0);
  assert.ok(loaded.includes('split_keeper') && !loaded.includes('split_recall'), `${loaded}`);

  await page.reload();
  await eventually('who is followed', async () => (await rows(page)).length === 1);
});
