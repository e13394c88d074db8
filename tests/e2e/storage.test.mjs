// Storage that is full, or denied.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually, notices, rows, sleep } from './harness/app.mjs';
import { Browser, records } from './harness/browser.mjs';
import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

const OPTIONS = { accounts: 12, days: 3, rate: 2400, interval: 1_200_000 };

/** What this site may store; set before it stores anything, as Chromium remembers for a while. */
const QUOTA = 4_000_000;

/** Stores noise until nothing more fits. */
function fill(page) {
  return page.evaluate(async () => {
    const opening = indexedDB.open('ballast');
    opening.onupgradeneeded = () => opening.result.createObjectStore('noise', { autoIncrement: true });
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const put = (noise) =>
      new Promise((resolve) => {
        const writing = opening.result.transaction('noise', 'readwrite');
        writing.objectStore('noise').put(noise);
        writing.oncomplete = () => resolve(true);
        writing.onabort = () => resolve(false);
      });
    for (let size = 1 << 20; size >= 1024; ) {
      const noise = new Uint8Array(size);
      // At most 64 KiB at a time.
      for (let at = 0; at < size; at += 1 << 16) {
        crypto.getRandomValues(noise.subarray(at, at + (1 << 16)));
      }
      if (!(await put(noise))) size >>= 1;
    }
    opening.result.close();
  });
}

test('what a full disk cannot take waits, and is stored later', { timeout: 120_000 }, async (t) => {
  const replay = await Replay.start(t, OPTIONS);
  replay.browser = await Browser.start(t, replay.profile);
  const { origin } = new URL(replay.proxy.address);
  const { context } = replay.browser;
  const devtools = await context.newCDPSession(await context.newPage());
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: QUOTA });
  replay.page = await replay.browser.open(replay.proxy.address);
  const { page } = replay;
  await replay.follow();
  const stored = async () => (await records(page)).sessions.length;
  await eventually('a session is stored', async () => (await stored()) > 0, 40_000);

  await fill(page);
  const failing = /(disk has been full|browser has stored nothing) since/;
  const said = await eventually('it is said', async () => {
    const text = await notices(page);
    return failing.test(text) && text;
  });
  const before = await stored();
  await sleep(5_000);
  assert.equal(await stored(), before, 'the disk was not full: this proves nothing');
  const waiting = await notices(page);
  t.diagnostic(waiting.replaceAll('\n', ' '));
  assert.match(waiting, /[1-9][\d,]* records wait in memory and are stored as soon as possible/);

  // No size: the browser's own quota again.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await eventually('nothing is wrong any more', async () => (await notices(page)) === '', 40_000);
  const { sessions, accounts } = await replay.settle();
  const result = hold(sessions, replay.trace, await replay.requests());
  t.diagnostic(`${before} sessions before, ${JSON.stringify(result)}`);
  assert.equal(accounts.length, replay.trace.length);
  assert.ok(result.recorded > before, 'nothing began meanwhile: this proves nothing');
  assert.match(said, /The disk has been full since .*Make some room on it\./);
});

/** What a worker finds where the person has blocked site data. */
const DENIED = `
IDBFactory.prototype.open = IDBFactory.prototype.databases = () => {
  throw new DOMException('access to storage is not allowed', 'SecurityError');
};
`;

test('without storage it says so and still shows who is live', { timeout: 60_000 }, async (t) => {
  const replay = await Replay.start(t, OPTIONS);
  await replay.open();
  const { page } = replay;
  // What the service worker has kept would come from there, as it is.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setBypassServiceWorker', { bypass: true });
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

test('what a later version wrote is left as it is, and called so', { timeout: 90_000 }, async (t) => {
  const replay = await Replay.start(t, OPTIONS);
  await replay.open();
  const { page } = replay;
  await replay.follow();
  // As of a version that has another way of writing moments.
  const change = () =>
    page.evaluate(async () => {
      const wait = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const names = (await indexedDB.databases()).map(({ name }) => name);
      const database = await wait(indexedDB.open(names.find((name) => name.startsWith('almanac '))));
      const accounts = database.transaction('accounts', 'readwrite').objectStore('accounts');
      const cursor = await wait(accounts.openCursor());
      await wait(cursor.update({ ...cursor.value, added_at: 'the day before yesterday' }));
      database.close();
    });
  // Beside the app, which is gone then: it would write over the change with the next answer.
  const { address } = replay.proxy;
  await page.goto(`${address}/icons/icon.svg`);
  await change();
  await page.goto(address);
  const said = await eventually('it is said', async () => {
    const text = await notices(page);
    return /What is stored in this browser cannot be read/.test(text) && text;
  });
  assert.match(said, /update, then reload\. It stays as it is\./);
  assert.doesNotMatch(said, /site data|invalid type|expected/);
  const { accounts } = await records(page);
  assert.ok(accounts.some(({ added_at }) => added_at === 'the day before yesterday'));
});
