// What a person is told without asking: notifications, and the list of those that nobody has seen.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually, rows, sleep } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { Replay } from './harness/replay.mjs';

/** The notifications that the service worker shows at present. */
function shown(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });
}

async function alerts(page) {
  await page.getByRole('button', { name: /^Alerts/ }).click();
  return page.getByRole('dialog', { name: 'Alerts' });
}

test('a broadcast is told once, and a click or a look takes it off the list', { timeout: 120_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 12, days: 3, rate: 2400, interval: 600_000 });
  replay.browser = await Browser.start(t, replay.profile);
  const { origin } = new URL(replay.proxy.address);
  await replay.browser.context.grantPermissions(['notifications'], { origin });
  replay.page = await replay.browser.open(replay.proxy.address);
  const { page } = replay;
  await page.evaluate(() => navigator.serviceWorker.ready);
  await replay.follow();
  await page.evaluate(() => (location.hash = '#/'));
  const dialog = await alerts(page);
  await dialog.getByLabel('when somebody goes live').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  const first = await eventually('somebody is told live', async () => {
    const all = await shown(page);
    return all.length > 0 && all;
  }, 40_000);
  for (const { title, tag, data } of first) {
    assert.match(title, /^\S+ is live$/);
    assert.match(tag, /^tiktok:/);
    assert.match(data.url, /^https:\/\/www\.tiktok\.com\/@[^/]+\/live$/);
  }

  // Each broadcast is told once, however often it is checked and the page loaded anew.
  await page.reload();
  await sleep(6_000);
  const told = await page.getByRole('button', { name: /^Alerts/ }).innerText();
  const listed = await (await alerts(page)).locator('li').allInnerTexts();
  t.diagnostic(`${told}; ${listed.length} listed`);
  assert.ok(listed.length > 0);
  const started = new Map();
  for (const { account, answer } of await replay.requests()) {
    started.set(account, (started.get(account) ?? 0) + (answer === 'live' ? 1 : 0));
  }
  const live = [...started.values()].reduce((sum, n) => sum + n, 0);
  assert.ok(listed.length < live, 'each live answer would be told');

  await page.getByRole('button', { name: 'All seen' }).click();
  await page.getByText('Nothing.').waitFor();
});

test('without permission alerts are listed all the same', { timeout: 90_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 12, days: 3, rate: 2400, interval: 600_000 });
  await replay.open();
  const { page } = replay;
  await replay.follow();
  await page.evaluate(() => (location.hash = '#/'));
  const dialog = await alerts(page);
  await dialog.getByLabel('when a broadcast is over').check();
  await dialog.getByLabel('when somebody goes live').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await eventually('somebody is live', async () => (await rows(page)).some((row) => row.live), 40_000);
  await page.getByRole('button', { name: /^Alerts: \d/ }).waitFor({ timeout: 40_000 });
  const list = await (await alerts(page)).locator('li').allInnerTexts();
  assert.ok(list.some((line) => /is live|is off air/.test(line)), list.join('\n'));
});
