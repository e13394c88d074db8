// Pictures of the Now screen, into the folder named first; `cargo xtask shots` runs this.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AddDialog, Settings, eventually, notices, rows } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { FastClock, scratch, startFake, startProxy } from './harness/processes.mjs';

// The generated streamers live by this zone's evenings.
process.env.TZ = 'UTC';

const FOLDER = process.argv[2] ?? 'docs/pictures';
const HOUR = 3_600_000;
const START = Date.parse('2026-07-01T09:00:00Z');
/** A day and a half later: a believable evening. */
const EVENING = START + 35.8 * HOUR;
const RATE = 1800;
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
  window.freeze = (still) => (frozen = still ? now.call(Date) : undefined);
  window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
      super(name);
      this.addEventListener('message', (event) => {
        if (frozen !== undefined) event.stopImmediatePropagation();
      });
    }
  };
}

function freeze(page, still) {
  return page.evaluate((value) => window.freeze(value), still);
}

/** One screen at every size, light and dark, at one and the same moment. */
async function shoot(page, name, { whole = false } = {}) {
  await freeze(page, true);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));
      const path = (rest) => join(FOLDER, `${name}-${size.width}-${colorScheme}${rest}.png`);
      await page.screenshot({ path: path('') });
      if (whole && colorScheme === 'light') await page.screenshot({ path: path('-whole'), fullPage: true });
    }
  }
  await freeze(page, false);
}

async function inject(fake, faults) {
  const body = JSON.stringify(faults);
  const reply = await fetch(`${fake.address}/_fake/faults`, { method: 'PUT', body });
  if (!reply.ok) throw new Error(await reply.text());
}

async function main(stage) {
  await mkdir(FOLDER, { recursive: true });
  const fast = new FastClock(START, RATE);
  const clock = ['--clock', fast.flag];
  const generated = ['--generate', '--accounts', '50', '--days', '4', '--from', '2026-07-01T00:00:00Z'];
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
  const settings = await Settings.open(page);
  await settings.minutes.fill('20');
  await settings.save();
  console.log(`shots: a day and a half goes by, ${Math.round((EVENING - START) / RATE / 1000)} s`);
  // A few checks go without an answer in the last half hour.
  await inject(fake, [{ kind: 'restricted', share: 0.05, from_ms: EVENING - 0.5 * HOUR }]);
  await fast.until(EVENING);
  await shoot(page, 'now-50', { whole: true });

  await freeze(page, true);
  const wrong = await AddDialog.open(page);
  const lines = ['@mira.codes', 'wr ong', 'myspace:tom', 'https://example.com/@tom', '@juno_paints'];
  await wrong.paste(lines.join('\n'));
  await eventually('the problems', async () => (await wrong.problems()).length === 3);
  await shoot(page, 'add-errors');
  await wrong.dialog.getByRole('button', { name: 'Close' }).click();

  await inject(fake, [{ kind: 'waf' }]);
  await eventually('the trouble', async () => /block page/.test(await notices(page)));
  await shoot(page, 'now-trouble');
  console.log(`shots: ${(await rows(page)).filter(({ live }) => live).length} live in the last one`);
}

const stage = new Stage();
try {
  await main(stage);
} finally {
  await stage.clear();
}
process.exit();
