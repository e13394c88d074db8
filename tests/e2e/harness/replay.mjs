// A replay: fake TikTok told by a trace -> real adapter in the real proxy -> real app in Chromium.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Browser, records } from './browser.mjs';
import { Settings } from './app.mjs';
import { FastClock, json, scratch, startFake, startProxy } from './processes.mjs';

const DAY = 86_400_000;
const TRACE = fileURLToPath(new URL('../../../../shared/traces/twitch-2026-a.csv.gz', import.meta.url));

/** The replay's first moment: the trace covers it. */
const START = Date.parse('2026-07-01T00:00:00Z');

/** The sessions given; or the real trace where it is, else a generated one; says which. */
async function traceArguments(test, { accounts, days, start, generated, sessions }) {
  const common = ['--accounts', `${accounts}`, '--from', new Date(start).toISOString(), '--days', `${days}`];
  if (sessions) {
    const file = join(await scratch(test, 'trace'), 'trace.csv');
    const time = (ms) => new Date(ms).toISOString();
    const lines = sessions.map(([account, from, to]) => [account, 'tiktok', time(from), time(to)].join(','));
    await writeFile(file, ['account,platform,start_utc,end_utc', ...lines].join('\n'));
    return ['--trace', file, '--min-sessions', '1', ...common];
  }
  if (generated) return ['--generate', ...common];
  if (existsSync(TRACE)) return ['--trace', TRACE, '--min-sessions', '2', ...common];
  test.diagnostic(`SKIPPED the real trace: ${TRACE} is not here; a generated one takes its place`);
  return ['--generate', ...common];
}

export class Replay {
  /**
   * Starts everything: `days` of `accounts`, `rate` times as fast, one check each `interval` ms;
   * `generated` leaves the real trace aside, and so do `sessions`: `[handle, from, to]`, in ms.
   */
  static async start(test, options = {}) {
    const { accounts = 20, days = 3, rate = 2400, interval = 1_800_000 } = options;
    const { generated = false, quota = '1000/min', proxy = [], start = START, sessions } = options;
    const replay = new Replay();
    replay.test = test;
    replay.interval = interval;
    replay.clock = new FastClock(start, rate);
    replay.end = start + days * DAY;
    const clock = ['--clock', replay.clock.flag];
    const state = ['--state-dir', await scratch(test, 'state')];
    const trace = await traceArguments(test, { accounts, days, start, generated, sessions });
    replay.fake = await startFake(test, [...trace, ...clock]);
    const upstream = ['--upstream', 'tiktok', '--tiktok-url', replay.fake.address];
    const budget = ['--quota', `tiktok=${quota}`];
    replay.proxyArguments = [...upstream, ...budget, ...state, ...clock, ...proxy];
    replay.proxy = await startProxy(test, replay.proxyArguments);
    replay.profile = await scratch(test, 'profile');
    replay.trace = await json(`${replay.fake.address}/_fake/trace`);
    return replay;
  }

  /** Opens the browser and the app in it. */
  async open(connecting) {
    this.browser = await Browser.start(this.test, this.profile, connecting);
    this.page = await this.browser.open(this.proxy.address);
  }

  /** As a person would: pastes the accounts, then sets the interval. */
  async follow() {
    const { page } = this;
    await page.getByRole('button', { name: 'Add accounts' }).first().click();
    await page.getByLabel(/One per line/).fill(this.trace.map(({ account }) => `@${account}`).join('\n'));
    await page.getByRole('button', { name: new RegExp(`^Follow ${this.trace.length} accounts?$`) }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const settings = await Settings.open(page);
    await settings.minutes.fill(`${this.interval / 60_000}`);
    await settings.saved();
  }

  /** The proxy again, after it was killed: where it was, with what it had stored. */
  async restartProxy() {
    const listen = new URL(this.proxy.address).host;
    this.proxy = await startProxy(this.test, this.proxyArguments, listen);
  }

  /** What the fake was asked and answered so far. */
  requests() {
    return json(`${this.fake.address}/_fake/requests`);
  }

  /** Lets the fake misbehave: each fault from and to a time of the replay's clock. */
  async inject(faults) {
    const body = JSON.stringify(faults);
    const reply = await fetch(`${this.fake.address}/_fake/faults`, { method: 'PUT', body });
    if (!reply.ok) throw new Error(await reply.text());
  }

  /** What is recorded once nothing moves any more: checks have stopped and all is stored. */
  async settle() {
    await this.proxy.kill();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return records(this.page);
  }
}
