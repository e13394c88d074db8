// What a person does on the screens besides Now: an account's own, the plan, the results.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually, rows } from './harness/app.mjs';
import { records } from './harness/browser.mjs';
import { Replay } from './harness/replay.mjs';

const OPTIONS = { accounts: 4, days: 4, rate: 2400, interval: 1_200_000, generated: true };

async function following(t) {
  const replay = await Replay.start(t, OPTIONS);
  await replay.open();
  await replay.follow();
  return replay;
}

/** The sessions stored of an account that are over. */
async function over(page, handle) {
  const { sessions } = await records(page);
  return sessions.filter(({ account, end }) => account === `tiktok:${handle}` && end.over);
}

/** Some account of which so many broadcasts are recorded and over. */
function recorded(replay, count) {
  const handles = replay.trace.map(({ account }) => account);
  return eventually(
    `${count} broadcasts of somebody`,
    async () => {
      for (const handle of handles) {
        if ((await over(replay.page, handle)).length >= count) return handle;
      }
      return undefined;
    },
    90_000,
  );
}

async function openAccount(page, handle) {
  await page.getByRole('link', { name: handle, exact: true }).click();
  await page.getByRole('heading', { name: handle, level: 2 }).waitFor();
}

test('screens have addresses, names and a way back', { timeout: 90_000 }, async (t) => {
  const replay = await following(t);
  const { page } = replay;
  const [{ account: handle }] = replay.trace;
  await openAccount(page, handle);
  assert.match(page.url(), new RegExp(`#/account/tiktok:${handle}$`));
  await eventually('its name in the tab', async () => (await page.title()).startsWith(handle));
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await eventually('readers begin at the heading', async () => (await focused()) === handle);
  await page.goBack();
  await eventually('all accounts', async () => (await rows(page)).length === 4);
  await page.locator('.days').waitFor();
  const onRow = () => page.evaluate(() => document.activeElement.closest('.row .handle')?.textContent);
  await eventually('whoever comes back is where they left', async () => (await onRow()) === handle);

  const bar = page.getByRole('navigation');
  await bar.getByRole('link', { name: 'Plan' }).click();
  await page.getByRole('heading', { name: 'The plan' }).waitFor();
  assert.equal(await bar.getByRole('link', { name: 'Plan' }).getAttribute('aria-current'), 'page');
  await eventually('checks with their reasons', async () => {
    const listed = await page.locator('.checks li').allInnerTexts();
    return listed.length >= 4 && listed.every((line) => /interval|new|ended|likely|exist/.test(line));
  });

  // One screen at a time, whichever was open before.
  const names = { Plan: 'The plan', Results: 'Results', Log: 'Log', Data: 'Data', Settings: 'Settings' };
  for (const place of ['Data', 'Plan', 'Settings', 'Data', 'Log', 'Results', 'Settings', 'Plan']) {
    await bar.getByRole('link', { name: place }).click();
    await page.getByRole('heading', { name: names[place], level: 2 }).waitFor();
    const seen = await page.locator('main h2:visible').allInnerTexts();
    assert.deepEqual(seen, [names[place]]);
  }

  await page.goto(`${replay.proxy.address}#/no/such/page`);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page.getByRole('link', { name: 'To all accounts' }).click();
  await page.locator('.days').waitFor();
});

test('what is wished for an account is done and kept', { timeout: 120_000 }, async (t) => {
  const replay = await following(t);
  const { page } = replay;
  const [{ account: handle }] = replay.trace;
  await openAccount(page, handle);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused: not checked').waitFor();
  const asked = async () =>
    (await replay.requests()).filter(({ account }) => account === handle).length;
  // One may be under way.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const paused = await asked();
  const all = (await replay.requests()).length;
  await eventually('others are checked', async () => (await replay.requests()).length > all + 6);
  assert.equal(await asked(), paused, 'a paused account was checked');
  await page.getByRole('button', { name: 'Check now' }).click();
  await eventually('checked although paused', async () => (await asked()) === paused + 1);

  await page.getByLabel('Checked by').selectOption('fixed');
  await page.getByLabel('Always every').fill('0');
  await page.getByLabel('Always every').blur();
  await page.getByText('One minute is the shortest interval.').waitFor();
  await page.getByLabel('Always every').fill('45');
  await page.getByLabel('Tags').fill('music,  Art, art');
  await page.getByLabel('Note').fill('sings on Fridays');
  await page.getByLabel('Lives by the clock of').fill('Asia/Nowhere');
  await page.getByLabel('Note').focus();
  await page.getByText('This browser knows no such zone.').waitFor();
  await page.getByLabel('Lives by the clock of').fill('Asia/Tokyo');
  await page.getByLabel('Note').focus();
  await page.getByRole('button', { name: 'Their time' }).click();
  const stored = async () => {
    const { accounts } = await records(page);
    return accounts.find(({ account }) => account === `tiktok:${handle}`).wishes;
  };
  await eventually('all of it stored', async () => {
    const { paused, policy, interval, tags, note, zone } = await stored();
    const found = JSON.stringify([paused, policy, interval, tags, note, zone]);
    return found === '[true,"fixed",2700000,["Art","music"],"sings on Fridays","Asia/Tokyo"]';
  });
  await page.reload();
  await page.getByText('Paused: not checked').waitFor();
  await eventually('shown again', async () => (await page.getByLabel('Tags').inputValue()) === 'Art, music');
  assert.equal(await page.getByLabel('Note').inputValue(), 'sings on Fridays');
  assert.equal(await page.getByLabel('Always every').inputValue(), '45');
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('Paused: not checked').waitFor({ state: 'hidden' });

  // All of it stands in the log, as the person's own doing.
  await page.getByRole('navigation').getByRole('link', { name: 'Log' }).click();
  await page.getByLabel('Show').selectOption({ label: 'Yours' });
  const lines = async () => (await page.locator('.log ol li').allInnerTexts()).join('\n');
  const told = [
    'paused', 'checked again', 'you asked for a check', 'pinned interval: 45 min', 'note changed',
    'Checked by: one interval at every hour', 'tags: Art, music',
    'Lives by the clock of: Asia/Tokyo',
  ];
  for (const words of told) {
    await eventually(words, async () => (await lines()).includes(words));
  }
  await page.getByLabel('Show').selectOption({ label: 'Checks' });
  await eventually('what each check found', async () => {
    const all = (await lines()).split('\n').filter((line) => line.includes('checked'));
    return all.length > 3 && all.every((line) => /→ (live|not live|TikTok finds no such account)$/.test(line));
  });
});

test('what is recorded can be corrected, and that taken back', { timeout: 180_000 }, async (t) => {
  const replay = await following(t);
  const { page } = replay;
  const handle = await recorded(replay, 2);
  // Nothing more comes in: what changes now, the person changed.
  await replay.proxy.kill();
  await openAccount(page, handle);
  const lines = page.locator('table tbody tr:not(.live)');
  const before = await over(page, handle);
  await eventually('all are listed', async () => (await lines.count()) === before.length);
  assert.match(await page.getByRole('img', { name: /broadcasts? on \d+ of/ }).getAttribute('aria-label'), /in all\.$/);

  await lines.first().getByRole('button', { name: /^Delete/ }).click();
  await eventually('one less', async () => (await over(page, handle)).length === before.length - 1);
  await eventually('and shown so', async () => (await lines.count()) === before.length - 1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually('it is back', async () => (await lines.count()) === before.length);
  assert.deepEqual(await over(page, handle), before);

  await lines.first().getByRole('button', { name: /^Merge/ }).click();
  // They lie far apart: it is asked first, and what would come of it is said.
  const question = page.getByRole('dialog', { name: 'Make one broadcast of the two?' });
  await question.getByText(/^Nothing was seen for .+ between the two\. A check found it offline between the two \(.+\)\. Merged they are one broadcast of .+: .+\.$/).waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'hidden' });
  assert.equal((await over(page, handle)).length, before.length);
  await lines.first().getByRole('button', { name: /^Merge/ }).click();
  await question.getByRole('button', { name: 'Merge', exact: true }).click();
  await question.waitFor({ state: 'hidden' });
  await eventually('two are one', async () => (await over(page, handle)).length === before.length - 1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually('and two again', async () => (await over(page, handle)).length === before.length);
  assert.deepEqual(await over(page, handle), before);

  await lines.first().getByRole('button', { name: /^Edit/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Change what is recorded' });
  const [start, end] = [dialog.getByLabel('Start'), dialog.getByLabel('End')];
  const [was, until] = [await start.inputValue(), await end.inputValue()];
  await start.fill(until);
  await end.fill(was);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('cannot end before it begins').waitFor();
  // All around the broadcast before it.
  const earlier = before.at(-2).start.earliest;
  await start.fill(new Date(earlier - 3_600_000).toISOString().slice(0, 16));
  await end.fill(until);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/^The broadcast of .+ was on then\. Choose other times, or merge or delete/).waitFor();
  await start.fill(was);
  await end.fill(until);
  await dialog.getByLabel('Title').fill('By my own hand');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('cell', { name: 'By my own hand' }).waitFor();
  const titled = (await over(page, handle)).find(({ title }) => title === 'By my own hand');
  const same = before.find(({ key }) => key === titled.key);
  // What nobody touched is as uncertain as it was.
  assert.deepEqual([titled.start, titled.end], [same.start, same.end]);
  await page.getByRole('navigation').getByRole('link', { name: 'Now' }).click();
  await openAccount(page, handle);
  await page.getByRole('cell', { name: 'By my own hand' }).waitFor();
});

test('policies are tried side by side, with a way back', { timeout: 90_000 }, async (t) => {
  const replay = await following(t);
  const { page } = replay;
  await page.goto(`${replay.proxy.address}#/results`);
  await page.getByRole('button', { name: 'Compare in the shadow' }).click();
  await page.getByRole('heading', { name: /^In the shadow since/ }).waitFor();
  await page.getByRole('row', { name: /One interval/ }).waitFor();
  await page.getByRole('button', { name: 'End the trial' }).click();
  await page.getByRole('button', { name: 'Compare day by day' }).click();
  await page.getByRole('heading', { name: /^Day by day since/ }).waitFor();
  await page.getByRole('button', { name: 'Back to one interval' }).click();
  await page.getByText(/Everything has been on one interval since .*, as you wished/).waitFor();
  await page.reload();
  await page.getByText(/Everything has been on one interval/).waitFor();
  await page.getByRole('button', { name: 'Let the settings rule again' }).click();
  await page.getByRole('button', { name: 'Back to one interval' }).waitFor();
});
