// When the app's own code comes to a sudden end: it is said, and nothing that was recorded is lost.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Settings, eventually, rows } from './harness/app.mjs';
import { Browser, records } from './harness/browser.mjs';
import { Replay } from './harness/replay.mjs';

const OPTIONS = { accounts: 2, days: 1, rate: 600, interval: 1_200_000 };

/**
 * Remembers the memory of the first WebAssembly that a page or worker starts: with nonsense in it
 * the code traps as soon as it runs again.
 */
function remember() {
  for (const name of ['instantiateStreaming', 'instantiate']) {
    const start = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await start.apply(WebAssembly, given);
      const { exports } = made.instance ?? made;
      self.spoil ??= () => new Uint8Array(exports.memory.buffer).fill(0xff);
      return made;
    };
  }
}

/** Opens the app in a tab in which errors are expected. */
async function open(replay) {
  const page = await replay.browser.context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(replay.proxy.address);
  return { page, errors };
}

test('a page whose code trapped says so and goes on after a reload', { timeout: 90_000 }, async (t) => {
  const replay = await Replay.start(t, OPTIONS);
  replay.browser = await Browser.start(t, replay.profile);
  await replay.browser.context.addInitScript(remember);
  const { page, errors } = await open(replay);
  replay.page = page;
  await replay.follow();
  await Settings.open(page);
  await page.locator('#set-language').selectOption('de');
  await page.getByRole('heading', { name: 'Optionen' }).waitFor();
  assert.deepEqual(errors, []);

  await page.evaluate(() => self.spoil());
  const notice = page.getByRole('alertdialog', { name: 'Almanac ist stehen geblieben' });
  await notice.waitFor();
  assert.match(await notice.innerText(), /Was aufgezeichnet wurde, bleibt erhalten/);
  assert.ok(errors.length > 0, 'it trapped');
  assert.equal(await page.locator('dialog[open]').count(), 1, 'it is said once');

  await notice.getByRole('button', { name: 'Neu laden' }).click();
  await eventually('the app goes on', async () => (await page.locator('.settings h3').count()) > 2);
  await page.getByRole('link', { name: 'Jetzt' }).click();
  await eventually('who is followed', async () => (await rows(page)).length === 2);
});

test('a worker that trapped hands the monitor to another tab', { timeout: 90_000 }, async (t) => {
  const replay = await Replay.start(t, OPTIONS);
  replay.browser = await Browser.start(t, replay.profile);
  await replay.browser.context.route(
    '**/worker.js',
    async (route) => {
      const script = await (await route.fetch()).text();
      const spoiled = `(${remember})(); new BroadcastChannel('spoil').onmessage = () => self.spoil();`;
      await route.fulfill({ contentType: 'text/javascript', body: `${spoiled}\n${script}` });
    },
    { times: 1 },
  );
  const { page } = await open(replay);
  replay.page = page;
  await replay.follow();
  const { page: other } = await open(replay);
  await eventually('both see them', async () => (await rows(other)).length === 2);
  const { accounts } = await records(page);

  await page.evaluate(() => new BroadcastChannel('spoil').postMessage(''));
  await page.getByRole('alertdialog', { name: 'Almanac has stopped' }).waitFor();
  assert.equal(await other.getByRole('alertdialog').count(), 0, 'the other goes on');
  const asked = (await replay.requests()).length;
  await eventually('checks go on', async () => (await replay.requests()).length > asked, 30_000);
  const handles = ({ account }) => account;
  assert.deepEqual((await records(other)).accounts.map(handles), accounts.map(handles));
});
