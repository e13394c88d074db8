// A proxy that asks for its access token: another token, then the right one.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';

import { eventually, notices, rows } from './harness/app.mjs';
import { Browser } from './harness/browser.mjs';
import { from, json, scratch, startProxy } from './harness/processes.mjs';

/** A state folder that holds the hash of a new token, and the token. */
async function locked(t) {
  const state = await scratch(t, 'state');
  const said = execFileSync(from('ALMANAC_PROXY'), ['--state-dir', state, '--new-token'], {
    encoding: 'utf8',
  });
  return { state, token: said.split('\n')[0] };
}

test('the app asks for the token, says when it is another, and goes on', { timeout: 60_000 }, async (t) => {
  const { state, token } = await locked(t);
  const proxy = await startProxy(t, ['--state-dir', state]);
  const reply = await fetch(`${proxy.address}/api/v1/upstreams`);
  assert.equal(reply.status, 401);
  assert.equal((await reply.json()).code, 'unauthorized');

  const profile = await scratch(t, 'profile');
  const browser = await Browser.start(t, profile);
  const page = await browser.open(proxy.address);
  const field = page.getByLabel('Access token');
  await field.waitFor();
  assert.match(await notices(page), /This proxy asks for its access token\./);
  await page.getByText('almanac-proxy --new-token prints one').waitFor();

  await field.fill('almanac_0000000000000000000000000000000000000000');
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByText('The proxy does not know this token.').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');

  await field.fill(token);
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
  await eventually('no notice', async () => (await notices(page)) === '');
  await page.getByRole('button', { name: /Follow the 12 demo streamers/ }).click();
  await eventually('twelve rows', async () => (await rows(page)).length === 12);

  // The next visit needs no token, and what it left for others is opened by the token alone.
  await page.reload();
  await eventually('twelve rows', async () => (await rows(page)).length === 12);
  assert.equal(await field.count(), 0);
  const headers = { authorization: `Bearer ${token}` };
  await eventually('a snapshot', async () => {
    const left = await fetch(`${proxy.address}/api/predictions`, { headers });
    return left.status === 200;
  });
  const { key } = await json(`${proxy.address}/api/v1/reader-key`, { headers });
  assert.equal((await fetch(`${proxy.address}/calendar.ics?key=${key}`)).status, 200);
  assert.equal((await fetch(`${proxy.address}/calendar.ics`)).status, 401);
});
