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
