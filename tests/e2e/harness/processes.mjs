// Starts the real programs and stops them, softly or with SIGKILL.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment that `cargo xtask test e2e` sets. */
export function from(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this through \`cargo xtask test e2e\``);
  return value;
}

/** A folder that is gone when the test is over. */
export async function scratch(test, name) {
  const folder = await mkdtemp(join(tmpdir(), `almanac-${name}-`));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  return folder;
}

/** A program that has said where it listens. */
export class Program {
  constructor(child, address) {
    this.child = child;
    this.address = address;
  }

  /**
   * Starts a program and waits for the line that names its address.
   * `pattern` has one group: the address.
   */
  static async start(test, program, args, pattern, patience = 30_000) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    test.after(() => kill(child));
    let said = '';
    const address = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${program} did not start:\n${said}`)), patience);
      const read = (chunk) => {
        said = (said + chunk).slice(-10_000);
        const match = pattern.exec(said);
        if (match) {
          clearTimeout(late);
          resolve(match[1]);
        }
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('exit', (code) => reject(new Error(`${program} ended with ${code}:\n${said}`)));
    });
    return new Program(child, address);
  }

  /** What `kill -9` does, to the program and all it has started. */
  async kill() {
    await kill(this.child);
  }
}

async function kill(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
  await gone;
}

/** A clock that the fake and the proxy share, as the flag that both take. */
export class FastClock {
  constructor(start, rate) {
    this.real = Date.now();
    this.start = start;
    this.rate = rate;
  }

  get flag() {
    return `${this.real},${this.start},${this.rate}`;
  }

  now() {
    return this.start + (Date.now() - this.real) * this.rate;
  }

  /** Waits until the clock shows a time. */
  async until(time) {
    const wait = (time - this.now()) / this.rate;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** The fake TikTok. */
export function startFake(test, args) {
  return Program.start(test, from('FAKE_TIKTOK'), args, /fake-tiktok listening on (http:\S+)/);
}

/** The real proxy, serving the real app or a copy; on a free port, or on one it had before. */
export async function startProxy(test, args, listen = '127.0.0.1:0', app = from('ALMANAC_DIST')) {
  const all = ['--listen', listen, '--app', app, ...args];
  const proxy = await Program.start(test, from('ALMANAC_PROXY'), all, /Almanac is at (http:\S+?)\/?\s/);
  return proxy;
}

/** Fetches JSON, or says what came instead. */
export async function json(url, init) {
  const reply = await fetch(url, init);
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
}
