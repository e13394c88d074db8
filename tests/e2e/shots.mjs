// Pictures of every screen, into the folder named first; `cargo xtask shots` runs this.
//
// SCREEN-STATE-WIDTH-SCHEME.png: empty, with 50 accounts, with 1,000; and a few in other circumstances.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AddDialog, eventually, notices, sleep } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { FastClock, scratch, startFake, startProxy } from './harness/processes.mjs';

// The generated streamers live by this zone's evenings.
process.env.TZ = 'UTC';

const FOLDER = process.argv[2] ?? 'target/pictures';
const HOUR = 3_600_000;
const START = Date.parse('2026-07-01T09:00:00Z');
/** Two weeks later, when habits are known: a believable evening. */
const EVENING = START + (13 * 24 + 11.8) * HOUR;
const RATE = 5400;
/** From then on an hour goes by in two minutes. */
const SLOWLY = 30;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

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

/** Lets a page stand still on demand: its clock, and what it hears from the monitor. */
function freezable() {
  const now = Date.now;
  let frozen;
  Date.now = () => frozen ?? now.call(Date);
  window.freeze = () => (frozen = now.call(Date));
  window.thaw = () => (frozen = undefined);
  window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
      super(name);
      this.addEventListener('message', (event) => {
        if (frozen !== undefined) event.stopImmediatePropagation();
      });
    }
  };
}

function freeze(page) {
  return page.evaluate(() => window.freeze());
}

/** What a desk and a phone have. */
function media(width, scheme) {
  const [hover, pointer] = width > 1000 ? ['hover', 'fine'] : ['none', 'coarse'];
  const features = { 'prefers-color-scheme': scheme, hover, pointer };
  return { features: Object.entries(features).map(([name, value]) => ({ name, value })) };
}

/** One screen at sizes, light and dark; the page stands still meanwhile. */
async function shoot(page, name, sizes = SIZES) {
  // Only the tab in front is drawn.
  await page.bringToFront();
  await freeze(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setScrollbarsHidden', { hidden: true });
  await page.mouse.move(0, 0);
  for (const size of sizes) {
    for (const scheme of ['light', 'dark']) {
      await devtools.send('Emulation.setEmulatedMedia', media(size.width, scheme));
      await page.setViewportSize(size);
      // Rows come into sight, and are drawn.
      await sleep(200);
      await page.screenshot({ path: join(FOLDER, `${name}-${size.width}-${scheme}.png`) });
    }
  }
  await page.evaluate(() => window.thaw());
  await devtools.detach();
}

/** Opens a screen, and waits for what it asks the monitor for. */
async function go(page, hash) {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.locator('main h2:visible').first().waitFor();
  await page.locator('main .opening:visible').waitFor({ state: 'hidden', timeout: 30_000 }).catch(() => {});
  await sleep(500);
}

/** Opens a dialog by what opens it, and closes it again. */
async function withDialog(page, open, work) {
  await open();
  await page.locator('dialog[open]').waitFor();
  await sleep(300);
  await work();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
}

/** Every screen and dialog in one state; `account` is whose own screen is shown. */
async function walk(page, state, account) {
  await go(page, '#/');
  await shoot(page, `now-${state}`);
  const screens = ['plan', 'results', 'log', 'data', 'settings'].map((name) => [name, `#/${name}`]);
  if (account) screens.unshift(['account', `#/account/${account}`]);
  for (const [name, hash] of screens) {
    await go(page, hash);
    await shoot(page, `${name}-${state}`);
  }
  await go(page, '#/');
  await withDialog(page, () => page.keyboard.press('a'), () => shoot(page, `add-${state}`));
  await withDialog(page, () => page.keyboard.press('?'), () => shoot(page, `keys-${state}`));
  const gauges = page.getByRole('region', { name: 'Budgets' }).getByRole('button').first();
  await withDialog(page, () => gauges.click(), () => shoot(page, `used-${state}`));
  if (!account) return;
  const alerts = page.getByRole('button', { name: /^Alerts/ });
  await withDialog(page, () => alerts.first().click(), () => shoot(page, `alerts-${state}`));
}

/** The account with most to show: the last that was live. */
async function liveliest(page) {
  const links = page.locator('.row .handle');
  return (await links.first().getAttribute('href')).replace('#/account/', '');
}

async function inject(fake, faults) {
  const body = JSON.stringify(faults);
  const reply = await fetch(`${fake.address}/_fake/faults`, { method: 'PUT', body });
  if (!reply.ok) throw new Error(await reply.text());
}

/** The fake and the proxy, at the same made-up time; `state` is the proxy's folder. */
async function world(stage, accounts, start, rate, state) {
  const fast = new FastClock(start, rate);
  const clock = ['--clock', fast.flag];
  const generated = ['--generate', '--accounts', `${accounts}`, '--days', '16', '--from', '2026-07-01T00:00:00Z'];
  const fake = await startFake(stage, [...generated, ...clock]);
  const proxy = await startProxy(stage, [
    ...['--upstream', 'tiktok', '--tiktok-url', fake.address, '--quota', 'tiktok=20/min,600/h,9600/day'],
    ...['--state-dir', state, ...clock],
  ]);
  return { fast, fake, proxy };
}

/**
 * So many generated streamers on a believable evening, followed since `start`: until then time
 * flies, and goes on slowly enough for all pictures to be of that evening, so it is another
 * world, to which a backup takes what was recorded. `first` is done while nobody is followed.
 */
async function evening(stage, accounts, start, rate, first) {
  const state = await scratch(stage, 'state');
  const before = await world(stage, accounts, start, rate, state);
  const browser = await Browser.start(stage, await scratch(stage, 'profile'));
  await browser.context.addInitScript(freezable);
  const page = await browser.open(before.proxy.address);
  await page.getByRole('button', { name: 'Add accounts' }).first().waitFor();
  await first(page);
  await go(page, '#/');
  const trace = await (await fetch(`${before.fake.address}/_fake/trace`)).json();
  const add = await AddDialog.open(page);
  // One account is not in the trace: TikTok knows no such name.
  await add.paste([...trace.map(({ account }) => account), 'gone.for.good'].slice(1).join('\n'));
  await add.follow(/^Follow [\d,]+ accounts$/);
  await add.dialog.waitFor({ state: 'hidden' });
  // What another policy would have done is to be seen as well. Of a thousand accounts it makes the
  // backup larger than Playwright can hand over.
  if (accounts < 100) {
    await go(page, '#/results');
    await page.getByRole('button', { name: 'Compare in the shadow' }).click();
  }
  console.log(`shots: ${accounts} accounts, ${Math.round((EVENING - start) / rate / 1000)} s`);
  // A few checks go without an answer in the last half hour.
  await inject(before.fake, [{ kind: 'restricted', share: 0.05, from_ms: EVENING - 0.5 * HOUR }]);
  await before.fast.until(EVENING);
  // Nothing more is recorded; from now on time goes slowly.
  await Promise.all([before.proxy.kill(), before.fake.kill()]);
  const after = await world(stage, accounts, before.fast.now(), SLOWLY, state);
  await go(page, '#/data');
  const download = page.waitForEvent('download', { timeout: 120_000 });
  await page.getByRole('button', { name: 'Save a backup' }).click();
  const backup = await (await download).path();
  await page.close();

  const there = await browser.open(after.proxy.address);
  await there.getByRole('button', { name: 'Add accounts' }).first().waitFor();
  await go(there, '#/data');
  await there.getByLabel('Choose a backup').setInputFiles(backup, { timeout: 120_000 });
  await there.getByRole('button', { name: 'Restore' }).click({ timeout: 120_000 });
  await there.getByText('The backup is restored.').waitFor({ timeout: 120_000 });
  await go(there, '#/');
  // Whoever is live is asked about again.
  await sleep(15_000);
  return { page: there, fake: after.fake };
}

/** Fifty accounts, two weeks in, in every circumstance. */
async function tiktok(stage) {
  const { page, fake } = await evening(stage, 50, START, RATE, (first) => walk(first, 'empty'));
  await walk(page, '50', await liveliest(page));

  // The same elsewhere: between phone and desk, on a wall, in words and colours of others.
  await go(page, '#/');
  await shoot(page, 'now-50', [{ width: 780, height: 900 }, { width: 2560, height: 1300 }]);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }] });
  const some = [['now', '#/'], ['account', `#/account/${await liveliest(page)}`], ['plan', '#/plan'], ['settings', '#/settings']];
  for (const [name, hash] of some) {
    await go(page, hash);
    await page.setViewportSize(SIZES[0]);
    await page.screenshot({ path: join(FOLDER, `${name}-forced.png`) });
  }
  await devtools.send('Emulation.setEmulatedMedia', { features: [] });
  await devtools.detach();
  for (const tag of ['de', 'zh', 'ja']) {
    await go(page, '#/settings');
    await page.locator('#set-language').selectOption(tag);
    await eventually(`lang ${tag}`, async () => (await page.locator('html').getAttribute('lang')) === tag);
    for (const [name, hash] of some) {
      await go(page, hash);
      await shoot(page, `${name}-${tag}`);
    }
  }
  await go(page, '#/settings');
  await page.locator('#set-language').selectOption('');
  await page.getByRole('heading', { level: 2, name: 'Settings' }).waitFor();
  // As it will be with a language written from right to left.
  await page.locator('html').evaluate((one) => one.setAttribute('dir', 'rtl'));
  for (const [name, hash] of some) {
    await go(page, hash);
    await shoot(page, `${name}-rtl`);
  }
  await page.locator('html').evaluate((one) => one.setAttribute('dir', 'ltr'));
  await go(page, '#/');

  await inject(fake, [{ kind: 'waf' }]);
  await eventually('the trouble', async () => /block page/.test(await notices(page)), 60_000);
  await shoot(page, 'now-trouble');
  const wrong = await AddDialog.open(page);
  const lines = ['@mira.codes', 'wr!ong', 'myspace:tom', 'https://example.com/@tom', '@juno_paints'];
  await wrong.paste(lines.join('\n'));
  await eventually('the problems', async () => (await wrong.problems()).length === 3);
  await shoot(page, 'add-errors');
}

/** A thousand accounts, a day and a half in. */
async function thousand(stage) {
  const hours = Number(process.env.SHOTS_HOURS ?? 36);
  const { page } = await evening(stage, 1000, EVENING - hours * HOUR, 1200, async () => {});
  await walk(page, '1000', await liveliest(page));
}

/** What a first visitor sees of the demo after a day and a half. */
async function demo(stage) {
  const budget = ['--quota', 'demo=10/min,60/h,600/day', '--demo-speed', '2880'];
  const proxy = await startProxy(stage, [...budget, '--state-dir', await scratch(stage, 'state')]);
  const browser = await Browser.start(stage, await scratch(stage, 'profile'));
  await browser.context.addInitScript(freezable);
  const page = await browser.open(proxy.address);
  await page.getByRole('button', { name: /demo streamers/ }).first().click();
  console.log('shots: and another in the demo, 45 s');
  await sleep(45_000);
  await shoot(page, 'demo');
}

const stage = new Stage();
try {
  await mkdir(FOLDER, { recursive: true });
  const wanted = process.env.SHOTS?.split(',') ?? ['tiktok', 'thousand', 'demo'];
  for (const [name, make] of Object.entries({ tiktok, thousand, demo })) {
    if (wanted.includes(name)) await make(stage);
  }
} finally {
  await stage.clear();
}
process.exit();
