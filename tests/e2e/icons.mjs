// The app's icons as PNG, drawn from icons/icon.svg into the folder named first; `cargo xtask icons`
// runs this. They have few colours: pngquant (Debian: apt-get install pngquant) leaves a quarter of each.

import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const folder = process.argv[2];
const svg = await readFile(join(folder, 'icon.svg'), 'utf8');

/** What a launcher may cut away: everything outside a circle of four fifths. Ink all around. */
const maskable = svg.replace('rx="7"', '').replace('viewBox="0 0 32 32"', 'viewBox="-6 -6 44 44" style="background:#1d2433"');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const [name, size, drawing] of [
  ['192', 192, svg],
  ['512', 512, svg],
  ['maskable-512', 512, maskable],
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`);
  const input = await page.screenshot({ omitBackground: true });
  const small = execFileSync('pngquant', ['--strip', '--speed', '1', '32', '-'], { input });
  await writeFile(join(folder, `${name}.png`), small);
}
await browser.close();
