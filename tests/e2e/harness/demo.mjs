// The built-in demo: no fake, a clock that runs fast.

import { eventually, rows } from './app.mjs';
import { Browser } from './browser.mjs';
import { scratch, startProxy } from './processes.mjs';

/** The demo's proxy, and the app in a browser, where nobody is followed yet. */
export async function demo(test, { quota = '30/min,600/h,6000/day', flags = [], browser: browserFlags = [] } = {}) {
  const budget = ['--quota', `demo=${quota}`, '--demo-speed', '2880'];
  const proxy = await startProxy(test, [...budget, ...flags, '--state-dir', await scratch(test, 'state')]);
  const browser = await Browser.start(test, await scratch(test, 'profile'), {}, browserFlags);
  const page = await browser.open(proxy.address);
  return { proxy, browser, page };
}

/** The same with everybody followed. */
export async function demoFollowed(test, options) {
  const opened = await demo(test, options);
  await opened.page.getByRole('button', { name: /demo streamers/ }).first().click();
  await eventually('rows', async () => (await rows(opened.page)).length === 12);
  return opened;
}
