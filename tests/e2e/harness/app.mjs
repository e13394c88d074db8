// What a person does in the app, and what a person sees.

import assert from 'node:assert/strict';

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A page that is just being loaded anew may never answer what it was asked. */
const UNANSWERED = 10_000;

/** Nobody waits for the rest of it: a file of tests is over once its last test is. */
function unanswered() {
  return new Promise((resolve) => setTimeout(resolve, UNANSWERED).unref());
}

/** Asks again until the answer is truthy, which it then returns. */
export async function eventually(what, ask, patience = 15_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await Promise.race([ask(), unanswered()]);
    if (answer) return answer;
    assert.ok(Date.now() < deadline, `not within ${patience} ms: ${what}`);
    await sleep(100);
  }
}

/** The dialog for adding accounts. */
export class AddDialog {
  static async open(page) {
    await page.getByRole('button', { name: 'Add accounts' }).first().click();
    return new AddDialog(page.getByRole('dialog', { name: 'Add accounts' }));
  }

  constructor(dialog) {
    this.dialog = dialog;
    this.area = dialog.getByLabel(/One per line/);
    this.status = dialog.getByRole('status');
  }

  /** Pastes at once: Playwright's `fill` hangs on very long texts. */
  async paste(text) {
    await this.area.evaluate((area, value) => {
      area.value = value;
      area.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
    }, text);
  }

  /** Presses the button that follows so many accounts. */
  async follow(label) {
    await this.dialog.getByRole('button', { name: label, exact: typeof label === 'string' }).click();
  }

  /** Every line that is complained of: `[number, text, reason]`. */
  problems() {
    return this.dialog
      .locator('.problems li:not(.more)')
      .evaluateAll((lines) =>
        lines.map((line) => [...line.children].map((part) => part.textContent)),
      );
  }
}

/** The screen with the settings. */
export class Settings {
  static async open(page) {
    await page.getByRole('link', { name: 'Settings' }).click();
    const form = page.getByRole('form', { name: 'When accounts are checked' });
    await form.waitFor();
    return new Settings(page, form);
  }

  constructor(page, form) {
    this.page = page;
    this.form = form;
    this.minutes = form.getByLabel(/^Every/);
    this.error = form.getByRole('alert');
  }

  async save() {
    await this.form.getByRole('button', { name: 'Save' }).click();
  }

  async saved() {
    await this.save();
    await this.form.getByText('Saved.').waitFor();
    await this.leave();
  }

  /** Back to who is live. */
  async leave() {
    await this.page.getByRole('link', { name: 'Now' }).click();
    await this.form.waitFor({ state: 'hidden' });
  }
}

/** The handles on the screen (whom a search does not find is hidden), with how each stands. */
export function rows(page) {
  return page.locator('.row:not([hidden])').evaluateAll((all) =>
    all.map((row) => ({
      handle: row.querySelector('.handle').textContent.trim(),
      live: row.classList.contains('live'),
      said: row.querySelector('.standing b')?.textContent ?? '',
    })),
  );
}

/** Stops following an account, on its own screen, and comes back. */
export async function stopFollowing(page, handle) {
  await page.locator('.row .handle').getByText(handle, { exact: true }).click();
  await page.getByRole('button', { name: 'Stop following' }).click();
  await page.evaluate(() => (location.hash = '#/'));
}

/** What is wrong, in the app's words. */
export function notices(page) {
  return page.locator('.notices').innerText();
}

/** Waits until the service worker has kept the app and serves this page. */
export async function kept(page) {
  await eventually('the app is kept', () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return registration?.active?.state === 'activated' && Boolean(navigator.serviceWorker.controller);
    }),
  );
}
