// One monitor per profile, whatever becomes of tabs; and a proxy that goes and comes back.

import assert from 'node:assert/strict';
import test from 'node:test';

import { AddDialog, Settings, eventually, notices, rows, sleep, stopFollowing } from './harness/app.mjs';
import { hold } from './harness/oracle.mjs';
import { Replay } from './harness/replay.mjs';

const OPTIONS = { accounts: 10, days: 3, rate: 600, interval: 600_000 };

/** An answer on its way this long before or after a moment may be lost with whoever asked. */
const MARGIN = 500;

async function following(t, connecting) {
  const replay = await Replay.start(t, OPTIONS);
  await replay.open(connecting);
  await replay.follow();
  await eventually('all were checked', async () => (await replay.requests()).length > 20);
  return replay;
}

/** How many checks are made in some of the world's seconds, as a share of those to be made. */
async function pace(replay, seconds) {
  const before = (await replay.requests()).length;
  const from = Date.now();
  await sleep(seconds * 1000);
  const made = (await replay.requests()).length - before;
  const passed = (Date.now() - from) * replay.clock.rate;
  return made / ((passed / replay.interval) * replay.trace.length);
}

function assertAsOne(share, when) {
  assert.ok(0.8 < share && share < 1.2, `${when}: ${share.toFixed(2)} of the checks of one monitor`);
}

/** As checks that were under way at certain moments. */
function around(moments, rate) {
  return ({ at, done }) =>
    moments.some((moment) => (done ?? at) > moment - MARGIN * rate && at < moment + MARGIN * rate);
}

test('two tabs have one monitor, and the second takes over', { timeout: 90_000 }, async (t) => {
  const replay = await following(t);
  const first = replay.page;
  const second = await replay.browser.open(replay.proxy.address);
  await eventually('both tabs show the same', async () => {
    const [one, other] = await Promise.all([rows(first), rows(second)]);
    return one.length === 10 && JSON.stringify(one) === JSON.stringify(other);
  });
  const shared = await pace(replay, 6);
  assertAsOne(shared, 'with two tabs');

  // What one tab asks for, the other shows.
  const add = await AddDialog.open(second);
  await add.paste('nobody_at_all');
  await add.follow('Follow 1 account');
  await first.getByText('nobody_at_all').waitFor();
  await stopFollowing(second, 'nobody_at_all');
  await first.getByText('You no longer follow nobody_at_all.').waitFor();
  // It can be taken back for half a minute.
  await first.getByText('nobody_at_all').waitFor({ state: 'hidden', timeout: 45_000 });

  const closed = replay.clock.now();
  await first.close();
  const before = (await replay.requests()).length;
  const goesOn = async () => (await replay.requests()).length > before + 5;
  const from = Date.now();
  await eventually('the other tab takes over', goesOn, 5_000);
  const took = Date.now() - from;
  const alone = await pace(replay, 6);
  assertAsOne(alone, 'after the hand-over');
  assert.equal((await rows(second)).length, 10);

  replay.page = second;
  const { sessions } = await replay.settle();
  const requests = (await replay.requests()).filter(({ account }) => account !== 'nobody_at_all');
  const result = hold(sessions, replay.trace, requests, around([closed], replay.clock.rate));
  t.diagnostic(`took over in ${took} ms; ${shared.toFixed(2)}, then ${alone.toFixed(2)}`);
  t.diagnostic(JSON.stringify(result));
});

/** A tab that can be made deaf for what the monitor tells, as one that is slow or frozen is. */
async function settingsTab(replay) {
  const page = await replay.browser.context.newPage();
  await page.addInitScript(() => {
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name) {
        super(name);
        this.addEventListener('message', (event) => window.deaf && event.stopImmediatePropagation());
      }
    };
  });
  await page.goto(replay.proxy.address);
  const settings = await Settings.open(page);
  const own = settings.form.getByRole('radio', { name: 'Always every so many minutes' });
  const budget = settings.form.getByRole('radio', { name: 'to see them sooner' });
  const share = page.getByLabel('How much of the budget for TikTok checks may use');
  return { page, settings, own, budget, share };
}

test('no tab undoes what another one saved', { timeout: 90_000 }, async (t) => {
  const replay = await following(t);
  const one = await settingsTab(replay);
  const other = await settingsTab(replay);

  // Who has changed nothing sees what the other saved; who has is told of it.
  await one.budget.check();
  await other.settings.minutes.fill('45');
  await other.settings.save();
  await other.settings.form.getByText('Saved.').waitFor();
  const overtaken = one.settings.form.getByText('Another tab has saved meanwhile: every 45 min. Saving here replaces that.');
  await overtaken.waitFor();
  assert.ok(await one.budget.isChecked());
  await one.settings.form.getByRole('button', { name: 'Cancel' }).click();
  await overtaken.waitFor({ state: 'hidden' });
  assert.equal(await one.settings.minutes.inputValue(), '45');
  await one.budget.check();
  await one.settings.save();
  await eventually('the other follows', () => other.budget.isChecked());
  await overtaken.waitFor({ state: 'hidden' });

  // Each save changes what was changed there, whatever a tab has not heard of.
  await one.page.evaluate(() => (window.deaf = true));
  await other.share.selectOption('50');
  await eventually('the share', async () => (await other.share.inputValue()) === '50');
  await one.settings.minutes.fill('75');
  await one.settings.save();
  await eventually('the rule', async () => (await other.settings.minutes.inputValue()) === '75');
  assert.equal(await other.share.inputValue(), '50');
  await one.page.evaluate(() => (window.deaf = false));
  await eventually('and here', async () => (await one.share.inputValue()) === '50');
});

test('a hidden tab keeps checking', { timeout: 90_000 }, async (t) => {
  // Otherwise Playwright makes every tab believe that it is in front.
  const replay = await following(t, { noDefaults: true });
  const { page } = replay;
  await page.evaluate(() => {
    window.ticks = 0;
    setInterval(() => (window.ticks += 1), 100);
  });
  const other = await replay.browser.context.newPage();
  await other.bringToFront();
  await eventually('hidden', () => page.evaluate(() => document.visibilityState === 'hidden'));
  await sleep(3_000);
  const before = await page.evaluate(() => window.ticks);
  const share = await pace(replay, 20);
  const ticks = (await page.evaluate(() => window.ticks)) - before;
  t.diagnostic(`${share.toFixed(2)} of the checks; ${ticks} of 200 ticks of the page's own timer`);
  assert.ok(ticks < 50, 'the tab was not throttled: this proves nothing');
  assertAsOne(share, 'hidden');
});

/** A moment as the app tells it. */
function told(page, moment) {
  return page.evaluate((ms) => {
    const two = (n) => `${n}`.padStart(2, '0');
    const date = new Date(ms);
    return `${two(date.getHours())}:${two(date.getMinutes())}`;
  }, moment);
}

test('a proxy that was killed is missed, and welcome back', { timeout: 90_000 }, async (t) => {
  const replay = await following(t);
  const { page, clock } = replay;
  assert.equal(await notices(page), '');
  const killed = clock.now();
  await replay.proxy.kill();
  const gone = /The proxy has not answered since (\d\d:\d\d)\./;
  const said = await eventually('it is said', async () => gone.exec(await notices(page)));
  // It is noticed at the next check.
  const minutes = Array.from({ length: 15 }, (_, i) => told(page, killed + i * 60_000));
  assert.ok((await Promise.all(minutes)).includes(said[1]), `since ${said[1]}`);
  await sleep(4_000);
  assert.match(await notices(page), new RegExp(`since ${said[1]}\\..*Nothing is counted as offline`));

  const before = (await replay.requests()).length;
  await replay.restartProxy();
  await eventually('nothing is wrong any more', async () => (await notices(page)) === '');
  await eventually('checks go on', async () => (await replay.requests()).length > before + 10);
  assertAsOne(await pace(replay, 5), 'after the proxy came back');

  // Long enough for some of those who were live then to end.
  await clock.until(killed + 5 * 3_600_000);
  const { sessions } = await replay.settle();
  const doubtful = around([killed], clock.rate);
  const result = hold(sessions, replay.trace, await replay.requests(), doubtful);
  t.diagnostic(JSON.stringify(result));
  assert.ok(result.seen > 0, 'the replay was too thin to prove anything');
});
