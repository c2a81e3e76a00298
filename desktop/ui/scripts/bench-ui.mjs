// @ts-check
// The figures of the pages: `node scripts/bench-ui.mjs --server URL`, or `--server-bin PROGRAM` that is started for it. What the first visit loads, what Lighthouse says of the
// door and of Today, how long a day, a week, a card and a keystroke of a search take on a big base, and how smoothly a year of
// the calendar goes by. One JSON line each on standard output, then a table on standard error.
//
// The big base is made first, through the import; `--email` and `--password` name a salon that is there already. `--dist DIR`
// shows freshly built pages before a server that was compiled with older ones.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

import { base } from './bench-base.mjs';
import { open, search, spread } from './bench-page.mjs';
import { browserPath } from './browser.mjs';
import { front, freePort } from './front.mjs';
import { serve } from './serve.mjs';

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    'server-bin': { type: 'string' },
    dist: { type: 'string' },
    email: { type: 'string' },
    password: { type: 'string' },
    clients: { type: 'string', default: '5000' },
    visits: { type: 'string', default: '50000' },
    runs: { type: 'string', default: '20' },
    'no-lighthouse': { type: 'boolean', default: false },
    /** Some of `pages` (weight and Lighthouse), `speeds`, `frames`. */
    only: { type: 'string', default: 'pages,speeds,frames' },
  },
});
if (!values.server && !values['server-bin']) {
  console.error(
    'usage: node bench-ui.mjs --server http://127.0.0.1:8080 | --server-bin PROGRAM [--dist dist] [--clients 5000] [--visits 50000] [--runs 20]',
  );
  process.exit(2);
}
const RUNS = Number(values.runs);
const LONG_FRAME_MS = 50;
const LIGHTHOUSE_RUNS = 3;
/** What the score of performance is made of. @type {[string, string][]} */
const METRICS = [
  ['fcp_ms', 'first-contentful-paint'],
  ['lcp_ms', 'largest-contentful-paint'],
  ['speed_ms', 'speed-index'],
  ['blocked_ms', 'total-blocking-time'],
  ['shift', 'cumulative-layout-shift'],
];
/** @type {Record<string, unknown>[]} */
const lines = [];

/** @param {Record<string, unknown>} line */
function tell(line) {
  lines.push(line);
  console.log(JSON.stringify(line));
}

const own = values['server-bin'] ? await serve(values['server-bin']) : undefined;
const server = own?.url ?? values.server ?? '';
const size = { clients: Number(values.clients), visits: Number(values.visits) };
const who = values.email && values.password ? { email: values.email, password: values.password } : await base(server, size);

const port = await freePort();
const stopFront = values.dist ? await front(resolve(values.dist), port, server) : undefined;
const site = values.dist ? `http://127.0.0.1:${port}` : server;
const profile = await mkdtemp(join(tmpdir(), 'veloria-bench-ui-'));
const debugging = await freePort();
const context = await chromium.launchPersistentContext(profile, {
  executablePath: browserPath(),
  args: ['--no-sandbox', `--remote-debugging-port=${debugging}`],
  viewport: { width: 1440, height: 900 },
  locale: 'ru-RU',
  timezoneId: 'Europe/Moscow',
});
try {
  if (does('pages')) await firstLoad('login', '/login');
  if (does('pages')) await lighthouse('login', '/login');
  const page = await context.newPage();
  await page.goto(`${site}/login`);
  await page.locator('input[name=email]').fill(who.email);
  await page.locator('input[name=password]').fill(who.password);
  await page.getByTestId('sign-in').click();
  await page.locator('.shell').waitFor();
  if (does('pages')) await firstLoad('today', '/');
  if (does('pages')) await lighthouse('today', '/');
  if (does('speeds')) await speeds(page);
  if (does('frames')) await scrolling(page);
} finally {
  await context.close();
  await stopFront?.();
  await own?.stop();
  await rm(profile, { recursive: true, force: true });
}
console.error('');
for (const { metric, page, ...rest } of lines) {
  const told = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  console.error(`${String(metric).padEnd(12)} ${String(page ?? '').padEnd(16)} ${told.join('   ')}`);
}
// What Lighthouse leaves open would keep this process waiting.
process.exit(0);

/**
 * What comes over the wire at the first visit: compressed, answers of the API included.
 * @param {string} name
 * @param {string} path
 */
async function firstLoad(name, path) {
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  let requests = 0;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  await page.goto(site + path, { waitUntil: 'networkidle' });
  tell({ metric: 'first_load', page: name, bytes, requests, limit: 300_000, holds: bytes <= 300_000 });
  await page.close();
}

/**
 * @param {string} name
 * @param {string} path
 */
async function lighthouse(name, path) {
  if (values['no-lighthouse']) return;
  const { default: run, desktopConfig } = await import('lighthouse');
  const only = { onlyCategories: ['performance', 'accessibility', 'best-practices'] };
  for (const [form, config] of /** @type {const} */ ([
    ['phone', undefined],
    ['desk', desktopConfig],
  ])) {
    const flags = {
      port: debugging,
      output: /** @type {const} */ ('json'),
      logLevel: /** @type {const} */ ('error'),
      ...only,
    };
    /** @type {{ scores: Record<string, number>, failing: string[], machine: number, measured: Record<string, number> }[]} */
    const runs = [];
    for (let time = 0; time < LIGHTHOUSE_RUNS; time += 1) {
      const { lhr } = (await run(site + path, flags, config)) ?? {};
      const audits = lhr?.audits ?? {};
      runs.push({
        scores: Object.fromEntries(Object.values(lhr?.categories ?? {}).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)])),
        measured: Object.fromEntries(METRICS.map(([name, id]) => [name, round(audits[id]?.numericValue ?? 0)])),
        machine: Math.round(lhr?.environment.benchmarkIndex ?? 0),
        failing: Object.values(audits)
          .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === 'binary' && score === 0)
          .map(({ id }) => id),
      });
    }
    // The middle one of three: on a machine that others use, one run may be anything.
    const [middle] = runs
      .toSorted((one, other) => (one.scores['performance'] ?? 0) - (other.scores['performance'] ?? 0))
      .slice(runs.length >> 1);
    if (!middle) continue;
    tell({
      metric: 'lighthouse',
      page: `${name} ${form}`,
      ...middle.scores,
      limit: 95,
      holds: Object.values(middle.scores).every((score) => score >= 95),
      all: runs.map(({ scores }) => scores['performance']).join(' '),
      ...middle.measured,
      failing: middle.failing.join(' '),
      // How fast Lighthouse found the machine itself: below about 1,500 the time that scripts block is the machine's.
      machine: middle.machine,
      load: loadavg()[0]?.toFixed(1),
    });
  }
}

/**
 * Where the page goes without loading anew, and how long until it shows what it went for.
 * @param {import('playwright-core').Page} page
 */
async function speeds(page) {
  const clients = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/clients?limit=100');
    return /** @type {{ id: string, name: string }[]} */ ((await answer.json()).data);
  });
  const date = (/** @type {number} */ offset) => new Date(Date.now() - (offset + 3) * 86_400_000).toISOString().slice(0, 10);
  for (const view of ['day', 'week']) {
    // A day that nobody works on has no visit, but this base has none of those.
    const paths = Array.from({ length: RUNS + 2 }, (_, run) => `/calendar?view=${view}&date=${date(run * 7)}`);
    tell({ metric: 'open', page: view, ...spread(await opened(page, paths, '.visit')) });
  }
  const cards = Array.from({ length: RUNS + 2 }, (_, run) => `/clients/${clients[run % clients.length]?.id}`);
  tell({ metric: 'open', page: 'card', ...spread(await opened(page, cards, '[data-testid=past-visit]')) });

  await page.goto(`${site}/clients`);
  await page.getByTestId('clients').waitFor();
  /** @type {number[]} */
  const strokes = [];
  for (let run = 0; run < RUNS; run += 1) {
    const name = clients[(run * 7) % clients.length]?.name ?? '';
    for (const length of [3, 6, name.length]) {
      strokes.push(await page.evaluate(search, name.slice(0, length).trim()).catch(() => Number.POSITIVE_INFINITY));
    }
  }
  const found = strokes.filter(Number.isFinite);
  tell({ metric: 'keystroke', page: 'search', ...spread(found), missed: strokes.length - found.length });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string[]} paths
 * @param {string} shown
 */
async function opened(page, paths, shown) {
  /** @type {number[]} */
  const took = [];
  for (const [run, path] of paths.entries()) {
    await page.evaluate(() => {
      history.pushState(null, '', '/help');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await page.waitForFunction((selector) => !document.querySelector(selector), shown);
    const ms = await page.evaluate(open, [path, shown]);
    // The first two fetch the code of the page itself.
    if (run >= 2) took.push(ms);
  }
  return took;
}

/**
 * A year, week by week, each scrolled down and up.
 * @param {import('playwright-core').Page} page
 */
async function scrolling(page) {
  const start = new Date(Date.now() - 366 * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`${site}/calendar?view=week&date=${start}`);
  await page.locator('.visit').first().waitFor();
  await page.evaluate(() => {
    const frames = /** @type {number[]} */ ([]);
    Object.assign(window, { frames_: frames });
    let last = performance.now();
    const next = (/** @type {number} */ now) => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const after = page.getByRole('button', { name: 'Дальше', exact: true });
  for (let week = 0; week < 52; week += 1) {
    await after.click();
    for (const wheel of [300, 300, -600]) {
      await page.mouse.move(800, 600);
      await page.mouse.wheel(0, wheel);
      await page.waitForTimeout(60);
    }
  }
  const frames = await page.evaluate(() => /** @type {{ frames_: number[] }} */ (/** @type {unknown} */ (window)).frames_);
  const long = frames.filter((ms) => ms > LONG_FRAME_MS);
  tell({
    metric: 'frames',
    page: 'a year of weeks',
    frames: frames.length,
    long: long.length,
    longest_ms: Math.round(Math.max(...frames)),
    limit_ms: LONG_FRAME_MS,
    holds: long.length === 0,
  });
}

/** @param {string} part */
function does(part) {
  return values.only.split(',').includes(part);
}

/** Milliseconds whole, shifts to the thousandth. @param {number} value */
function round(value) {
  return value < 10 ? Math.round(value * 1_000) / 1_000 : Math.round(value);
}
