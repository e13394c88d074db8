// What is shown while nobody looks: what is coming, what is on, what is over; by whose rules, and when not.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { Replay } from './harness/replay.mjs';

// Quiet hours go by the viewer's clock.
process.env.TZ = 'UTC';

const DAY = 86_400_000;
const [HOUR, MINUTE] = [DAY / 24, DAY / 1440];
const TODAY = Date.parse('2026-07-01T00:00:00Z');

/** A moment of the day, as `20:30`. */
function at(clock) {
  const [hours, minutes] = clock.split(':').map(Number);
  return TODAY + hours * HOUR + minutes * MINUTE;
}

/** A broadcast of today. */
function today([handle, from, to]) {
  return [handle, at(from), at(to)];
}

/**
 * The app, which may notify, following those of a plan; of `newcomers` the platform knows nothing
 * before, of all others a broadcast of yesterday.
 */
async function watching(t, start, rate, plan, { newcomers = [], interval = MINUTE, days = 1 } = {}) {
  const known = new Set(plan.map(([handle]) => handle).filter((handle) => !newcomers.includes(handle)));
  const yesterday = [...known].map((handle) => [handle, at('20:00') - DAY, at('21:00') - DAY]);
  const sessions = [...yesterday, ...plan];
  const options = { accounts: 20, days, rate, interval, start: at(start), sessions };
  const replay = await Replay.start(t, options);
  replay.browser = await Browser.start(t, replay.profile);
  const { origin } = new URL(replay.proxy.address);
  await replay.browser.context.grantPermissions(['notifications'], { origin });
  replay.page = await replay.browser.open(replay.proxy.address);
  const { page } = replay;
  // Each is looked for in the service worker while it is shown: a later one of the same account
  // takes its place.
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    window.shown = new Map();
    setInterval(async () => {
      for (const { title, body, data } of await registration.getNotifications()) {
        window.shown.set(data.id, { title, body, ...data });
      }
    }, 100);
  });
  return replay;
}

/** All notifications that the service worker has shown, first to last. */
function shown(page) {
  return page.evaluate(() => [...window.shown.values()].sort((one, other) => one.id - other.id));
}

async function titles(page) {
  return (await shown(page)).map(({ title }) => title);
}

async function go(page, place) {
  await page.evaluate((hash) => (location.hash = hash), `#/${place}`);
}

async function ruleAll(page, ...labels) {
  await go(page, 'settings');
  const alerts = page.getByRole('region', { name: 'Alerts' });
  for (const label of labels) await alerts.getByLabel(label).check();
  return alerts;
}

const [LIVE, SOON, OVER] = ['when somebody goes live', /will probably go live/, 'when a broadcast is over'];

test('what is on and over is shown, each once, by everybody’s rules', { timeout: 180_000 }, async (t) => {
  const replay = await watching(t, '19:20', 120, [
    ['steady', '20:00', '21:00'],
    // One broadcast to whoever watches, four to the platform.
    ['flapping', '20:00', '20:14'],
    ['flapping', '20:18', '20:31'],
    ['flapping', '20:34', '20:45'],
    ['flapping', '20:50', '21:00'],
    ['hushed', '20:00', '21:00'],
    ['tagged', '20:00', '21:00'],
  ].map(today));
  const { page } = replay;
  await replay.follow();
  await go(page, 'account/tiktok:tagged');
  await page.getByLabel('Tags').fill('music');
  await page.getByLabel('Note').focus();
  await go(page, 'account/tiktok:hushed');
  await page.getByLabel('Tell me').selectOption({ label: 'of this account:' });
  await page.locator('.choices:visible').getByLabel('it is live').uncheck();
  const alerts = await ruleAll(page, LIVE, OVER);
  await alerts.getByLabel('music').selectOption({ label: 'of these accounts:' });
  await alerts.getByLabel('it is live').uncheck();
  await alerts.getByLabel('it has ended').check();
  assert.ok(replay.clock.now() < at('19:55'), 'it took too long to set this up');

  await replay.clock.until(at('21:25'));
  const all = await shown(page);
  t.diagnostic(all.map(({ title, body }) => `${title}: ${body}`).join('; '));
  const of = (handle) => all.filter(({ title }) => title.startsWith(`${handle} `));
  assert.deepEqual(of('steady').map(({ title }) => title), ['steady is live', 'steady is off air']);
  assert.deepEqual(of('flapping').map(({ title }) => title), ['flapping is live', 'flapping is off air']);
  assert.deepEqual(of('tagged').map(({ title }) => title), ['tagged is off air']);
  assert.deepEqual(of('hushed'), []);
  assert.equal(all.length, 5);
});

test('what is coming is shown shortly before, once an evening', { timeout: 300_000 }, async (t) => {
  const days = 14;
  const plan = Array.from({ length: days }, (_, day) => ['nightly', at('20:00') + day * DAY, at('21:00') + day * DAY]);
  const replay = await watching(t, '12:00', 5400, plan, { interval: 20 * MINUTE, days });
  const { page } = replay;
  await replay.follow();
  await ruleAll(page, SOON);
  const soon = async (wanted) => {
    const all = await shown(page);
    return all.length >= wanted && all;
  };
  const [{ title, body }] = await eventually('it has learned the habit', () => soon(1), 200_000);
  t.diagnostic(`${title}: ${body}`);
  assert.match(title, /^nightly may soon be live: \d\d%$/);
  // Before the hour at which it is live each evening, and at no other time of the day.
  // What a few evenings have taught may end half an hour too early.
  assert.match(body, /^Likely (1[89]|20):\d\d\D+(19:[345]\d|2[012]:\d\d)$/);
  const first = replay.clock.now();
  await replay.clock.until(first + 2.2 * DAY);
  const all = await shown(page);
  t.diagnostic(all.map((one) => `${one.title}: ${one.body}`).join('; '));
  assert.ok(all.length >= 2 && all.length <= 4, `${all.length} in ${(replay.clock.now() - first) / DAY} days`);
  assert.ok(all.every((one) => one.title.startsWith('nightly may soon be live')), 'nothing else was asked for');
});

test('quiet hours hold back and lose nothing; a press on a notification opens the broadcast', { timeout: 150_000 }, async (t) => {
  const replay = await watching(t, '19:40', 120, [
    ['early', '20:00', '22:00'],
    ['quiet', '20:25', '22:00'],
    ['late', '20:45', '22:00'],
  ].map(today), { newcomers: ['early'] });
  const { page } = replay;
  await replay.follow();
  const rules = await ruleAll(page, LIVE, 'Show nothing in these hours');
  await rules.getByLabel('From').fill('20:15');
  await rules.getByLabel('to', { exact: true }).fill('20:40');
  await go(page, '');
  assert.ok(replay.clock.now() < at('20:00'), 'it took too long to set this up');
  await eventually('both that are not in quiet hours', async () => (await titles(page)).length > 1, 60_000);
  assert.deepEqual(await titles(page), ['early is live', 'late is live']);

  await page.getByRole('button', { name: 'Alerts: 3' }).waitFor();
  const list = async () => {
    await page.getByRole('button', { name: /^Alerts/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Alerts' });
    const lines = await dialog.locator('li b').allInnerTexts();
    await dialog.getByRole('button', { name: 'Close' }).click();
    return lines;
  };
  assert.deepEqual(await list(), ['late is live', 'quiet is live', 'early is live']);

  // Only a person's own press may open a window, so what would be opened is written down.
  const [worker] = replay.browser.context.serviceWorkers();
  const press = (title) =>
    worker.evaluate(async (wanted) => {
      const opened = [];
      self.clients.openWindow = async (url) => opened.push(url);
      const all = await self.registration.getNotifications();
      const notification = all.find((one) => one.title === wanted);
      const event = new NotificationEvent('notificationclick', { notification });
      const done = [];
      event.waitUntil = (promise) => done.push(promise);
      self.dispatchEvent(event);
      await Promise.all(done);
      const left = await self.registration.getNotifications();
      return { opened, left: left.map(({ title }) => title) };
    }, title);
  const pressed = await press('early is live');
  assert.deepEqual(pressed, { opened: ['https://www.tiktok.com/@early/live'], left: ['late is live'] });
  await page.getByRole('button', { name: 'Alerts: 2' }).waitFor();
  assert.deepEqual(await list(), ['late is live', 'quiet is live']);
});
