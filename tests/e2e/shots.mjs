// Pictures of the Now screen, into the folder named first; `cargo xtask shots` runs this.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AddDialog, Settings, eventually, notices, sleep } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { FastClock, scratch, startFake, startProxy } from './harness/processes.mjs';

// The generated streamers live by this zone's evenings.
process.env.TZ = 'UTC';

const FOLDER = process.argv[2] ?? 'docs/pictures';
const HOUR = 3_600_000;
const START = Date.parse('2026-07-01T09:00:00Z');
/** Two weeks later, when habits are known: a believable evening. */
const EVENING = START + (13 * 24 + 11.8) * HOUR;
const RATE = 5400;
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

/** One screen at every size, light and dark; the page stands still meanwhile. */
async function shoot(page, name, { whole = false } = {}) {
  // Only the tab in front is drawn.
  await page.bringToFront();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setScrollbarsHidden', { hidden: true });
  await page.mouse.move(0, 0);
  const take = async (path, size) => {
    await page.setViewportSize(size);
    // Rows come into sight, and are drawn.
    await sleep(200);
    await page.screenshot({ path: join(FOLDER, `${path}.png`) });
  };
  for (const size of SIZES) {
    for (const scheme of ['light', 'dark']) {
      await devtools.send('Emulation.setEmulatedMedia', media(size.width, scheme));
      await take(`${name}-${size.width}-${scheme}`, size);
    }
    if (!whole) continue;
    // Not Playwright's `fullPage`: rows out of sight are not drawn.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await take(`${name}-${size.width}-whole`, { ...size, height });
  }
}

async function inject(fake, faults) {
  const body = JSON.stringify(faults);
  const reply = await fetch(`${fake.address}/_fake/faults`, { method: 'PUT', body });
  if (!reply.ok) throw new Error(await reply.text());
}

/** Fifty generated streamers on a believable evening, through the real adapter. */
async function tiktok(stage) {
  const fast = new FastClock(START, RATE);
  const clock = ['--clock', fast.flag];
  const generated = ['--generate', '--accounts', '50', '--days', '16', '--from', '2026-07-01T00:00:00Z'];
  const fake = await startFake(stage, [...generated, ...clock]);
  const proxy = await startProxy(stage, [
    ...['--upstream', 'tiktok', '--tiktok-url', fake.address, '--quota', 'tiktok=20/min,600/h,9600/day'],
    ...['--state-dir', await scratch(stage, 'state'), ...clock],
  ]);
  const browser = await Browser.start(stage, await scratch(stage, 'profile'));
  await browser.context.addInitScript(freezable);
  const page = await browser.open(proxy.address);
  await page.getByRole('button', { name: 'Add accounts' }).waitFor();
  await shoot(page, 'now-empty');

  const trace = await (await fetch(`${fake.address}/_fake/trace`)).json();
  const add = await AddDialog.open(page);
  // One account that is not in the trace: TikTok knows no such name.
  await add.paste([...trace.map(({ account }) => account), 'gone.for.good'].slice(1).join('\n'));
  await add.follow('Follow 50 accounts');
  await add.dialog.waitFor({ state: 'hidden' });
  console.log(`shots: two weeks go by, ${Math.round((EVENING - START) / RATE / 1000)} s`);
  // A few checks go without an answer in the last half hour.
  await inject(fake, [{ kind: 'restricted', share: 0.05, from_ms: EVENING - 0.5 * HOUR }]);
  const later = await browser.open(proxy.address);
  await fast.until(EVENING);
  await freeze(page);

  await inject(fake, [{ kind: 'waf' }]);
  await eventually('the trouble', async () => /block page/.test(await notices(later)));
  await freeze(later);
  await shoot(page, 'now-50', { whole: true });
  await shoot(later, 'now-trouble');

  const settings = await Settings.open(page);
  await shoot(page, 'settings');
  await settings.leave();
  const wrong = await AddDialog.open(page);
  const lines = ['@mira.codes', 'wr ong', 'myspace:tom', 'https://example.com/@tom', '@juno_paints'];
  await wrong.paste(lines.join('\n'));
  await eventually('the problems', async () => (await wrong.problems()).length === 3);
  await shoot(page, 'add-errors');
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
  await freeze(page);
  await shoot(page, 'demo');
}

const stage = new Stage();
try {
  await mkdir(FOLDER, { recursive: true });
  await tiktok(stage);
  await demo(stage);
} finally {
  await stage.clear();
}
process.exit();
