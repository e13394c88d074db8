// Installed, offline, and brought up to date.

import assert from 'node:assert/strict';
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { Alone } from './harness/alone.mjs';
import { eventually, kept, rows } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { from, scratch, startProxy } from './harness/processes.mjs';

/** The demo, in a browser; the app's files are a copy that a test may change. */
async function demo(t) {
  const dist = join(await scratch(t, 'dist'), 'dist');
  await cp(from('ALMANAC_DIST'), dist, { recursive: true });
  const flags = ['--state-dir', await scratch(t, 'state')];
  const proxy = await startProxy(t, flags, '127.0.0.1:0', dist);
  const browser = await Browser.start(t, await scratch(t, 'profile'));
  const page = await browser.open(proxy.address);
  await kept(page);
  return { dist, flags, proxy, browser, page };
}

async function follow(page) {
  await page.getByRole('button', { name: /^Follow the \d+ demo streamers/ }).first().click();
  await eventually('rows', async () => (await rows(page)).length === 12);
}

test('a browser may install it', { timeout: 60_000 }, async (t) => {
  const { page, proxy } = await demo(t);
  const manifest = await (await fetch(`${proxy.address}/manifest.webmanifest`)).json();
  const pictures = [...manifest.icons, ...manifest.screenshots];
  for (const { src, sizes, type } of pictures) {
    const answer = await fetch(proxy.address + src);
    assert.equal(answer.status, 200, src);
    assert.equal(answer.headers.get('content-type'), type, src);
    if (type !== 'image/png') continue;
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
  }
  // What Chromium itself finds missing.
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // Headless Chromium runs in a profile that cannot install, whatever the app is.
  const errors = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
  assert.deepEqual(errors, []);
  const { errors: complaints } = await devtools.send('Page.getAppManifest');
  assert.deepEqual(complaints, []);
});

test('it starts without a network, with everything recorded', { timeout: 90_000 }, async (t) => {
  const { page, proxy, flags, dist } = await demo(t);
  await follow(page);
  await eventually('somebody is live', async () => (await rows(page)).some((row) => row.live));
  await proxy.kill();
  await page.reload({ waitUntil: 'commit' });
  await eventually('rows', async () => (await rows(page)).length === 12);
  await eventually('it says so', async () =>
    (await page.locator('.notices').innerText()).includes('The proxy has not answered'),
  );
  assert.match(await page.locator('.row .standing').first().innerText(), /\S/);
  // It is the demo still, though nobody says what the proxy serves.
  assert.match(await page.locator('.made-up').innerText(), /^Demo/);
  // Nor does another language need one, or any screen.
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.locator('#set-language').selectOption('zh');
  await page.getByRole('heading', { level: 2, name: '设置', exact: true }).waitFor();
  await page.locator('#set-language').selectOption('en');
  await page.getByRole('heading', { level: 2, name: 'Settings', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Now' }).click();
  const listen = new URL(proxy.address).host;
  await startProxy(t, flags, listen, dist);
  await eventually('it goes on', async () => (await page.locator('.notices').innerText()) === '', 60_000);
});

test('only the app itself is kept, and nothing else takes its place', { timeout: 60_000 }, async (t) => {
  const { page, dist } = await demo(t);
  await follow(page);
  const paths = await page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) all.push(new URL(url).pathname);
    }
    return all;
  });
  assert.ok(paths.length > 5);
  assert.deepEqual(paths.filter((path) => /^\/(api|healthz|metrics|badge|calendar)/.test(path)), []);
  const answers = await page.evaluate(async () => {
    const asked = ['/api/v1/upstreams', '/missing.js', '/missing', '/almanac-0000000000000000_bg.wasm'];
    return Promise.all(asked.map(async (path) => {
      const answer = await fetch(path);
      return [path, answer.status, (await answer.text()).includes('<html')];
    }));
  });
  assert.deepEqual(answers.map(([, status]) => status), [200, 404, 404, 404]);
  assert.ok(answers.every(([, , html]) => !html));
  // An address of the API in a tab is the API's.
  await page.goto(new URL('/api/v1/upstreams', page.url()).href);
  assert.match(await page.locator('body').innerText(), /"upstreams"/);
  assert.ok(!paths.includes('/now-50-1440-light.png'), dist);
});

/** As a build whose page is another: another content, so another version. */
async function release(dist, words, change = (page) => `${page}<!-- ${words} -->`) {
  const { createHash } = await import('node:crypto');
  const index = join(dist, 'index.html');
  await writeFile(index, change(await readFile(index, 'utf8')));
  await rm(`${index}.br`, { force: true });
  const checksum = `sha256-${createHash('sha256').update(await readFile(index)).digest('base64')}`;
  const worker = join(dist, 'sw.js');
  const [head, ...code] = (await readFile(worker, 'utf8')).split('\n');
  const next = head
    .replace(/version:"\w+"/, `version:"${words}"`)
    .replace(/\["\/","sha256-[^"]+"\]/, `["/","${checksum}"]`);
  assert.notEqual(next, head);
  await writeFile(worker, [next, ...code].join('\n'));
  await rm(`${worker}.br`, { force: true });
}

/** The orders that the test gives to tabs without DevTools. */
const orders = {
  update: `
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update().catch(() => {});
    const coming = registration.installing ?? registration.waiting;
    // Until it waits, or is given up.
    while (coming?.state === 'installing') await new Promise((wait) => setTimeout(wait, 50));
    return coming?.state;`,
  reload: 'setTimeout(() => location.reload(), 50)',
  press: (label) => `
    const button = [...document.querySelectorAll('button')].find((one) => ${label}.test(one.textContent));
    button?.click();
    return Boolean(button);`,
  versions: 'return (await caches.keys()).join()',
  rows: `return document.querySelectorAll('.row').length`,
  offered: `return document.body.innerText.includes('A new version of Almanac is ready.')`,
  mark: 'window.old = true',
  marked: 'return Boolean(window.old)',
};

test('a new version is offered, and taken whole', { timeout: 120_000 }, async (t) => {
  const dist = join(await scratch(t, 'dist'), 'dist');
  await cp(from('ALMANAC_DIST'), dist, { recursive: true });
  await release(dist, 'first', Alone.tagged);
  const flags = ['--state-dir', await scratch(t, 'state')];
  const proxy = await startProxy(t, flags, '127.0.0.1:0', dist);
  const tabs = await Alone.start(t, proxy.address, await scratch(t, 'profile'));
  const [one, other] = tabs;
  const comes = (tab, order, wanted) =>
    eventually(`${order} -> ${wanted}`, async () => (await tab.run(orders[order])) === wanted, 30_000);

  await comes(one, 'versions', 'almanac first');
  await eventually('a demo', () => one.run(orders.press('/^Follow the \\d+ demo streamers/')));
  for (const tab of tabs) await comes(tab, 'rows', 12);
  await release(dist, 'second');
  assert.equal(await one.run(orders.update), 'installed');
  for (const tab of tabs) await comes(tab, 'offered', true);
  for (const tab of tabs) await tab.run(orders.mark);
  assert.equal(await one.run(orders.press('/^Reload$/')), true);
  // Both tabs are of the new version then.
  for (const tab of tabs) await comes(tab, 'marked', false);
  for (const tab of tabs) await comes(tab, 'offered', false);
  for (const tab of tabs) await comes(tab, 'rows', 12);
  await comes(one, 'versions', 'almanac second');

  // Whoever reloads the only tab instead gets the new version just so.
  await other.run('window.close()');
  await release(dist, 'third');
  assert.equal(await one.run(orders.update), 'installed');
  await comes(one, 'offered', true);
  await one.run(orders.reload);
  await comes(one, 'versions', 'almanac third');
  await comes(one, 'offered', false);
  await comes(one, 'rows', 12);

  // A release that is not whole is none.
  await release(dist, 'broken');
  await appendFile(join(dist, 'worker.js'), '// cut off');
  await rm(join(dist, 'worker.js.br'), { force: true });
  assert.notEqual(await one.run(orders.update), 'installed');
  await one.run(orders.mark);
  await one.run(orders.reload);
  await comes(one, 'marked', false);
  await comes(one, 'rows', 12);
  // The reload tried it once more, and gave up once more.
  await comes(one, 'versions', 'almanac third');
});

test('a profile shared with the app is one press away from being followed', { timeout: 60_000 }, async (t) => {
  const { page } = await demo(t);
  const words = new URLSearchParams({ title: 'Look', text: 'See https://www.tiktok.com/@some.one/live?lang=en' });
  await page.goto(new URL(`/share?${words}`, page.url()).href);
  const dialog = page.getByRole('dialog', { name: 'Add accounts' });
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Follow 1 account' }).click();
  await page.getByText('some.one').waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
});
