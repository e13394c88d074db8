// Tells elements whether they are in sight or nearly so, for sight.rs.

const tellers = new WeakMap();
let watcher;

export function watch(element, tell) {
  // The worker loads this file too, and sees nothing.
  watcher ??= new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting, boundingClientRect } of seen) {
        // What is hidden with its whole screen stays as it is: it comes back.
        if (isIntersecting || boundingClientRect.height > 0) tellers.get(target)?.(isIntersecting);
      }
    },
    { rootMargin: '50% 0px' },
  );
  tellers.set(element, tell);
  watcher.observe(element);
}

export function leave(element) {
  watcher?.unobserve(element);
  tellers.delete(element);
}
