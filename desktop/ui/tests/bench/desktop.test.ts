// How fast the window is: the release build under Xvfb, with a salon of years in its home. One JSON line for each figure, and the goals
// beside them. `BENCH_CLIENTS`, `BENCH_VISITS` and `BENCH_RUNS` make it smaller.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { base } from '../../scripts/bench-base.mjs';
import { open, search, spread } from '../../scripts/bench-page.mjs';
import { serve } from '../../scripts/serve.mjs';
import { Computer, program, until, Window } from '../window';

const number = (name: string, usual: number) => Number(process.env[name] ?? usual);
const SIZE = { clients: number('BENCH_CLIENTS', 5_000), visits: number('BENCH_VISITS', 50_000) };
const RUNS = number('BENCH_RUNS', 20);
const STARTS = 5;
/** What she opens in an hour of work, at one page in twelve seconds. */
const PAGES_OF_AN_HOUR = 300;
const TODAY = '[data-testid="next-client"], [data-testid="day-plan"]';

function tell(metric: string, figures: Record<string, unknown>): void {
  console.log(JSON.stringify({ metric, ...figures, load: loadavg()[0]?.toFixed(1) }));
}

/** A figure that is held against a goal by its 95th percentile. */
const judged = (took: number[], goal_ms: number) => {
  const told = spread(took);
  return { ...told, goal_ms, holds: told.p95_ms <= goal_ms };
};

test('the window on a salon of years', async () => {
  const server = await serve(process.env['VELORIA_SERVER_BIN'] ?? join(import.meta.dirname, '../../../../target/release/sync-server'));
  const computer = await Computer.start();
  let window: Window | undefined;
  try {
    const who = await base(server.url, SIZE);
    window = await Window.open(computer, server.url);
    await window.signIn(who, 'a passphrase for the window');
    const begun = performance.now();
    await window.sees(TODAY, '', 600_000);
    const usable = performance.now() - begun;
    const shown = window;
    const isWhole = async () => {
      const { body } = await shown.fetch<{ firstSync?: number | null }>('GET', '/api/device/standing');
      return typeof body.firstSync !== 'number';
    };
    await until(isWhole, 'the whole base', 1_800_000);
    tell('first_sync', { today_ms: Math.round(usable), whole_ms: Math.round(performance.now() - begun), ...SIZE });

    const starts: number[] = [];
    for (let run = 0; run < STARTS; run += 1) {
      window.kill();
      const start = performance.now();
      window = await Window.open(computer, server.url);
      await window.sees(TODAY, '', 60_000);
      starts.push(performance.now() - start);
    }
    tell('cold_start', judged(starts, 1_000));
    tell('binary', { mebibytes: mebibytes(statSync(program()).size) });
    tell('memory', { when: 'after the start', mebibytes: mebibytes(memory(computer)) });

    await figures(window);

    const { body } = await window.fetch<{ data: { id: string }[] }>('GET', '/api/v1/clients?limit=100');
    for (let page = 0; page < PAGES_OF_AN_HOUR; page += 1) {
      const client = `/clients/${body.data[page % body.data.length]?.id}`;
      const to = [
        ['/', TODAY],
        [client, '[data-testid=past-visit]'],
        [`/calendar?view=week&date=${date(page)}`, '.visit'],
      ][page % 3];
      await go(window, to?.[0] ?? '/', to?.[1] ?? TODAY);
    }
    tell('memory', { when: `after ${PAGES_OF_AN_HOUR} pages`, mebibytes: mebibytes(memory(computer)) });
  } finally {
    window?.close();
    computer.stop();
    await server.stop();
  }
});

async function figures(window: Window): Promise<void> {
  const { body } = await window.fetch<{ data: { id: string; name: string }[] }>('GET', '/api/v1/clients?limit=100');
  expect(body.data.length).toBeGreaterThan(0);
  for (const [view, goal] of [
    ['day', 50],
    ['week', 100],
  ] as const) {
    const took: number[] = [];
    for (let run = 0; run < RUNS + 2; run += 1) took.push(await go(window, `/calendar?view=${view}&date=${date(run * 7)}`, '.visit'));
    // The first two fetch the code of the page itself.
    tell(`open_${view}`, judged(took.slice(2), goal));
  }
  const cards: number[] = [];
  for (let run = 0; run < RUNS + 2; run += 1) {
    cards.push(await go(window, `/clients/${body.data[run % body.data.length]?.id}`, '[data-testid=past-visit]'));
  }
  tell('open_card', judged(cards.slice(2), 50));

  await go(window, '/clients', '[data-testid=clients]');
  const strokes: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const name = body.data[(run * 7) % body.data.length]?.name ?? '';
    for (const length of [3, 6, name.length]) {
      strokes.push(await window.run<number>(`return (${search})(arguments[0])`, name.slice(0, length).trim()));
    }
  }
  tell('keystroke', judged(strokes, 30));

  // From the request to the answer, which is given when the edit is in the file.
  const saved: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    saved.push(
      await window.run<number>(
        `const [path, body] = arguments;
         const start = performance.now();
         return fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }).then((answer) => {
           if (!answer.ok) throw new Error(String(answer.status));
           return performance.now() - start;
         });`,
        '/api/v1/notes',
        JSON.stringify({ clientId: body.data[run]?.id, body: `заметка ${run}` }),
      ),
    );
  }
  tell('save', spread(saved));
}

/** From somewhere else to a page; how long until it shows what it went for. */
async function go(window: Window, to: string, shown: string): Promise<number> {
  await window.run(`history.pushState(null, '', '/help'); dispatchEvent(new PopStateEvent('popstate'));`);
  await until(() => window.run<boolean>(`return !document.querySelector(arguments[0])`, shown), 'another page');
  return window.run<number>(`return (${open})(arguments[0])`, [to, shown]);
}

function date(offset: number): string {
  return new Date(Date.now() - (offset + 3) * 86_400_000).toISOString().slice(0, 10);
}

const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

/** What the program and the processes of its web view take of the memory, each page that is shared divided among those who share it. */
function memory(computer: Computer): number {
  let kib = 0;
  for (const id of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const isHers = readFileSync(`/proc/${id}/environ`, 'utf8').includes(`VELORIA_HOME=${computer.home}\0`);
      const isProgram = /veloria-desktop|WebKit(Web|Network)Process/.test(readlinkSync(`/proc/${id}/exe`));
      if (isHers && isProgram) kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
  return kib * 1024;
}
