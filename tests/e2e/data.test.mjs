// Everything recorded, out and in: backups, tables, past broadcasts, the log.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import { eventually, kept, rows } from './harness/app.mjs';
import { Browser, records } from './harness/browser.mjs';
import { scratch, startProxy } from './harness/processes.mjs';
import { Replay } from './harness/replay.mjs';

async function goto(page, place) {
  await page.evaluate((hash) => (location.hash = hash), `#/${place}`);
}

/** The file that a button leads to. */
async function saved(page, name) {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

/** Gives a file to the input under a label. */
function give(page, label, name, text) {
  return page.getByLabel(label).setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

/** What is compared: how the log and the clock go on is not. */
function essence({ accounts, sessions }) {
  const order = (all, key) => all.map((one) => JSON.stringify(one)).sort().join('\n') + key;
  return { accounts: accounts.map(({ account }) => account).sort(), sessions: order(sessions, '') };
}

test('a backup brings everything back, and one that is cut changes nothing', { timeout: 180_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 8, days: 2, rate: 2400, interval: 1_200_000 });
  await replay.open();
  const { page } = replay;
  await replay.follow();
  await eventually('sessions', async () => (await records(page)).sessions.length > 3, 60_000);
  // What makes a backup is not in the first download either.
  await kept(page);
  await replay.proxy.kill();
  await eventually('nothing moves any more', async () =>
    (await page.locator('.notices').innerText()).includes('The proxy has not answered'),
  );
  const before = essence(await records(page));
  await goto(page, 'data');
  const backup = await saved(page, 'Save a backup');
  assert.match(backup.name, /^almanac-backup-\d{4}-\d\d-\d\d\.json$/);
  const parsed = JSON.parse(backup.text);
  assert.equal(parsed.almanac, 'backup');
  assert.equal(parsed.records.filter(([kind]) => kind === 'sessions').length, (await records(page)).sessions.length);

  // Another browser, with nothing.
  await replay.restartProxy();
  const browser = await Browser.start(t, await scratch(t, 'other'));
  const other = await browser.open(replay.proxy.address);
  await other.getByRole('button', { name: 'Add accounts' }).first().waitFor();
  // What looks at a backup is not in the first download.
  await kept(other);
  await replay.proxy.kill();
  await goto(other, 'data');
  for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
    const cut = backup.text.slice(0, Math.floor(share * backup.text.length));
    await give(other, 'Choose a backup', 'cut.json', cut);
    const error = await eventually('an error', async () => {
      const text = (await other.locator('.data [role=alert]').allInnerTexts()).join('');
      return text.length > 0 && text;
    });
    assert.match(error, /cut off|no backup of Almanac|damaged/);
    assert.equal(await other.getByRole('button', { name: 'Restore' }).isVisible(), false);
    assert.equal((await records(other)).accounts.length, 0);
  }
  await give(other, 'Choose a backup', backup.name, backup.text);
  await other.getByText('Accounts: 8 new, 0 take the place of those here.').waitFor();
  assert.equal((await records(other)).accounts.length, 0, 'to look is not to restore');
  await other.getByRole('button', { name: 'Restore' }).click();
  await other.getByText('The backup is restored.').waitFor();
  assert.deepEqual(essence(await records(other)), before);
  await goto(other, '');
  await eventually('rows', async () => (await rows(other)).length === 8);
  await goto(other, 'log');
  await other.getByLabel(/^Show/).selectOption('Yours');
  await other.getByText('A backup was restored').waitFor();
});

const LEARNING = `id,username,session_date,start_time,end_time,duration_minutes,day_of_week,start_hour,end_hour,peak_viewers,total_gifts,session_quality,created_at
1,old.friend,2026-06-20,19:30:00,22:05:00,155,6,19,22,120,900,348.4,2026-06-20 22:05:00
2,old.friend,2026-06-21,23:10:00,01:20:00,130,0,23,1,80,0,0,2026-06-22 01:20:00
3,old.friend,2026-06-99,19:30:00,,,,,,,,,
`;
const DUMP = `INSERT INTO public.schedule_learning (username, session_date, start_time, end_time) VALUES
  ('old.friend', '2026-06-20', '19:30:00', '22:05:00'),
  ('old.friend', '2026-06-23', '20:00:00', NULL);
`;

test('tables come in row by row, and go out again', { timeout: 120_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 2, days: 1, rate: 60, interval: 1_200_000 });
  await replay.open();
  const { page } = replay;
  await page.getByRole('button', { name: 'Add accounts' }).first().waitFor();
  await goto(page, 'data');
  await page.getByLabel(/Times without a zone/).selectOption('utc');
  await give(page, 'Choose a table', 'schedule_learning.csv', LEARNING);
  await page.getByText('2 sessions new, 1 account to follow, 1 row not understood').waitFor();
  await page.getByText('session_date cannot be read: “2026-06-99” (as it should be: 2026-03-01)').waitFor();
  await page.getByRole('button', { name: 'Import 2' }).click();
  await page.getByText(/^Imported: 2 sessions new/).waitFor();
  const { sessions, accounts } = await records(page);
  assert.deepEqual(accounts.map(({ account }) => account), ['tiktok:old.friend']);
  assert.deepEqual(
    sessions.map(({ start, known_by }) => [new Date(start.latest).toISOString(), known_by]).sort(),
    [
      ['2026-06-20T19:30:00.000Z', 'imported'],
      ['2026-06-21T23:10:00.000Z', 'imported'],
    ],
  );
  // What is here already stays as it is.
  await give(page, 'Choose a table', 'dump.sql', DUMP);
  await page.getByText('1 session new, 1 here already').waitFor();
  await page.getByRole('button', { name: 'Import 1' }).click();
  await page.getByText(/^Imported: 1 session new/).waitFor();
  const csv = await saved(page, 'Save sessions as CSV');
  assert.match(csv.name, /\.csv$/);
  assert.equal(csv.text.trim().split('\n').length, 4);
  await give(page, 'Choose a table', csv.name, csv.text);
  await page.getByText('0 sessions new, 3 here already').waitFor();
  await give(page, 'Choose a table', 'other.csv', 'a,b\n1,2\n');
  await page.getByText(/This is no table of sessions/).waitFor();
});

test('past broadcasts come from where they are listed', { timeout: 90_000 }, async (t) => {
  const proxy = await startProxy(t, ['--state-dir', await scratch(t, 'state')]);
  const browser = await Browser.start(t, await scratch(t, 'profile'));
  const page = await browser.open(proxy.address);
  await page.getByRole('button', { name: /^Follow the \d+ demo streamers/ }).first().click();
  await eventually('rows', async () => (await rows(page)).length === 12);
  await goto(page, 'data');
  await page.getByRole('button', { name: 'Ask for past broadcasts' }).click();
  await page.getByText(/^[\d,]+ sessions added\./).waitFor({ timeout: 60_000 });
  const { sessions } = await records(page);
  const past = sessions.filter(({ known_by }) => known_by === 'backfilled');
  assert.ok(past.length > 100, `${past.length}`);
  // Once more adds nothing that is here already.
  await page.getByRole('button', { name: 'Ask for past broadcasts' }).click();
  await page.getByText(/^\d sessions? added\./).waitFor({ timeout: 60_000 });

  await goto(page, 'log');
  await page.getByRole('listitem').filter({ hasText: 'checked' }).first().waitFor();
  await page.getByLabel(/^Show/).selectOption('Status');
  await eventually('a status line', async () => {
    const lines = await page.locator('.log li').allInnerTexts();
    return lines.length > 0 && lines.every((line) => /\d+ checks?, \d+ live/.test(line));
  }, 30_000);
  await page.getByLabel(/^Show/).selectOption('everything');
  await page.getByLabel(/with the words/).fill('added');
  await eventually('twelve lines', async () => (await page.locator('.log li').count()) === 12);
  const file = await saved(page, 'Save as a file');
  // What is on the screen, and nothing else.
  const saved12 = file.text.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(saved12.length, 12);
  assert.ok(saved12.every(({ at, what }) => /^\d{4}-.*Z$/.test(at) && 'added' in what), file.text);
});
