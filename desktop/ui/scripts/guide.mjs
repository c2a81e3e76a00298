// @ts-check
// The pictures of the guide: `node scripts/guide.mjs --server URL` with the demo in it (`node demo/main.mjs --server URL`).
// It walks through her day as the guide tells it, once in each language, and writes small pictures beside the texts. `--dist
// DIR` shows freshly built pages before a server that was compiled with older ones.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

import { browserPath } from './browser.mjs';
import { front, freePort } from './front.mjs';

const { values } = parseArgs({ options: { server: { type: 'string' }, dist: { type: 'string' } } });
if (!values.server) {
  console.error('usage: node guide.mjs --server http://127.0.0.1:8080 [--dist dist]');
  process.exit(2);
}
const ROOT = resolve(import.meta.dirname, '../../..');
const QUALITY = 72;
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };
/** As the demo tells at its end; its salon is invented, and so is this. */
const WHO = { email: 'anna@demo.example', password: 'шёлк и лаванда 24' };

/** Mid-morning of a day on which the studio is open, so that the pictures of two runs are alike. */
const today = new Date(Date.now() + 3 * 3_600_000);
if (today.getUTCDay() === 0) today.setUTCDate(today.getUTCDate() + 1);
const date = today.toISOString().slice(0, 10);
const morning = new Date(`${date}T10:40:00+03:00`);

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {(key: string) => string} Say */

/** @type {{ name: string, size: keyof typeof SIZES, path: string, then?: (page: Page, t: Say) => Promise<void> }[]} */
const STEPS = [
  { name: 'today', size: 'desk', path: '/' },
  { name: 'today-phone', size: 'phone', path: '/' },
  {
    name: 'book',
    size: 'phone',
    path: '/calendar',
    then: async (page) => {
      await page.getByTestId('book-now').click();
      await page.getByTestId('pick-client').nth(2).waitFor();
    },
  },
  { name: 'week', size: 'desk', path: `/calendar?view=week&date=${date}` },
  {
    name: 'visit',
    size: 'phone',
    path: '/',
    then: async (page) => {
      await page.getByTestId('visit').last().click();
      await page.getByTestId('visit-sheet').getByTestId('move').waitFor();
    },
  },
  {
    name: 'client',
    size: 'phone',
    path: '/clients',
    then: async (page, t) => {
      await page
        .locator('a.entry', { hasText: t('ui.clients.allergy') })
        .first()
        .click();
      await page.getByTestId('allergies').waitFor();
    },
  },
  {
    name: 'checkout',
    size: 'phone',
    path: '/',
    then: async (page, t) => {
      await page
        .getByTestId('next-client')
        .getByRole('button', { name: t('ui.visit.complete') })
        .click();
      await page.getByTestId('finish').waitFor();
    },
  },
  { name: 'decisions', size: 'desk', path: '/conflicts', then: async (page) => page.getByTestId('conflict').first().waitFor() },
  {
    name: 'history',
    size: 'phone',
    path: '/clients',
    then: async (page) => {
      await page.locator('a.entry').first().click();
      await page.getByTestId('changes-link').click();
      await page.getByTestId('change').first().waitFor();
    },
  },
  { name: 'hours', size: 'desk', path: '/settings/hours' },
  { name: 'import', size: 'desk', path: '/data' },
];

const port = await freePort();
const stopFront = values.dist ? await front(resolve(values.dist), port, values.server) : undefined;
const site = values.dist ? `http://127.0.0.1:${port}` : values.server;
const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox', '--force-color-profile=srgb'] });
let bytes = 0;
try {
  const answer = await fetch(`${values.server}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(WHO),
  });
  if (!answer.ok) throw new Error(`the demo is not there: ${answer.status}. Run demo/main.mjs first.`);
  for (const lang of ['ru', 'en']) {
    const words = JSON.parse(await readFile(join(ROOT, `domain/lang/${lang}.json`), 'utf8'));
    const say = (/** @type {string} */ key) => String(words[key]);
    const folder = join(ROOT, 'docs/guide', lang, 'pictures');
    await mkdir(folder, { recursive: true });
    for (const size of /** @type {const} */ (['phone', 'desk'])) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        hasTouch: size === 'phone',
        isMobile: size === 'phone',
        locale: lang,
        timezoneId: 'Europe/Moscow',
        reducedMotion: 'reduce',
      });
      await context.addInitScript((chosen) => {
        localStorage.setItem('veloria.lang', chosen);
        localStorage.setItem('veloria.theme', 'light');
      }, lang);
      const page = await context.newPage();
      await page.clock.setFixedTime(morning);
      await page.goto(`${site}/login`);
      await page.locator('input[name=email]').fill(WHO.email);
      await page.locator('input[name=password]').fill(WHO.password);
      await page.getByTestId('sign-in').click();
      await page.locator('.shell').waitFor();
      for (const step of STEPS.filter((each) => each.size === size)) {
        await page.goto(site + step.path);
        await calm(page);
        await step.then?.(page, say);
        await calm(page);
        const picture = await draw(page);
        bytes += picture.length;
        await writeFile(join(folder, `${step.name}.webp`), picture);
        console.log(`${lang} ${step.name}: ${picture.length} bytes`);
      }
      await context.close();
    }
  }
  console.log(`guide: ${bytes} bytes of pictures`);
} finally {
  await browser.close();
  await stopFront?.();
}

/** @param {Page} page */
async function calm(page) {
  await page.waitForFunction(() => document.getElementById('app')?.childElementCount !== 0);
  await page.waitForFunction(() => !document.querySelector('[data-testid="loading"]'));
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
}

/** As WebP, which the driver itself does not write. @param {Page} page */
async function draw(page) {
  const wire = await page.context().newCDPSession(page);
  const { data } = await wire.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  await wire.detach();
  return Buffer.from(data, 'base64');
}
