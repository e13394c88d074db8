// Tabs without DevTools. Chromium's debugging of pages and of service workers can get in the way of
// each other while a worker is replaced: a page is then never loaded to its end. People have no
// debugger attached; so these tabs ask a server in front of the proxy what to do, and tell it.

import http from 'node:http';

import { eventually } from './app.mjs';
import { Browser } from './browser.mjs';
import { Program, from } from './processes.mjs';

/** What a tab runs beside the app: orders from a frame of another origin. */
const script = (orders) => `
const tab = (sessionStorage.tab ??= crypto.randomUUID());
const frame = document.createElement('iframe');
Object.assign(frame, { src: '${orders}/' + tab, hidden: true });
document.documentElement.append(frame);
const Order = Object.getPrototypeOf(async () => {}).constructor;
addEventListener('message', async ({ origin, source, data }) => {
  if (origin === '${orders}') source.postMessage({ result: await new Order(data)().catch(String) }, origin);
});
`;

/**
 * The frame, which asks for orders and tells what came of each. It is of another origin because a
 * service worker is not replaced as long as requests that come by it leave it no rest.
 */
const FRAME = `<script type="module">
const page = crypto.randomUUID();
for (let came; ; ) {
  const reply = await fetch(location, { method: 'POST', body: JSON.stringify({ page, came }) });
  const order = await reply.text();
  came = await new Promise((answer) => {
    onmessage = ({ data }) => answer(data);
    parent.postMessage(order, '*');
  });
}
</script>`;

const TAG = '<script type="module" src="/tab.js"></script>';

/** One tab, as its script sees it, over any number of loads. */
class Tab {
  page;
  asking;
  came;

  /** Runs the body of a function there; undefined where the page went away meanwhile. */
  async run(order) {
    await eventually(`a tab for: ${order}`, () => this.asking);
    const { page, asking } = this;
    this.asking = undefined;
    this.came = undefined;
    asking.end(order);
    // A page that is left takes its answer along; the next one asks anew.
    await eventually(`what comes of: ${order}`, () => this.came || this.page !== page);
    return this.came?.result;
  }

  /** The tab tells what came of the last order, and waits for the next. */
  asked({ page, came }, asking) {
    this.page = page;
    this.came = came;
    this.asking = asking;
    asking.on('close', () => {
      if (this.asking === asking) this.asking = undefined;
    });
  }
}

/** A Chromium whose tabs nobody watches. */
export class Alone {
  tabs = new Map();

  /** Opens two tabs on the app of `proxy`, whose page has the tag of the script. */
  static async start(test, proxy, profile) {
    const alone = new Alone();
    const orders = await serve(test, (...both) => alone.#order(...both));
    const app = await serve(test, (request, response) => {
      if (request.url !== '/tab.js') return forward(new URL(proxy), request, response);
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script(orders));
    });
    const args = [...Browser.flags(profile), '--disable-popup-blocking', app];
    await Program.start(test, from('CHROMIUM'), args, /DevTools listening on (ws:\S+)/);
    const [first] = await eventually('a tab', () => alone.#all(1), 30_000);
    await first.run(`open(location.href, '_blank', 'noopener')`);
    return eventually('both tabs', () => alone.#all(2), 30_000);
  }

  /** The page with what makes it take orders. */
  static tagged(page) {
    return page.replace('</head>', `${TAG}</head>`);
  }

  #all(count) {
    return this.tabs.size === count && [...this.tabs.values()];
  }

  async #order(request, response) {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(FRAME);
      return;
    }
    let told = '';
    for await (const chunk of request) told += chunk;
    if (!this.tabs.has(request.url)) this.tabs.set(request.url, new Tab());
    this.tabs.get(request.url).asked(JSON.parse(told), response);
  }
}

/** A server on a free port, until the test is over; its origin. */
async function serve(test, answer) {
  const server = http.createServer(answer);
  test.after(() => server.closeAllConnections());
  test.after(() => server.close());
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${server.address().port}`;
}

/** As the proxy answers, but for its policy, which lets nobody run orders. */
function forward({ hostname: host, port }, request, response) {
  const { method, url: path, headers } = request;
  const asked = http.request({ host, port, method, path, headers }, (answer) => {
    const { 'content-security-policy': _, ...rest } = answer.headers;
    response.writeHead(answer.statusCode, rest);
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  response.on('close', () => asked.destroy());
  request.pipe(asked);
}
