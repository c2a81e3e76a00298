// Every screen in the real window while the server is no help: first it takes requests and never answers, then it is gone. What works
// offline opens and saves all the same; what only the server has says so.
import { afterAll, expect, test } from 'vitest';
import { Line } from '../line';
import { stage } from '../stage';
import { until, type Window } from '../window';

const on = stage('imperium');
let line: Line | undefined;
afterAll(() => line?.close());

/** Rooms that the device has whole, and what is to be seen there. */
const OWN = [
  ['/', '[data-testid="day-plan"]'],
  ['/calendar?view=week', '.visit'],
  ['/appointments', 'main .entry'],
  ['/clients', '[data-testid="clients"] a'],
  ['/services', 'main .entry'],
  ['/notes', 'main h1'],
  ['/conflicts', 'main h1'],
  ['/settings', 'main h1'],
  ['/settings/hours', 'main h1'],
  ['/help', 'main h1'],
  ['/waiting', 'main h1'],
] as const;
/** Rooms that say what only the server does there. */
const THERE = ['/changes', '/data', '/devices', '/plan'] as const;

async function visit(shown: Window, path: string): Promise<void> {
  await shown.run(`history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'));`, path);
}

async function everyRoom(shown: Window, how: string): Promise<void> {
  const card = `/clients/${on.made.clients['anna']}`;
  for (const [path, content] of [...OWN, [card, 'main h1']] as const) {
    await visit(shown, path);
    await shown.sees(content);
    // Whatever still loads is waited for: a page that waits for the server never ends, and the test with it.
    await until(async () => shown.run<boolean>(`return !document.querySelector('main [aria-busy="true"]')`), `${path} to be loaded`);
    expect(await shown.run<boolean>(`return !document.querySelector('[data-testid="failed"]')`), `${path} ${how}`).toBe(true);
    await shown.keep(`desktop-${how}-${path === card ? '_card' : path.replace(/[^a-z]+/g, '_')}`);
  }
}

async function save(shown: Window, name: string): Promise<void> {
  await visit(shown, '/clients');
  await shown.press('[data-testid="add-client"]');
  await shown.type('Имя', name);
  await shown.press('[data-testid="client-sheet"] [data-testid="save"]');
  await shown.sees('h1', name);
}

test('every screen opens and saves while the server never answers, and without one', { timeout: 900_000 }, async () => {
  line = await Line.to(on.server.url);
  const window = await on.enter(line.url);

  line.stall();
  await everyRoom(window, 'stalled');
  await save(window, 'Стелла Безответная');

  await line.cut();
  await everyRoom(window, 'cut');
  await save(window, 'Ника Безсетевая');
  for (const path of THERE) {
    await visit(window, path);
    await window.sees('[data-testid="needs-server"]');
  }

  // One page has both: the PIN is the device's, the sessions are the server's.
  await visit(window, '/settings/security');
  await window.sees('main', 'ПИН-код окна');
  await window.sees('[data-testid="server-only"]', 'всё откроется само');
  await window.keep('desktop-cut-_settings_security');

  await line.restore();
  const names = async () => (await on.made.ask<{ data: { name: string }[] }>('GET', '/clients?limit=100')).data.map(({ name }) => name);
  await until(async () => (await names()).includes('Ника Безсетевая'), 'both on the server', 120_000);
  expect(await names()).toContain('Стелла Безответная');
});
