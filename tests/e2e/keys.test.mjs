// The sheet with the keys, and that each key does what the sheet says.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually } from './harness/app.mjs';
import { demoFollowed } from './harness/demo.mjs';

test('the sheet lists the keys, each does what it says, and the focus comes back', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  const focused = (who, what) =>
    eventually(what, async () => (await page.evaluate(() => document.activeElement.textContent.trim())) === who);
  const dialog = (name) => page.getByRole('dialog', { name });
  const sheet = dialog('Keys');
  const handle = (await page.locator('.row .handle').nth(2).innerText()).trim();
  const row = page.locator('.row .handle').getByText(handle, { exact: true });
  await row.focus();
  await page.keyboard.press('?');
  await sheet.waitFor();
  const said = Object.fromEntries(
    await sheet
      .locator('.keys > div')
      .evaluateAll((all) => all.map((one) => [...one.children].map((part) => part.textContent.trim()))),
  );
  // What is behind the sheet hears no key, and the focus stays within the sheet.
  await page.keyboard.press('a');
  await page.keyboard.press('2');
  assert.equal(await page.locator('dialog[open]').count(), 1);
  assert.equal(new URL(page.url()).hash, '');
  for (let i = 0; i < 5; i += 1) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(() => {
      const { activeElement: at } = document;
      return at !== document.body && !at.closest('dialog');
    });
    assert.equal(outside, false);
  }
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });
  await focused(handle, 'the focus comes back');

  const heading = (name) => page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
  // A key pressed in the moment in which the dialog before closes is that dialog's.
  const opens = (key, opened) =>
    eventually(`the dialog of ${key}`, async () => {
      await page.keyboard.press(key);
      return opened.waitFor({ timeout: 2_000 }).then(() => true, () => false);
    });
  const walks = {
    'add accounts': async (key) => {
      await opens(key, dialog('Add accounts'));
      await page.keyboard.press('Escape');
      await dialog('Add accounts').waitFor({ state: 'hidden' });
      await focused(handle, `after ${key} the focus comes back`);
    },
    'search the accounts': async (key) => {
      await page.keyboard.press(key);
      await page.keyboard.type('mira');
      await eventually('found', async () => (await page.locator('.row:visible').count()) === 1);
      await page.getByRole('button', { name: 'Clear search' }).click();
      // Letters belong to the field until it is left.
      await row.focus();
    },
    'close what is open': async (key) => {
      await opens('?', sheet);
      await page.keyboard.press(key === 'Esc' ? 'Escape' : key);
      await sheet.waitFor({ state: 'hidden' });
    },
    'this list': async (key) => {
      await opens(key, sheet);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'hidden' });
    },
    Plan: (key) => page.keyboard.press(key).then(() => heading('The plan')),
    Results: (key) => page.keyboard.press(key).then(() => heading('Results')),
    Log: (key) => page.keyboard.press(key).then(() => heading('Log')),
    Data: (key) => page.keyboard.press(key).then(() => heading('Data')),
    Settings: (key) => page.keyboard.press(key).then(() => heading('Settings')),
    Now: (key) => page.keyboard.press(key).then(() => page.locator('.days').waitFor()),
  };
  assert.deepEqual(Object.values(said).sort(), Object.keys(walks).sort());
  const keyOf = Object.fromEntries(Object.entries(said).map(([key, does]) => [does, key]));
  for (const [does, walk] of Object.entries(walks)) await walk(keyOf[does]);

  // From any screen.
  await page.evaluate(() => (location.hash = '#/log'));
  await heading('Log');
  await page.keyboard.press('/');
  await eventually('the search', () => page.evaluate(() => document.activeElement.id === 'find'));
  assert.match(page.url(), /#\/$/);
  await page.locator('.row .handle').first().focus();

  // Whoever has them off types letters in peace; in a field they are letters at all times.
  await page.keyboard.press('/');
  await page.keyboard.type('a2?');
  assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), 'a2?');
  await page.getByRole('button', { name: 'Clear search' }).click();
  await page.getByRole('link', { name: 'Now', exact: true }).focus();
  await page.keyboard.press('?');
  await sheet.getByLabel('Use keys without Ctrl or Alt').uncheck();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });
  for (const key of ['a', '?', '2']) await page.keyboard.press(key);
  await page.waitForTimeout(500);
  assert.equal(await page.locator('dialog[open]').count(), 0);
  assert.match(page.url(), /#\/$/);
});

test('the focus stays on an account whose row moves, also behind a dialog', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  const where = (of) =>
    of.evaluate((link) => {
      const place = [...document.querySelectorAll('.row .handle')].indexOf(link);
      return `${place} of all, in ${link.closest('section').getAttribute('aria-labelledby')}`;
    });
  for (const covered of [false, true]) {
    // The one who is likely next; a day of the demo takes half a minute.
    const handle = await page.locator('#section-next + .rows .row:not([hidden]) .handle').first().innerText();
    const row = page.locator('.row .handle').getByText(handle, { exact: true });
    await row.focus();
    if (covered) {
      await page.keyboard.press('?');
      await sheet.waitFor();
    }
    const before = await where(row);
    await eventually(`${handle} is elsewhere`, async () => (await where(row)) !== before, 60_000);
    if (covered) {
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'hidden' });
    }
    await eventually('the focus is kept', () =>
      page.evaluate((name) => document.activeElement.textContent.trim() === name, handle),
    );
  }
  // Who has gone elsewhere is left there.
  await page.getByRole('heading', { level: 2 }).first().click();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
});
