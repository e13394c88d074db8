// A real Chromium with a profile that outlives it.

import { chromium } from 'playwright-core';

import { Program, from } from './processes.mjs';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

export class Browser {
  constructor(program, connection) {
    this.program = program;
    this.connection = connection;
    this.context = connection.contexts()[0];
  }

  /**
   * Starts Chromium on a profile; a second start on the same folder finds what the first left.
   * `connecting` goes to Playwright, `flags` to Chromium.
   */
  static async start(test, profile, connecting = {}, flags = []) {
    const args = [...Browser.flags(profile), ...flags, 'about:blank'];
    const program = await Program.start(test, from('CHROMIUM'), args, /DevTools listening on (ws:\S+)/);
    return new Browser(program, await chromium.connectOverCDP(program.address, connecting));
  }

  /** What Chromium is started with, on a profile. */
  static flags(profile) {
    return [...FLAGS, `--user-data-dir=${profile}`];
  }

  /** Opens the app in a new tab. */
  async open(url) {
    const page = await this.context.newPage();
    // Nobody catches what is thrown here: the test that runs fails. Workers' errors come so, too.
    page.on('pageerror', (error) => {
      throw new Error(`uncaught in the page or its worker: ${error.stack ?? error}`);
    });
    page.on('console', (line) => {
      if (line.type() === 'error') console.error(`console: ${line.text()}`);
      // What the proxy's policy keeps a page from doing, the app must not try.
      if (/Content Security Policy/.test(line.text())) throw new Error(line.text());
    });
    await page.goto(url);
    return page;
  }

  /** SIGKILL: no goodbye, no flush. */
  async kill() {
    await this.program.kill();
    await this.connection.close().catch(() => {});
  }
}

/** Everything recorded: the sessions and accounts in IndexedDB, of whichever time line. */
export function records(page) {
  return page.evaluate(async () => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const names = (await indexedDB.databases()).map((database) => database.name);
    const name = names.find((each) => each.startsWith('almanac ')) ?? 'almanac';
    const database = await wait(indexedDB.open(name));
    const reading = database.transaction(['accounts', 'sessions', 'checks', 'log']);
    const all = (store) => wait(reading.objectStore(store).getAll());
    const result = {
      accounts: await all('accounts'),
      sessions: await all('sessions'),
      checks: await all('checks'),
      log: await all('log'),
    };
    database.close();
    return result;
  });
}
