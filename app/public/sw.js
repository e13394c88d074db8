// Keeps the app here, so that it starts without a network, and shows notifications.
//
// The build writes one line above this: `self.BUILD = { version, files }`, where each file has its
// path and the SHA-256 of its content. A version is kept whole or not at all, each in a cache of its
// own; what is not in its list goes to the network untouched: the API is never kept, and a script
// that is missing is missing.

const { version, files } = self.BUILD;
const CACHE = `almanac ${version}`;
/** The addresses that open the app itself. */
const PAGES = ['/', '/share'];

self.addEventListener('install', (event) => {
  event.waitUntil(keep());
});

async function keep() {
  const cache = await caches.open(CACHE);
  const asked = files.map(async ([path, integrity]) => {
    // The browser refuses content that is not of this version.
    const answer = await fetch(path, { integrity, cache: 'no-cache', redirect: 'error' });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    await cache.put(path, answer);
  });
  try {
    await Promise.all(asked);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('almanac ') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (PAGES.includes(url.pathname)) event.respondWith(page(request));
    return;
  }
  if (files.some(([path]) => path === url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

/** A reload of the only tab is a good moment for the version that waits. */
async function page(request) {
  const { waiting } = self.registration;
  if (waiting && (await self.clients.matchAll({ type: 'window' })).length < 2) {
    waiting.postMessage('take over');
    // An empty page that asks again, which nobody may keep: a later reload would get it once more.
    const headers = { refresh: '0', 'content-type': 'text/html', 'cache-control': 'no-store' };
    return new Response('', { headers });
  }
  return kept('/', request);
}

async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener('notificationclick', (event) => {
  const { notification } = event;
  notification.close();
  event.waitUntil(follow(notification.data ?? {}));
});

/** To the broadcast where there is one to watch, else to the app. */
async function follow({ id, url }) {
  const tabs = await self.clients.matchAll({ type: 'window' });
  for (const tab of tabs) tab.postMessage({ clicked: id });
  if (url) return self.clients.openWindow(url);
  if (tabs.length > 0) return tabs[0].focus();
  return self.clients.openWindow('/');
}
