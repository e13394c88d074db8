// What a first visit reads while the app is on its way.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Browser } from './harness/browser.mjs';
import { scratch, startProxy } from './harness/processes.mjs';

const TITLES = {
  de: 'Wissen, wer live ist',
  en: 'Know who is live',
  ja: '誰が配信中か',
};

/** A first visit by somebody who speaks these languages; the app's code is held back until `release`. */
async function visit(t, languages, size) {
  const proxy = await startProxy(t, ['--state-dir', await scratch(t, 'state')]);
  const browser = await Browser.start(t, await scratch(t, 'profile'));
  const page = await browser.context.newPage();
  await page.addInitScript((spoken) => {
    Object.defineProperty(navigator, 'languages', { get: () => spoken });
    Object.defineProperty(navigator, 'language', { get: () => spoken[0] });
    window.moved = 0;
    const add = (list) => list.getEntries().forEach(({ value }) => (window.moved += value));
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
  }, languages);
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(/\/code-\w+\//, async (route) => {
    await released;
    await route.continue();
  });
  const devtools = await browser.context.newCDPSession(page);
  // A phone's scroll bar takes no room.
  await devtools.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1 });
  await page.goto(proxy.address, { waitUntil: 'commit' });
  return { page, release };
}

/** What is read, and where it stands. */
function reading(page) {
  return page.locator('.welcome').evaluate((section) => {
    const [title, text] = [section.querySelector('h2'), section.querySelector('p')];
    const place = (one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    };
    return { title: title.textContent, text: text.textContent, places: [place(title), place(text)] };
  });
}

const PHONE = { width: 390, height: 844, mobile: true };
const DESK = { width: 1440, height: 900, mobile: false };

for (const [languages, tag, size] of [
  [['de-AT', 'en'], 'de', DESK],
  [['ja'], 'ja', PHONE],
  [['fr-FR', 'it'], 'en', PHONE],
]) {
  test(`who speaks ${languages} reads ${tag} before the app is there, and the same after`, { timeout: 60_000 }, async (t) => {
    const { page, release } = await visit(t, languages, size);
    await page.getByRole('heading', { level: 2 }).waitFor();
    assert.equal(await page.locator('main').getAttribute('lang'), tag);
    const before = await reading(page);
    assert.ok(before.title.startsWith(TITLES[tag]), before.title);
    assert.equal(await page.getByRole('button').count(), 0, 'nothing can be pressed yet');
    await page.evaluate(() => (window.moved = 0));
    release();
    await page.locator('.welcome .tools button:visible').first().waitFor();
    // The pieces that follow stand below.
    await page.locator('.welcome figure').waitFor();
    assert.deepEqual(await reading(page), before);
    const moved = await page.evaluate(() => window.moved);
    assert.ok(moved < 0.02, `what was read moved by ${moved}`);
    assert.equal(await page.locator('html').getAttribute('lang'), tag);
  });
}

test('who comes again is greeted by the app alone', { timeout: 60_000 }, async (t) => {
  const { page, release } = await visit(t, ['en'], DESK);
  release();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await page.unrouteAll();
  // The page's own greeting would be in a `main` that says its language.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('main[lang]')) window.greeted = true;
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.reload();
  await page.getByRole('heading', { name: TITLES.en }).waitFor();
  assert.equal(await page.evaluate(() => window.greeted), undefined);
});
