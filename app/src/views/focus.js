// Where the focus is among the rows, for focus.rs.

/** The address of the link of a row that has the focus, or would have, if its row had not moved. */
let held;

const LINKS = '.rows a';

// The worker loads this file too, and has no page.
globalThis.document?.addEventListener('focusin', ({ target }) => {
  // A dialog gives it back when it closes.
  if (!target.closest('dialog')) held = target.closest(LINKS)?.href;
});
globalThis.document?.addEventListener('pointerdown', () => (held = undefined));

/** Once all is drawn, whoever went nowhere else has the focus where it was. */
export function keep_the_focus() {
  requestAnimationFrame(() => {
    if (!held || document.activeElement !== document.body) return;
    const link = [...document.querySelectorAll(LINKS)].find(({ href }) => href === held);
    link?.focus({ preventScroll: true });
  });
}

/**
 * Where readers begin on the screen that has opened: at the search, where it is `sought`; else at whom they come
 * `from`, an address; else at the heading. False while there is none of these.
 */
export function arrive_at(from, sought) {
  const open = [...document.querySelectorAll('main > :not([hidden])')];
  const seen = (selector) =>
    open.flatMap((one) => [...one.querySelectorAll(selector)]).filter((one) => one.checkVisibility());
  const [search] = sought ? seen('input[type="search"]') : [];
  const start = search ?? seen(LINKS).find(({ hash }) => hash === from) ?? seen('h2')[0];
  if (start?.matches('h2')) start.tabIndex = -1;
  start?.focus({ preventScroll: true });
  return Boolean(start);
}
