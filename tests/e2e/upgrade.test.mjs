// What an earlier version has recorded is there in this one; and a machine that slept catches up.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Settings, eventually, rows, sleep } from './harness/app.mjs';
import { Browser, records } from './harness/browser.mjs';
import { json } from './harness/processes.mjs';
import { Replay } from './harness/replay.mjs';

/** The first version's database as that version made it, with something in every store. */
function firstVersion({ name, now }) {
  const HOUR = 3_600_000;
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => {
      const database = opening.result;
      database.createObjectStore('accounts', { keyPath: 'account' });
      const sessions = database.createObjectStore('sessions', { keyPath: 'key' });
      sessions.createIndex('account', 'account');
      sessions.createIndex('account_start', ['account', 'start.earliest']);
      sessions.createIndex('start', 'start.earliest');
      sessions.createIndex('date', 'date');
      sessions.createIndex('start_hour', 'start_hour');
      const checks = database.createObjectStore('checks', { keyPath: 'key' });
      checks.createIndex('account', 'account');
      checks.createIndex('day', 'day');
      database.createObjectStore('patterns', { keyPath: 'account' });
      database.createObjectStore('settings', { keyPath: 'name' });
      database.createObjectStore('log', { autoIncrement: true });
      database.createObjectStore('trials', { keyPath: 'id' });
    };
    opening.onsuccess = () => {
      const database = opening.result;
      const all = [...database.objectStoreNames];
      const writing = database.transaction(all, 'readwrite');
      const account = 'tiktok:of.old';
      const began = now - 5 * HOUR;
      const session = {
        account,
        recorded_at: began + HOUR,
        start: { earliest: began, latest: began },
        end: { over: { earliest: began + HOUR, latest: began + 2 * HOUR } },
        known_by: 'seen',
        room_id: '7',
        started_at: began,
        title: 'Of old',
      };
      const day = Math.floor(now / (24 * HOUR));
      const track = { account, added_at: now - 40 * 24 * HOUR, asked_at: now - HOUR, answered_at: now - HOUR };
      writing.objectStore('accounts').put({ ...track, known: { offline: { at: now - HOUR } }, latest: session });
      writing.objectStore('sessions').put({ ...session, key: `${account}@${session.recorded_at}`, date: '2026-06-30', start_hour: 19 });
      writing.objectStore('checks').put({ account, day, checks: [4001], key: `${account}@${day}` });
      writing.objectStore('patterns').put({ account, bytes: new Uint8Array([1, 2, 3]) });
      writing.objectStore('settings').put({ interval: 7_200_000, name: 'settings' });
      writing.objectStore('log').put({ at: now, what: { added: account } });
      writing.oncomplete = () => resolve(database.close());
      writing.onabort = () => reject(writing.error);
    };
  });
}

const NINETY_MINUTES = 90 * 60_000;

test('the first version\'s records are there in this one', { timeout: 60_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 2, days: 1, rate: 60, interval: 1_200_000 });
  replay.browser = await Browser.start(t, replay.profile);
  const { address } = replay.proxy;
  const { clock } = await json(`${address}/api/v1/upstreams`);
  // A page of the same origin that is not the app.
  const empty = `${address}/empty`;
  await replay.browser.context.route(empty, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  const page = await replay.browser.open(empty);
  const name = clock.timeline ? `almanac ${clock.timeline}` : 'almanac';
  await page.evaluate(firstVersion, { name, now: replay.clock.now() });
  await page.goto(address);
  await eventually('its account', async () => (await rows(page)).some(({ handle }) => handle === 'of.old'));
  const { sessions, log } = await records(page);
  assert.equal(sessions.find(({ title }) => title === 'Of old').start_hour, 19);
  assert.ok(log.some(({ what }) => what.added === 'tiktok:of.old'));
  const settings = await Settings.open(page);
  await eventually('the interval set then', async () => (await settings.minutes.inputValue()) === '120');
});

test('a machine that slept for eight hours catches up without a burst', { timeout: 90_000 }, async (t) => {
  const options = { accounts: 12, days: 3, rate: 2400, interval: 1_200_000 };
  const replay = await Replay.start(t, options);
  await replay.open();
  await replay.follow();
  await eventually('all were checked', async () => (await replay.requests()).length > 24);
  const group = -replay.browser.program.child.pid;
  process.kill(group, 'SIGSTOP');
  await sleep((8 * 3_600_000) / options.rate);
  const before = (await replay.requests()).length;
  process.kill(group, 'SIGCONT');
  const asked = async () => (await replay.requests()).slice(before);
  // However long a busy machine takes to wake the browser, and to think: what counts is that nobody is left out, and
  // that no hour and a half of the world's, some five checks an account, holds what eight hours would have.
  await eventually('everybody is asked about again', async () => {
    const accounts = new Set((await asked()).map(({ account }) => account));
    return accounts.size === options.accounts;
  });
  await sleep(NINETY_MINUTES / options.rate);
  const times = (await asked()).map(({ at }) => at);
  const within = times.map((from) => times.filter((at) => at >= from && at < from + NINETY_MINUTES).length);
  const most = Math.max(...within);
  t.diagnostic(`at most ${most} checks in ninety minutes after eight hours of sleep`);
  assert.ok(most < options.accounts * 9, `a burst: ${most}`);
});
