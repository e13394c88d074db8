// What a person sets, asks and looks up on screens that no other check walks.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually, rows } from './harness/app.mjs';
import { records } from './harness/browser.mjs';
import { demoFollowed } from './harness/demo.mjs';
import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

const open = (page, name) => page.getByRole('navigation').getByRole('link', { name }).click();

test('the demo goes in one press, can be taken back, and leads on', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await page.getByRole('button', { name: 'Remove the demo' }).click();
  await eventually('nobody', async () => (await rows(page)).length === 0);
  await page.getByText('This proxy serves the demo only').waitFor();
  await page.getByRole('button', { name: 'Add accounts' }).first().waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually('everybody is back', async () => (await rows(page)).length === 12);
});

test('what is told is ruled in Settings, for all and by tag', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await page.locator('.row .handle').first().click();
  await page.getByLabel('Tags').fill('music');
  await page.getByLabel('Note').focus();
  await open(page, 'Settings');
  const alerts = page.getByRole('region', { name: 'Alerts' });
  const live = alerts.getByLabel('when somebody goes live');
  await live.check();
  await alerts.getByLabel('music').selectOption({ label: 'of these accounts:' });
  await alerts.getByLabel('it has ended').check();
  await alerts.getByLabel('Show nothing in these hours').check();
  await alerts.getByLabel('From').fill('22:30');
  const kept = async () => {
    const ruled = page.getByRole('region', { name: 'Alerts' });
    return (
      (await ruled.getByLabel('when somebody goes live').isChecked()) &&
      (await ruled.getByLabel('it is live').isChecked()) &&
      (await ruled.getByLabel('it has ended').isChecked()) &&
      (await ruled.getByLabel('From').inputValue()) === '22:30'
    );
  };
  await eventually('all of it is taken', kept);
  // The monitor has it on disk by then.
  await page.waitForTimeout(1_000);
  await page.reload();
  await eventually('all of it is kept', kept);
  await alerts.getByLabel('music').selectOption({ label: 'as for all' });
  await alerts.getByLabel('it has ended').waitFor({ state: 'hidden' });
});

test('the token is kept and forgotten in Settings, and the app installed', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await open(page, 'Settings');
  const proxy = page.getByRole('region', { name: 'The proxy' });
  await proxy.getByText(new URL(page.url()).origin).waitFor();
  await proxy.getByText('No token is kept.').waitFor();
  await proxy.getByRole('textbox').fill('a token that nobody wants');
  await proxy.getByRole('button', { name: 'Enter' }).click();
  await proxy.getByText('A token is kept in this browser.').waitFor();
  await proxy.getByRole('button', { name: 'Forget the token' }).click();
  await proxy.getByText('No token is kept.').waitFor();

  const install = page.getByRole('button', { name: 'Install Almanac' });
  await page.evaluate(() => {
    const offer = new Event('beforeinstallprompt', { cancelable: true });
    offer.prompt = async () => (window.prompted = true);
    window.dispatchEvent(offer);
  });
  await install.click();
  await install.waitFor({ state: 'hidden' });
  assert.ok(await page.evaluate(() => window.prompted));
});

test('accounts are found by word, tag and state, and put in another order', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await page.locator('.row .handle').getByText('mira.codes', { exact: true }).click();
  await page.getByLabel('Tags').fill('music');
  await page.getByLabel('Note').focus();
  await open(page, 'Now');
  const visible = () => page.locator('.row:visible').count();
  const find = page.getByRole('searchbox', { name: 'Search' });
  await page.keyboard.press('/');
  await find.fill('mira');
  await eventually('one by its name', async () => (await visible()) === 1);
  await page.getByRole('button', { name: 'Clear search' }).click();
  await eventually('all', async () => (await visible()) === 12);
  await page.getByRole('combobox', { name: 'Tag' }).selectOption('music');
  await eventually('one by its tag', async () => (await visible()) === 1);
  await page.getByRole('button', { name: 'Clear search' }).click();
  await page.locator('.finding select').filter({ hasText: 'Paused' }).selectOption({ label: 'Paused' });
  await eventually('nobody is paused', async () => (await visible()) === 0);
  await page.getByRole('button', { name: 'Clear search' }).click();
  const order = page.locator('.finding select').filter({ hasText: 'Most often live' });
  await order.selectOption({ label: 'Most often live' });
  await eventually('all in another order', async () => (await visible()) === 12);
});

test('the log is read by kind and by words, and saved', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await open(page, 'Log');
  const lines = page.locator('.log ol li');
  await eventually('lines', async () => (await lines.count()) > 12);
  await page.getByLabel('Show').selectOption({ label: 'Yours' });
  await eventually('what the person did', async () => (await lines.count()) === 12);
  await page.getByLabel('with the words').fill('mira');
  await eventually('of one', async () => (await lines.count()) === 1);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  assert.match((await saved).suggestedFilename(), /log/);
  // What is set for all is told as well.
  await open(page, 'Settings');
  await page.getByLabel('to see them sooner').check();
  await page.getByRole('region', { name: 'When accounts are checked' }).getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('How much of the budget for Demo checks may use').selectOption({ label: '50% of its budget' });
  assert.equal(await page.locator('#set-zone option[value=UTC]').count(), 1);
  await open(page, 'Log');
  await page.getByLabel('Show').selectOption({ label: 'Yours' });
  await page.getByText('Rule for all: As often as the budget allows').first().waitFor();
  await page.getByText('Demo: 50% of its budget').waitFor();
});

test('the plan and the settings say who used the budget, and what it gives', { timeout: 240_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await open(page, 'Plan');
  const used = page.getByRole('region', { name: 'What used the budget' });
  await used.getByRole('columnheader', { name: 'Checks on Demo' }).waitFor({ timeout: 60_000 });
  assert.ok((await used.locator('.used a').count()) > 0);
  // The clock runs fast: soon more were checked in a day than in an hour.
  await eventually('the day has more than its last hour', async () => {
    const [, hour, day] = /^all\D+([\d,]+)\s+([\d,]+)$/.exec(await used.locator('tr.sum').last().innerText()) ?? [];
    return Number(day?.replace(',', '')) > Number(hour?.replace(',', ''));
  }, 60_000);

  // What a budget gives stands where it is set, too.
  const plans = page.getByRole('region', { name: 'With another budget' });
  await plans.getByRole('row', { name: /^as now/ }).waitFor({ timeout: 120_000 });
  await open(page, 'Settings');
  const rule = page.getByRole('region', { name: 'When accounts are checked' });
  await rule.getByRole('heading', { name: 'What the budget is expected to give' }).waitFor();
  await rule.getByRole('row', { name: /^as now [\d,]+ \d+% / }).waitFor();
});

test('the night when clocks go back costs no broadcast and no truth', { timeout: 120_000 }, async (t) => {
  // 25 October 2026, 01:00 UTC, in Berlin.
  const start = Date.parse('2026-10-24T12:00:00Z');
  const options = { accounts: 4, days: 2, rate: 4800, interval: 1_800_000, generated: true, start };
  const replay = await Replay.start(t, options);
  await replay.open();
  await replay.follow();
  const { page } = replay;
  await open(page, 'Settings');
  await page.locator('#set-zone').selectOption('Europe/Berlin');
  await open(page, 'Now');
  const clock = () => page.locator('.axis').innerText();
  await replay.clock.until(Date.parse('2026-10-24T23:30:00Z'));
  await eventually('01:30 and later, summer time', async () => /0[12]:\d\d/.test(await clock()));
  await replay.clock.until(Date.parse('2026-10-25T12:00:00Z'));
  await eventually('13:00 and later, winter time', async () => /1[345]:\d\d/.test(await clock()));
  await replay.clock.until(Date.parse('2026-10-26T00:00:00Z'));
  const { sessions } = await replay.settle();
  const result = hold(sessions, replay.trace, await replay.requests());
  t.diagnostic(JSON.stringify(result));
  assert.ok(result.seen > 0, 'the night was too quiet to prove anything');
  assert.ok((await records(page)).log.length > 0);
});

test('who is live stands first, then who is likely next; a row says when, and how surely', { timeout: 120_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await open(page, 'Data');
  await page.getByRole('button', { name: 'Ask for past broadcasts' }).click();
  await page.getByText(/^[\d,]+ sessions added\./).waitFor({ timeout: 60_000 });
  await open(page, 'Now');
  const standing = async () => (await rows(page)).map(({ live }) => live);
  // A look in the moment in which somebody changes places proves nothing.
  await eventually('live first', async () => {
    const all = await standing();
    return all.includes(true) && all.includes(false) && all.lastIndexOf(true) < all.indexOf(false);
  }, 60_000);
  await eventually('when, and how surely', async () => {
    const texts = (await page.locator('.row').allInnerTexts()).join('\n');
    return /(Likely|Perhaps) .*\d\d:\d\d\D+\d\d:\d\d, \d+%/.test(texts) && /next check .*\d\d:\d\d/.test(texts) && /Last live/.test(texts);
  }, 60_000);
  const which = page.getByRole('combobox', { name: 'Which accounts' });
  await which.selectOption({ label: 'Live' });
  await eventually('only who is live', async () => {
    const all = await standing();
    return all.length > 0 && all.length < 12 && all.every(Boolean);
  }, 40_000);
  await which.selectOption({ label: 'Offline' });
  await eventually('only who is not', async () => {
    const all = await standing();
    return all.length > 0 && all.length < 12 && !all.some(Boolean);
  }, 40_000);
  await which.selectOption({ label: 'All' });
  const order = page.getByRole('combobox', { name: 'Order' });
  const orders = new Set();
  for (const label of ['Likely next', 'Next check', 'Last live', 'Most often live']) {
    await order.selectOption({ label });
    await eventually(`all by ${label}`, async () => (await rows(page)).length === 12);
    orders.add((await rows(page)).map(({ handle }) => handle).join());
  }
  assert.ok(orders.size >= 3, 'an order is an order');
});

test('past forecasts are held against what came', { timeout: 240_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await page.evaluate(() => (location.hash = '#/account/demo:mira.codes'));
  const held = page.getByRole('region', { name: 'Said and happened' });
  await held.getByText('No forecast has come due yet').waitFor();
  await held.getByText(/^\d+ forecasts of a day, .* Brier score, .*: 0[.]\d+[.] 0 is perfect, a coin gets 0[.]25[.]$/).waitFor({ timeout: 200_000 });
  await held.getByRole('img', { name: /\d+% said, \d+% happened/ }).waitFor();
});

test('how many broadcasts are to be seen is set and kept; who wants no motion gets none', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await open(page, 'Settings');
  const form = page.getByRole('form', { name: 'When accounts are checked' });
  const target = form.getByLabel('To be seen:');
  await target.selectOption({ label: '90 of 100 broadcasts' });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Saved.').waitFor();
  await page.reload();
  await eventually('it is kept', async () => (await target.inputValue()) === '90');

  const motion = () =>
    page.evaluate(() => {
      const one = document.body.appendChild(document.createElement('p'));
      one.className = 'opening';
      const { animationName } = getComputedStyle(one);
      one.remove();
      return animationName;
    });
  assert.equal(await motion(), 'appear');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  assert.equal(await motion(), 'none');
});
