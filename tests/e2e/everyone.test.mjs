// For everyone: six languages, either direction of writing, either theme, any device, the keyboard.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import { Settings, eventually } from './harness/app.mjs';
import { demoFollowed } from './harness/demo.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 390, height: 844 };
const TABLET = { width: 768, height: 1024 };
const DESK = { width: 1440, height: 900 };

/** Every address that the page leads to, and one that leads nowhere. */
async function screens(page) {
  const hrefs = await page
    .locator('a[href^="#/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const accounts = hrefs.filter((href) => href.startsWith('#/account/')).slice(0, 1);
  const others = hrefs.filter((href) => !href.startsWith('#/account/'));
  return [...new Set(['#/', ...others, ...accounts, '#/nowhere'])];
}

async function go(page, href) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, href);
  await page.locator('main h2:visible').first().waitFor();
  // What a screen asks the monitor for comes a moment later.
  await page.waitForTimeout(400);
}

/** What axe finds wrong, one line each. */
async function violations(page) {
  const { found, checked } = await page.evaluate(async (source) => {
    if (!window.axe) new Function(source)();
    const result = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    const line = ({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`);
    return { found: result.violations.flatMap(line), checked: result.passes.length };
  }, AXE);
  assert.ok(checked > 10, 'axe looked at something');
  return found;
}

/** What sticks out of the page sideways, which would make all of it scroll. */
function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((one) => one.checkVisibility() && one.scrollWidth > 0)
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        return right > width + 1 || left < -1;
      })
      .slice(0, 5)
      .map((one) => one.outerHTML.slice(0, 140));
  });
}

test('axe finds nothing on any screen, in both themes, on desk and phone', { timeout: 240_000 }, async (t) => {
  const { page } = await demoFollowed(t, { quota: '10/min,60/h,600/day' });
  const found = [];
  const look = async (where) => {
    for (const line of await violations(page)) found.push(`${where}: ${line}`);
  };
  const all = await screens(page);
  assert.ok(all.length >= 3, all.join(' '));
  for (const colorScheme of ['light', 'dark']) {
    for (const size of [DESK, PHONE]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      for (const href of all) {
        await go(page, href);
        await look(`${href} ${colorScheme} ${size.width}`);
      }
    }
    await go(page, '#/');
    await page.getByRole('button', { name: 'Add accounts' }).first().waitFor();
    for (const key of ['a', '?']) {
      // A key pressed in the moment in which the dialog before closes is that dialog's.
      await eventually(`the dialog of ${key}`, async () => {
        await page.keyboard.press(key);
        const opened = page.locator('dialog[open]').waitFor({ timeout: 5_000 });
        return opened.then(() => true, () => false);
      });
      await look(`dialog ${key} ${colorScheme}`);
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
  }
  assert.deepEqual(found, []);
});

test('six languages, chosen or the browser’s own, and nothing sticks out', { timeout: 240_000 }, async (t) => {
  const { page } = await demoFollowed(t, { quota: '10/min,60/h,600/day' });
  const root = page.locator('html');
  assert.equal(await root.getAttribute('lang'), 'en');
  const titles = {
    es: 'Ajustes',
    zh: '设置',
    ja: '設定',
    pt: 'Ajustes',
    de: 'Optionen',
    en: 'Settings',
  };
  for (const [tag, title] of Object.entries(titles)) {
    await go(page, '#/settings');
    await page.locator('#set-language').selectOption(tag);
    await page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
    await eventually(`lang ${tag}`, async () => (await root.getAttribute('lang')) === tag);
    for (const size of [PHONE, TABLET, { width: 2560, height: 1200 }]) {
      await page.setViewportSize(size);
      for (const href of await screens(page)) {
        await go(page, href);
        assert.deepEqual(await overflow(page), [], `${tag} ${href} ${size.width}`);
      }
    }
  }
  await go(page, '#/settings');
  await page.locator('#set-language').selectOption('de');
  await page.getByRole('heading', { name: 'Optionen' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Optionen' }).waitFor();
  await go(page, '#/');
  await page.getByText(/^12 Konten · nächste Prüfung/).waitFor();

  // As it will be with a language written from right to left.
  await page.setViewportSize(PHONE);
  await root.evaluate((one) => one.setAttribute('dir', 'rtl'));
  for (const href of await screens(page)) {
    await go(page, href);
    assert.deepEqual(await overflow(page), [], `right to left ${href}`);
  }
});

test('whoever changes how it looks goes on where it was, however fast', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t, { quota: '10/min,60/h,600/day' });
  await go(page, '#/settings');
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.evaluate(() => {
    window.drawn = document.querySelector('.settings');
  });
  const choose = async (id, value) => {
    await page.locator(id).focus();
    await page.locator(id).selectOption(value);
  };
  for (const [id, value] of [['#set-theme', 'dark'], ['#set-zone', 'Asia/Seoul'], ['#set-theme', '']]) {
    await choose(id, value);
    assert.equal(await focused(), id.slice(1));
  }
  assert.ok(await page.evaluate(() => window.drawn.isConnected), 'nothing was drawn anew');
  // Each comes while something of the one before is still to be done.
  for (const [tag, title] of [['de', 'Optionen'], ['es', 'Ajustes'], ['en', 'Settings'], ['ja', '設定']]) {
    await choose('#set-language', tag);
    await page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
    await eventually(`the focus in ${tag}`, async () => (await focused()) === 'set-language');
  }
  // What is yet to come of all those drawings has come.
  await page.waitForTimeout(1_500);
});

test('theme and zone follow what is chosen, and stay', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t, { quota: '10/min,60/h,600/day' });
  await page.emulateMedia({ colorScheme: 'light' });
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await go(page, '#/settings');
  await page.locator('#set-theme').selectOption('dark');
  await eventually('the night', async () => (await paper()) !== light);
  await page.locator('#set-zone').selectOption('Asia/Seoul');
  await page.reload();
  await eventually('the night stays', async () => (await paper()) !== light);
  await go(page, '#/settings');
  assert.equal(await page.locator('#set-zone').inputValue(), 'Asia/Seoul');
  await page.locator('#set-theme').selectOption('');
  await eventually('the day', async () => (await paper()) === light);
});

test('a platform that is not checked is left alone, and one switch brings the fixed interval back', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t, { quota: '10/min,60/h,600/day' });
  const settings = await Settings.open(page);
  const share = page.getByLabel('How much of the budget for Demo checks may use');
  await share.selectOption({ label: 'not checked' });
  await settings.leave();
  await page.getByText('12 accounts · no check can be planned now').waitFor();
  const again = await Settings.open(page);
  await share.selectOption({ label: '50% of its budget' });
  await again.form.getByLabel(/^As often as the budget allows$/).check();
  await again.saved();
  await page.getByText(/^12 accounts · next check/).waitFor();
  await page.reload();
  const kept = await Settings.open(page);
  await eventually('the share', async () => (await share.inputValue()) === '50');
  const often = kept.form.getByLabel(/^As often as the budget allows:/);
  await eventually('the rule', () => often.isChecked());
});

test('everything is deleted only once that is typed', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t, { quota: '10/min,60/h,600/day' });
  await go(page, '#/settings');
  const button = page.getByRole('button', { name: 'Delete everything' });
  assert.ok(await button.isDisabled());
  await page.locator('#set-delete').fill('delet');
  assert.ok(await button.isDisabled());
  await page.locator('#set-delete').fill('Delete');
  await button.click();
  await page.getByRole('button', { name: /demo streamers/ }).first().waitFor();
  await eventually('no rows', async () => (await page.locator('.row').count()) === 0);
  await page.reload();
  await page.getByRole('button', { name: /demo streamers/ }).first().waitFor();
  assert.equal(await page.locator('.row').count(), 0, 'after a reload');
});
