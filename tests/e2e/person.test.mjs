// What a person meets on the way: charts, columns, wishes, what used a budget, where it cannot run.

import assert from 'node:assert/strict';
import test from 'node:test';

import { AddDialog, eventually, notices, rows } from './harness/app.mjs';
import { Browser, records } from './harness/browser.mjs';
import { demo, demoFollowed } from './harness/demo.mjs';
import { scratch } from './harness/processes.mjs';
import { Replay } from './harness/replay.mjs';

async function go(page, place) {
  await page.evaluate((hash) => (location.hash = hash), `#/${place}`);
}

/** Gives a file to the input under a label. */
function give(page, label, name, text) {
  return page.getByLabel(label).setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

test('a press on the gauges tells who used them', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await eventually('checks', async () => (await rows(page)).some(({ live }) => live), 30_000);
  await page.getByRole('region', { name: 'Budgets' }).getByRole('button').press('Enter');
  const dialog = page.getByRole('dialog', { name: 'What used the budget' });
  const sum = dialog.getByRole('table').locator('tr.sum').last();
  await eventually('of the day as of the hour', async () => {
    const [, hour, day] = /^all\D+(\d+)\D+(\d+)$/.exec(await sum.innerText()) ?? [];
    return Number(hour) > 0 && Number(day) >= Number(hour);
  }, 30_000);
  await dialog.getByRole('columnheader', { name: 'Checks on Demo' }).waitFor();
  const most = dialog.locator('.used a').first();
  const handle = await most.innerText();
  await most.click();
  await page.getByRole('heading', { level: 2, name: handle }).waitFor();
  assert.equal(await page.locator('dialog[open]').count(), 0);
});

test('every screen can be opened first, and says when there is nothing', { timeout: 120_000 }, async (t) => {
  const { page, proxy } = await demo(t);
  const first = async (place, words) => {
    await page.goto('about:blank');
    await page.goto(`${proxy.address}/#/${place}`);
    await page.getByText(words).first().waitFor();
  };
  await first('log', 'Nothing yet. Every check');
  await first('plan', 'No check is planned.');
  await first('results', 'Nothing has been tried yet.');
  await first('data', / of [\d.,]+ [MG]B/);
  await first('settings', 'When accounts are checked');
  await first('', 'Know who is live');
  await page.getByRole('button', { name: /demo streamers/ }).first().click();
  await eventually('rows', async () => (await rows(page)).length === 12);
  // What the log holds is read by a monitor that was not there when it was asked for.
  await first('log', 'added');
  await page.getByLabel(/with the words/).fill('no such words');
  await page.getByText('No line of the log is like that.').waitFor();
});

test('an account has its charts in words, its columns, and what another budget would change', { timeout: 150_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await go(page, 'data');
  await page.getByRole('button', { name: 'Ask for past broadcasts' }).click();
  await page.getByText(/^[\d,]+ sessions added\./).waitFor({ timeout: 60_000 });
  await go(page, 'account/demo:mira.codes');
  const week = page.getByRole('region', { name: 'The week' });
  await week.getByRole('img', { name: /Live in at least a third of the weeks|No hours of the week/ }).waitFor();
  await page.getByRole('region', { name: 'Thirteen weeks' }).getByRole('img', { name: /broadcasts on/ }).waitFor();
  assert.equal(await page.getByRole('region', { name: 'The next seven days' }).locator('li').count(), 7);
  const pattern = await page.getByRole('region', { name: 'Pattern' }).innerText();
  for (const name of ['Starts on average', 'Ends on average', 'Lasts on average', 'Active days', 'Consistency', 'Confidence', 'Broadcasts']) {
    assert.ok(pattern.includes(name), `${name} in ${pattern}`);
  }
  const table = page.getByRole('table').first();
  const heads = await table.locator('th').allInnerTexts();
  assert.deepEqual(heads.slice(0, 5), ['Start', 'End', 'Length', 'Title', 'Peak viewers']);
  assert.match(await table.locator('tbody tr').last().innerText(), /\d\d:\d\d/);
  // Whatever is drawn is told as well.
  for (const place of ['account/demo:mira.codes', 'plan', 'results', '']) {
    await go(page, place);
    await page.locator('main h2:visible').first().waitFor();
    const untold = await page
      .locator('main [role=img]:visible')
      .evaluateAll((all) => all.filter((one) => !one.getAttribute('aria-label')).map((one) => one.outerHTML.slice(0, 120)));
    assert.deepEqual(untold, [], place);
  }
  await go(page, 'plan');
  const other = page.getByRole('region', { name: 'With another budget' });
  await eventually('what half and double would change', async () => {
    const lines = await other.getByRole('row').allInnerTexts();
    return lines.length === 4 && /^half\s.*\d+%/.test(lines[1]) && /^double\s.*\d+%/.test(lines[3]);
  }, 60_000);
});

test('hours are pinned and what is told is of one account alone', { timeout: 90_000 }, async (t) => {
  const { page } = await demoFollowed(t);
  await go(page, 'account/demo:mira.codes');
  await page.getByLabel('Only from').fill('18:30');
  await page.locator('.pair').getByLabel('to', { exact: true }).fill('23:15');
  await page.getByLabel('Tell me').selectOption({ label: 'of this account:' });
  const wishes = async () => {
    const { accounts } = await records(page);
    return accounts.find(({ account }) => account === 'demo:mira.codes').wishes;
  };
  await eventually('both are kept', async () => {
    const { window, notify } = await wishes();
    return JSON.stringify(window) === '{"from":1110,"to":1395}' && notify?.live === true;
  });
  await page.reload();
  await eventually('and shown', async () => (await page.getByLabel('Only from').inputValue()) === '18:30');
});

test('only what is served is offered first, and a table of elsewhere is taken for what it is', { timeout: 90_000 }, async (t) => {
  const { page } = await demo(t);
  const add = await AddDialog.open(page);
  await add.dialog.getByText('demo:handle').waitFor();
  await page.keyboard.press('Escape');
  await go(page, 'settings');
  const platforms = page.getByRole('region', { name: 'Platforms' });
  await eventually('what is served', async () => (await platforms.locator('li:visible').count()) === 1);
  await platforms.getByText('8 other platforms that this proxy does not serve').click();
  await platforms.getByText('Chzzk').waitFor();

  await go(page, 'data');
  const platform = page.locator('.data').getByLabel('Handles without a platform are on');
  assert.equal(await platform.inputValue(), 'tiktok');
  assert.equal(await platform.locator('option').first().innerText(), 'Demo');
  const learning = 'username,session_date,start_time,end_time\nold.friend,2026-06-20,19:30:00,22:05:00\n';
  await give(page, 'Choose a table', 'schedule_learning.csv', learning);
  await page.getByRole('button', { name: 'Import 1' }).click();
  await page.getByText(/^Imported: 1 session new/).waitFor();
  assert.deepEqual((await records(page)).accounts.map(({ account }) => account), ['tiktok:old.friend']);
  await eventually('it is said that nobody checks it', async () => /does not serve TikTok/.test(await notices(page)));
  await go(page, '');
  const others = await AddDialog.open(page);
  await others.paste('twitch:sol\nkick:drumline');
  await others.follow(/^Follow 2 accounts$/);
  await others.dialog.waitFor({ state: 'hidden' });
  await eventually('one notice of all three', async () =>
    /does not serve TikTok, Twitch, Kick:/.test(await notices(page)) && (await page.locator('.notice:visible').count()) === 1);
  await go(page, 'account/tiktok:old.friend');
  await page.getByRole('region', { name: '1 broadcast' }).waitFor();

  // What is wrong with a file is said in whoever's language.
  await go(page, 'settings');
  await page.locator('#set-language').selectOption('de');
  await page.getByRole('heading', { level: 2, name: 'Optionen' }).waitFor();
  await go(page, 'data');
  await give(page, 'Sicherung wählen', 'x.json', '{"almanac":"backup","version":1,"made_at":1,"records":[\n');
  await page.getByText('Diese Sicherung ist nach Zeile 1 abgeschnitten').waitFor();
  await give(page, 'Tabelle wählen', 'x.csv', 'a,b\n1,2\n');
  await page.getByText('Das ist keine Tabelle von Sendungen').waitFor();
});

test('the number on the icon is of those live, and storage is asked for', { timeout: 90_000 }, async (t) => {
  const { page, proxy, browser } = await demoFollowed(t);
  const other = await browser.context.newPage();
  await other.addInitScript(() => {
    navigator.setAppBadge = async (number) => (window.badge = number);
    navigator.clearAppBadge = async () => (window.badge = 0);
    navigator.storage.persist = async () => (window.kept = true);
    navigator.storage.persisted = async () => Boolean(window.kept);
  });
  await other.goto(proxy.address);
  await eventually('as many as are live', async () => {
    const [badge, live] = await Promise.all([
      other.evaluate(() => window.badge),
      rows(other).then((all) => all.filter((row) => row.live).length),
    ]);
    return live > 0 && badge === live;
  }, 40_000);
  await go(other, 'data');
  const keep = other.getByRole('button', { name: 'Ask the browser to keep it' });
  await keep.click();
  await other.getByText('The browser keeps it until you delete it.').waitFor();
  await keep.waitFor({ state: 'hidden' });
  await page.close();
});

test('who imports while an upstream is in trouble is told since when, still', { timeout: 120_000 }, async (t) => {
  const replay = await Replay.start(t, { accounts: 4, days: 2, rate: 600, interval: 600_000, generated: true });
  await replay.open();
  await replay.follow();
  const { page } = replay;
  await eventually('checks', async () => (await replay.requests()).length > 4);
  await replay.inject([{ kind: 'waf' }]);
  const since = async () => /block page since (\S+)\./.exec(await notices(page))?.[1];
  const told = await eventually('the trouble', since, 40_000);
  await go(page, 'data');
  const learning = 'username,session_date,start_time,end_time\nold.friend,2026-06-20,19:30:00,22:05:00\n';
  await give(page, 'Choose a table', 'schedule_learning.csv', learning);
  await page.getByRole('button', { name: 'Import 1' }).click();
  await page.getByText(/^Imported: 1 session new/).waitFor();
  for (let looks = 0; looks < 10; looks += 1) {
    assert.equal(await since(), told);
    await page.waitForTimeout(200);
  }
});

test('where an address is not secure it says so, and what to do', { timeout: 60_000 }, async (t) => {
  const name = 'almanac.test';
  const { proxy } = await demo(t, { flags: ['--host', name] });
  // Nobody else's machine: the name leads here.
  const flags = [`--host-resolver-rules=MAP ${name} 127.0.0.1`];
  const browser = await Browser.start(t, await scratch(t, 'insecure'), {}, flags);
  const page = await browser.context.newPage();
  await page.goto(proxy.address.replace('127.0.0.1', name));
  await eventually('it is said', async () =>
    /cannot run at this address, because it is not secure\. Open it at https:\/\/almanac\.test/.test(await notices(page)),
  );
  assert.equal(await page.getByText('Opening').isVisible(), false);
  await page.getByRole('link', { name: 'Plan' }).click();
  assert.equal((await page.locator('main').innerText()).trim(), (await notices(page)).trim());
});
