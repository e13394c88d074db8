// Bad input gets a clear error and loses nothing.

import assert from 'node:assert/strict';
import test from 'node:test';

import { AddDialog, Settings, eventually, rows, stopFollowing } from './harness/app.mjs';
import { records } from './harness/browser.mjs';
import { Replay } from './harness/replay.mjs';

/** The accounts stored, without their platform. */
async function stored(page) {
  const { accounts } = await records(page);
  return accounts.map(({ account }) => account.replace('tiktok:', ''));
}

async function opened(t, options) {
  const replay = await Replay.start(t, { accounts: 3, days: 1, rate: 60, ...options });
  await replay.open();
  return replay;
}

test('every bad line is named with its reason and stays', { timeout: 60_000 }, async (t) => {
  const { page } = await opened(t);
  const first = await AddDialog.open(page);
  await first.paste('@already.there');
  await first.follow('Follow 1 account');
  await first.dialog.waitFor({ state: 'hidden' });
  await eventually('one row', async () => (await rows(page)).length === 1);

  const add = await AddDialog.open(page);
  const bad = {
    2: ['@other, Wr!ong', /“Wr!ong” has “!”, which TikTok handles cannot have/],
    4: ['na/me', / has “\/”, which TikTok handles cannot have/],
    5: ['myspace:tom', /“myspace” is not a platform Almanac knows; known are: demo, tiktok/],
    7: ['https://example.com/@tom', /is not a profile link Almanac knows; paste one such as/],
    8: ['https://www.tiktok.com/explore', /is not a profile link Almanac knows/],
    10: ['x'.repeat(25), /is longer than the 24 characters TikTok allows/],
  };
  const good = {
    1: '@good.one',
    3: 'GOOD.ONE',
    6: 'tiktok:good_two',
    9: '@already.there',
    11: '',
    12: 'https://www.tiktok.com/@good3/live?lang=en',
  };
  const lines = Object.entries({ ...bad, ...good });
  const pasted = lines.map(([, line]) => (Array.isArray(line) ? line[0] : line));
  await add.paste(pasted.join('\n'));
  const counted = '3 new, 1 followed already, 1 repeated, 6 not understood';
  await eventually('the count', async () => (await add.status.innerText()).includes(counted));
  const problems = await add.problems();
  assert.deepEqual(
    problems.map(([number]) => number),
    Object.keys(bad),
  );
  for (const [number, text, reason] of problems) {
    assert.equal(text, bad[number][0]);
    assert.match(reason, bad[number][1]);
  }

  await add.follow('Follow 3 accounts');
  const left = Object.values(bad).map(([line]) => line);
  await eventually('what is left', async () =>
    (await add.status.innerText()).includes('3 accounts are now followed. 6 lines are left above.'),
  );
  assert.deepEqual((await add.area.inputValue()).trim().split('\n'), left);
  const followed = ['already.there', 'good.one', 'good3', 'good_two'];
  await eventually('four stored', async () => (await stored(page)).length === 4);
  assert.deepEqual((await stored(page)).sort(), followed);

  // A mended line goes the same way as a good one.
  await add.paste([...left.slice(1), 'wr_ong'].join('\n'));
  await add.follow('Follow 1 account');
  await eventually('five stored', async () => (await stored(page)).includes('wr_ong'));
  assert.equal((await add.problems()).length, left.length - 1);
});

/** The longest that the page could not react to anything, from here on. */
function watchPauses(page) {
  return page.evaluate(() => {
    window.longestPause = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      window.longestPause = Math.max(window.longestPause, now - last);
      last = now;
    }, 20);
  });
}

test('of ten thousand lines a thousand are followed', { timeout: 120_000 }, async (t) => {
  const { page } = await opened(t);
  await watchPauses(page);
  const add = await AddDialog.open(page);
  const names = Array.from({ length: 10_000 }, (_, i) => `name${i}`);
  await add.paste(names.join('\n'));
  const counted = '1,000 new, 9,000 without room';
  await eventually('the count', async () => (await add.status.innerText()).includes(counted));
  const [number, text, reason] = (await add.problems())[0];
  assert.deepEqual([number, text], ['1001', 'name1000']);
  assert.match(reason, /no room: Almanac follows 1,?000 accounts at most/);
  await add.follow('Follow 1,000 accounts');
  await eventually('what is left', async () =>
    (await add.status.innerText()).includes('1,000 accounts are now followed'),
  );
  assert.deepEqual((await add.area.inputValue()).trim().split('\n'), names.slice(1000));
  await eventually('a thousand stored', async () => (await stored(page)).length === 1000);
  await add.dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByText(/^1,?000 accounts/).waitFor();
  const pause = await page.evaluate(() => window.longestPause);
  t.diagnostic(`the longest pause of the page: ${Math.round(pause)} ms`);
  assert.ok(pause < 3_000, `the page stood still for ${Math.round(pause)} ms`);

  await page.reload();
  await page.getByText(/^1,?000 accounts/).waitFor();
  await eventually('a thousand rows', async () => (await page.locator('.row').count()) === 1000);
  assert.deepEqual((await stored(page)).sort(), names.slice(0, 1000).sort());
});

test('a bad interval says so and keeps the old one', { timeout: 60_000 }, async (t) => {
  const { page } = await opened(t);
  const add = await AddDialog.open(page);
  await add.paste('someone');
  await add.follow('Follow 1 account');
  const first = await Settings.open(page);
  await first.minutes.fill('45');
  await first.saved();

  const bad = [
    ['0', /One minute is the shortest/],
    ['abc', /whole number of minutes, from 1 to 1440/],
    ['', /whole number of minutes/],
    ['2.5', /whole number of minutes/],
    ['99999', /1440 minutes, a day, is the longest/],
  ];
  for (const [text, why] of bad) {
    const settings = await Settings.open(page);
    assert.equal(await settings.minutes.inputValue(), '45', 'the old interval');
    await settings.minutes.fill(text);
    await settings.save();
    assert.match(await settings.error.innerText(), why, text);
    assert.equal(await settings.minutes.inputValue(), text, 'what was typed is gone');
    assert.equal(await settings.minutes.getAttribute('aria-invalid'), 'true');
    await settings.leave();
  }
  await page.reload();
  await page.locator('.row').waitFor();
  const settings = await Settings.open(page);
  assert.equal(await settings.minutes.inputValue(), '45', 'after a reload');
});

test('an account goes with its records unless that is taken back', { timeout: 120_000 }, async (t) => {
  const replay = await opened(t, { rate: 1200, interval: 600_000 });
  const { page } = replay;
  await replay.follow();
  const followed = replay.trace.map(({ account }) => account);
  const [gone, ...kept] = followed;
  const of = async (account) => {
    const { accounts, sessions, checks } = await records(page);
    const mine = (each) => each.account === `tiktok:${account}`;
    return [accounts, sessions, checks].map((store) => store.filter(mine).length);
  };
  await eventually('something recorded', async () => (await of(gone)).every((n) => n > 0), 40_000);
  const before = await Promise.all(kept.map(of));

  const remove = () => stopFollowing(page, gone);
  const said = page.getByText(`You no longer follow ${gone}.`);
  await remove();
  await said.waitFor();
  assert.match(await said.innerText(), /records, tags and notes are deleted after 30 seconds/);
  assert.ok(!(await rows(page)).some(({ handle }) => handle === gone));
  assert.ok((await of(gone)).every((n) => n > 0), 'nothing is lost while it can be taken back');
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually('it is back', async () => (await rows(page)).length === followed.length);
  await said.waitFor({ state: 'hidden' });
  assert.ok((await of(gone)).every((n) => n > 0), 'kept');

  await remove();
  const none = async () => (await of(gone)).every((n) => n === 0);
  await eventually('its records are gone', none, 45_000);
  await said.waitFor({ state: 'hidden' });
  // A check that was under way must not bring it back.
  const asked = (await replay.requests()).length;
  await eventually('checks go on', async () => (await replay.requests()).length > asked + 5);
  assert.ok(await none(), 'it came back');
  assert.ok(!(await rows(page)).some(({ handle }) => handle === gone));
  for (const [i, account] of kept.entries()) {
    const after = await of(account);
    assert.ok(after.every((n, store) => n >= before[i][store]), `records of ${account} are gone`);
  }
});
