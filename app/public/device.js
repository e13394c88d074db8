// What the page wants of the browser and the machine around it. The app calls these by name; where
// the browser lacks something, nothing happens. News goes to the app as events of the window.

const { serviceWorker } = navigator;

/** The app's worker, which gets ready while the app is still on its way; the app takes it over. */
const worker = window.isSecureContext ? new Worker('/worker.js', { type: 'module' }) : undefined;

/** The worker that waits to take over, once it is there. */
let waiting;
let wanted = false;

function tell(name, detail) {
  window.dispatchEvent(new CustomEvent(`almanac-${name}`, { detail }));
}

function watch(registration) {
  const look = () => {
    // The first version of all takes over at once: nothing is new then.
    if (!registration.waiting || !serviceWorker.controller) return;
    waiting = registration.waiting;
    tell('update');
  };
  const follow = () => registration.installing?.addEventListener('statechange', look);
  registration.addEventListener('updatefound', follow);
  // One may have been found before anybody listened: a browser looks for it when it opens a page.
  follow();
  look();
  // A tab that stays open for weeks asks as well.
  setInterval(() => registration.update().catch(() => {}), 3_600_000);
}

let kept = false;

/** Has the service worker keep the app, and look for newer versions of it. */
function keep() {
  if (kept) return;
  kept = true;
  serviceWorker?.register('/sw.js', { updateViaCache: 'none' }).then(watch, () => {});
}

if (serviceWorker) {
  let controlled = Boolean(serviceWorker.controller);
  serviceWorker.addEventListener('controllerchange', () => {
    // Another tab may have agreed to the new version: then this one must not stay with the old.
    if (controlled || wanted) location.reload();
    // The first of all takes over a page that is its own already; the next one does not.
    controlled = true;
  });
  serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.clicked !== undefined) tell('clicked', data.clicked);
  });
  // On a first visit it would fetch and store everything while the app itself is still on its way.
  if (controlled) keep();
  else setTimeout(keep, 10_000);
}

let installer;
window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installer = event;
  tell('installable');
});

// The app's own code may come to a sudden end, in the page or in its worker. It can say nothing then,
// so this says it, in the words that it left while it could.
let words = ['Almanac has stopped', 'What was recorded is kept; reload to go on.', 'Reload'];
let stopped;

function make(name, text = '', ...children) {
  const element = document.createElement(name);
  element.append(text, ...children);
  return element;
}

function stop() {
  if (stopped) return;
  const [title, advice, reload] = words;
  const heading = make('h2', title);
  heading.id = 'stopped';
  const button = make('button', reload);
  button.className = 'main';
  button.addEventListener('click', () => location.reload());
  const tools = make('div', button);
  tools.className = 'tools';
  const sheet = make('div', heading, make('p', advice), tools);
  sheet.className = 'sheet';
  stopped = make('dialog', sheet);
  stopped.setAttribute('role', 'alertdialog');
  stopped.setAttribute('aria-labelledby', 'stopped');
  document.body.append(stopped);
  stopped.showModal();
}

function ended({ error, reason = error }) {
  const overflow = reason instanceof RangeError && /wasm/.test(reason.stack);
  if (overflow || reason instanceof WebAssembly.RuntimeError) stop();
}

window.addEventListener('error', ended);
window.addEventListener('unhandledrejection', ended);

window.almanac = {
  /** What is to be said when the app has stopped: title, advice, and the button that reloads. */
  leave(last) {
    words = last;
  },
  /** The worker, which tells the page when it has stopped. */
  worker() {
    worker?.addEventListener('message', ({ data }) => {
      if (data === 'stopped') stop();
    });
    return worker;
  },
  /** The first screen stands, and whatever waited for that may begin. */
  settled: keep,
  /** Whether a new version waits. */
  updated: () => Boolean(waiting),
  /** Lets the new version take over; the page then reloads. */
  update() {
    wanted = true;
    waiting?.postMessage('take over');
  },
  /** The number on the app's icon. */
  badge(number) {
    const done = number > 0 ? navigator.setAppBadge?.(number) : navigator.clearAppBadge?.();
    done?.catch(() => {});
  },
  /** Whether the browser offers to install the app. */
  installable: () => Boolean(installer),
  /** Asks the person whether the browser may install the app. */
  async install() {
    await installer?.prompt();
    installer = undefined;
  },
  /** What a person shared with the app, if that is how it was opened. */
  shared() {
    if (location.pathname !== '/share') return undefined;
    const query = new URLSearchParams(location.search);
    history.replaceState(null, '', '/');
    const links = /https?:\/\/\S+/g;
    const texts = ['url', 'text', 'title'].map((name) => query.get(name) ?? '');
    // Apps put the link into any of the three, often amid other words.
    return texts.flatMap((text) => text.match(links) ?? [])[0] ?? texts.find(Boolean) ?? '';
  },
  /** `granted`, `denied`, `default`, or `none` where there are no notifications. */
  permission: () => (window.Notification && serviceWorker ? Notification.permission : 'none'),
  /** Asks the person for permission to notify. */
  allow: () => Notification.requestPermission(),
  /** What this site stores: bytes, of how many it may, and whether it is kept for good. */
  async storage() {
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    return `${usage} ${quota} ${Number((await navigator.storage?.persisted?.()) ?? false)}`;
  },
  /** Asks the browser to keep what is stored for good; says how that stands then. */
  async persist() {
    await navigator.storage?.persist?.();
    return this.storage();
  },
  /** Shows a notification; false where the browser did not. */
  async notify(title, options) {
    try {
      const registration = await serviceWorker.ready;
      const icon = '/icons/192.png';
      await registration.showNotification(title, { icon, badge: icon, ...options });
      return true;
    } catch {
      return false;
    }
  },
};
