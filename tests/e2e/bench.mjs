// How the app does with 1,000 accounts and 1,000,000 sessions; `cargo xtask bench app` runs this.
//
// Prints a line for each measure: `bench: NAME: VALUE UNIT`. What they are held against stands in
// xtask/src/bench.rs.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AddDialog, eventually, sleep } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { scratch, startProxy } from './harness/processes.mjs';

const ACCOUNTS = Number(process.env.BENCH_ACCOUNTS ?? 1000);
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 1_000_000);
/** Accounts followed at once: each is a record and a line of the log. */
const BATCH = 100;
const STARTS = Number(process.env.BENCH_STARTS ?? 5);
/** So late page and worker hear each other while storing is measured. */
const LATE_MS = 500;

/** Stands in for node's test context: remembers what is to be cleared away. */
class Stage {
  #after = [];
  after(clear) {
    this.#after.unshift(clear);
  }
  async clear() {
    for (const clear of this.#after) await clear();
  }
}

function tell(name, value, unit) {
  console.log(`bench: ${name}: ${value.toFixed(2)} ${unit}`);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Follows accounts, as a person would: pasted. */
async function follow(page, names, before) {
  const dialog = await AddDialog.open(page);
  await eventually('the dialog', () => dialog.area.isVisible());
  await dialog.paste(names.join('\n'));
  const button = dialog.dialog.locator('button.main');
  await eventually('the lines are read', () => button.isEnabled(), 60_000);
  await button.click();
  const all = before + names.length;
  await eventually('all are followed', async () => (await page.locator('.row').count()) === all, 60_000);
  await dialog.dialog.waitFor({ state: 'hidden' });
}

/**
 * Before the worker's own script: tells of each writing transaction how many records it put and how
 * long it took, from its beginning (the app makes its records within it) until it was complete.
 *
 * What is measured is storing, so the page rests meanwhile, as it does while npm's idb stores: the
 * worker hears the page late, when it has drawn what was pressed, and the page hears the worker
 * late, when all is stored. On a machine of two processors the page's drawing was half of the time.
 */
const WATCHED = `
const told = new BroadcastChannel('bench');
const LATE_MS = ${LATE_MS};
const channel = BroadcastChannel.prototype;
const { postMessage } = channel;
const listeners = new WeakMap();
Object.defineProperty(channel, 'onmessage', {
  set(listener) {
    if (!listeners.has(this)) {
      this.addEventListener('message', (event) => setTimeout(() => listeners.get(this)?.(event), LATE_MS));
    }
    listeners.set(this, listener);
  },
});
channel.postMessage = function (message) {
  setTimeout(() => postMessage.call(this, message), this === told ? 0 : LATE_MS);
};
const { transaction } = IDBDatabase.prototype;
const { put } = IDBObjectStore.prototype;
IDBDatabase.prototype.transaction = function (...given) {
  const start = performance.now();
  const writing = transaction.apply(this, given);
  writing.puts = 0;
  writing.addEventListener('complete', () => {
    told.postMessage({ puts: writing.puts, took: performance.now() - start });
  });
  return writing;
};
IDBObjectStore.prototype.put = function (...given) {
  this.transaction.puts += 1;
  return put.apply(this, given);
};
`;

/** Has the app's workers tell what they store from now on; a second tab hears it. */
async function listener(context, url) {
  await context.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: WATCHED + (await response.text()) });
  });
  const page = await plainPage(context, `${url}/listener`);
  await page.evaluate(() => {
    window.stored = [];
    new BroadcastChannel('bench').onmessage = ({ data }) => window.stored.push(data);
  });
  return page;
}

/** A page of the app's origin that is not the app, with npm's idb. */
async function plainPage(context, url) {
  const idb = await readFile(fileURLToPath(import.meta.resolve('idb')), 'utf8');
  await context.route(url, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await context.route(`${url}/idb.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: idb }));
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** What storing the same records takes through npm's idb: those of a batch, in one transaction. */
async function throughIdb(page, url, first, batch) {
  return page.evaluate(
    async ({ script, first, batch }) => {
      const { openDB } = await import(script);
      const app = await openDB('almanac');
      const accounts = (await app.getAll('accounts')).slice(first, first + batch);
      const log = (await app.getAll('log')).filter(({ what }) => what.added).slice(first, first + batch);
      app.close();
      window.measure ??= await openDB('measure', 1, {
        upgrade(database) {
          database.createObjectStore('accounts', { keyPath: 'account' });
          database.createObjectStore('log', { autoIncrement: true });
        },
      });
      const start = performance.now();
      const writing = window.measure.transaction(['accounts', 'log'], 'readwrite');
      await Promise.all([
        ...accounts.map((one) => writing.objectStore('accounts').put(one)),
        ...log.map((one) => writing.objectStore('log').put(one)),
        writing.done,
      ]);
      return { puts: accounts.length + log.length, took: performance.now() - start };
    },
    { script: `${url}/idb.js`, first, batch },
  );
}

/** Puts sessions into the app's own database, a day apart, without going through the app. */
async function fill(page, accounts, sessions) {
  await page.evaluate(
    async ({ accounts, sessions }) => {
      const wait = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await wait(indexedDB.open('almanac'));
      const DAY = 86_400_000;
      const BATCH = 10_000;
      const now = Date.now();
      for (let first = 0; first < sessions; first += BATCH) {
        const writing = database.transaction('sessions', 'readwrite', { durability: 'relaxed' });
        const store = writing.objectStore('sessions');
        for (let n = first; n < Math.min(first + BATCH, sessions); n++) {
          const account = `tiktok:streamer${n % accounts}`;
          const age = Math.floor(n / accounts) + 1;
          const at = now - age * DAY + (n % accounts) * 60_000;
          const start = { earliest: at, latest: at + 600_000 };
          const end = { over: { earliest: at + 9_000_000, latest: at + 9_600_000 } };
          store.put({
            account, recorded_at: at + 600_000, start, end, known_by: 'seen', room_id: `${n}`,
            started_at: at, title: 'An evening as any other', peak_viewers: 1200, gifts: null,
            key: `${account}@${at + 600_000}`,
            date: new Date(at).toISOString().slice(0, 10),
            start_hour: new Date(at).getHours(),
          });
        }
        await new Promise((resolve, reject) => {
          writing.oncomplete = resolve;
          writing.onabort = () => reject(writing.error);
        });
      }
      database.close();
    },
    { accounts, sessions },
  );
}

/** Milliseconds from opening the app until its accounts are on the screen, drawn. */
async function coldStart(test, profile, url) {
  const browser = await Browser.start(test, profile);
  const page = await browser.context.newPage();
  await page.goto(`${url}/icon.svg`);
  const start = Date.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('.row .standing').first().waitFor({ timeout: 120_000 });
  const took = Date.now() - start;
  return { browser, page, took };
}

async function starts(test, profile, url) {
  const all = [];
  for (let n = 0; n < STARTS; n++) {
    const { browser, took } = await coldStart(test, profile, url);
    all.push(took);
    await browser.kill();
  }
  return median(all);
}

/** Megabytes that the processes which draw pages and run workers hold for themselves. */
async function memory(browser) {
  const folder = '/proc';
  let sum = 0;
  for (const pid of await readdir(folder)) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const line = await readFile(join(folder, pid, 'cmdline'), 'utf8');
      if (!line.includes('--type=renderer')) continue;
      if (!(await descends(Number(pid), browser.program.child.pid))) continue;
      const told = await readFile(join(folder, pid, 'smaps_rollup'), 'utf8');
      sum += Number(/^Pss:\s+(\d+)/m.exec(told)[1]) / 1024;
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

async function descends(pid, from) {
  for (let at = pid; at > 1; ) {
    if (at === from) return true;
    at = Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${at}/status`, 'utf8'))[1]);
  }
  return false;
}

/** The longest from a key or click to the next paint, in milliseconds. */
async function interactions(page) {
  await page.evaluate(() => {
    window.slow = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.interactionId) window.slow.push([entry.name, entry.duration]);
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false });
  });
  const rest = () => sleep(400);
  const field = page.locator('#find');
  await field.click();
  for (const key of 'streamer99') {
    await page.keyboard.press(key);
    await rest();
  }
  for (let n = 0; n < 10; n++) {
    await page.keyboard.press('Backspace');
    await rest();
  }
  const order = page.locator('.finding select').last();
  for (const value of ['1', '2', '3', '0']) {
    await order.selectOption(value);
    await rest();
  }
  await page.keyboard.press('Tab');
  await page.locator('.row .handle').first().click();
  await rest();
  await page.goBack();
  await rest();
  await page.locator('.summary h2').filter({ visible: true }).first().click();
  await page.keyboard.press('a');
  await rest();
  await page.keyboard.press('Escape');
  await rest();
  const slow = await page.evaluate(() => window.slow);
  if (process.env.BENCH_SLOW) console.log(slow.sort((a, b) => b[1] - a[1]).slice(0, 12));
  return slow.reduce((worst, [, duration]) => Math.max(worst, duration), 0);
}

/** The longest that a frame takes while the list is scrolled from end to end. */
async function scrolling(page) {
  return page.evaluate(async () => {
    let worst = 0;
    let last = performance.now();
    const whole = document.documentElement.scrollHeight;
    for (let at = 0; at < whole; at += 400) {
      window.scrollTo(0, at);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
    }
    window.scrollTo(0, 0);
    return worst;
  });
}

async function app(test) {
  const proxy = await startProxy(test, [
    '--state-dir', await scratch(test, 'bench-state'),
    '--upstream', 'tiktok', '--tiktok-url', 'http://127.0.0.1:9', '--upstream-timeout', '1s',
  ]);
  const url = proxy.address;
  const profile = await scratch(test, 'bench-profile');
  let browser = await Browser.start(test, profile);
  const ear = await listener(browser.context, url);
  let page = await browser.open(url);
  const names = Array.from({ length: ACCOUNTS }, (_, n) => `tiktok:streamer${n}`);
  // The first brings the monitor along, which is not what is measured.
  await follow(page, names.slice(0, 1), 0);
  // By turns, so that whatever else the machine does meets both.
  const idb = [];
  for (let at = 1; at < ACCOUNTS; at += BATCH) {
    await follow(page, names.slice(at, at + BATCH), at);
    // Until the page has drawn what the worker tells of it.
    await sleep(3 * LATE_MS);
    idb.push(await throughIdb(ear, `${url}/listener`, at, BATCH));
  }
  const stored = await ear.evaluate(() => window.stored);
  for (const [how, all] of [['the app', stored], ['idb', idb]]) {
    const whole = all.filter(({ puts }) => puts === 2 * BATCH).map(({ took }) => took);
    if (whole.length < Math.min(5, ACCOUNTS / BATCH - 1)) throw new Error(`only ${whole.length} through ${how}`);
    tell(`storing through ${how}`, median(whole), 'ms');
  }
  await ear.close();
  await sleep(3000);
  await browser.kill();
  if (process.env.BENCH_STORING) return;
  tell('cold start without sessions', await starts(test, profile, url), 'ms');
  ({ browser, page } = await coldStart(test, profile, url));
  await sleep(3000);
  tell('memory without sessions', await memory(browser), 'MB');
  await page.goto(`${url}/icon.svg`);
  const filling = Date.now();
  await fill(page, ACCOUNTS, SESSIONS);
  tell('putting all sessions in', (Date.now() - filling) / 1000, 's');
  // What the browser tidies up after so many is no part of a start.
  await sleep(15_000);
  await browser.kill();
  tell('cold start with all sessions', await starts(test, profile, url), 'ms');
  ({ browser, page } = await coldStart(test, profile, url));
  await sleep(3000);
  tell('memory with all sessions', await memory(browser), 'MB');
  tell('interaction to next paint', await interactions(page), 'ms');
  tell('longest frame while scrolling', await scrolling(page), 'ms');
  await browser.kill();
}

const stage = new Stage();
try {
  await app(stage);
} finally {
  await stage.clear();
}
