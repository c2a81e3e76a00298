// A home that does not open says why in the real window, and stays as it was: damaged, of a newer version; and a second copy of the
// program shows the window of the first.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serve } from '../../scripts/serve.mjs';
import { salon, type Salon } from '../salon';
import { Computer, Window } from '../window';

let server: Served;
let made: Salon;
let computer: Computer;
let window: Window | undefined;

beforeAll(async () => {
  server = await serve(process.env['VELORIA_SERVER_BIN'] ?? join(import.meta.dirname, '../../../../target/debug/sync-server'));
  made = await salon(server.url);
  computer = await Computer.start();
});
afterAll(async () => {
  window?.close();
  computer?.stop();
  await server?.stop();
});

const file = (name: string) => join(computer.home, name);
const saved = () => `${computer.home}-saved`;

async function start(): Promise<Window> {
  window = await Window.open(computer, server.url);
  return window;
}

test('a second copy ends, and the window of the first stays', async () => {
  const first = await start();
  await first.signIn(made, 'a passphrase for the window');
  await first.sees('[data-testid="next-client"]');
  await first.sees('.side-foot [data-testid="sync-chip"]', 'Сохранено на сервере');
  expect(await first.second()).toBe(0);
  await first.press('a[href="/clients"]');
  await first.sees('[data-testid="clients"]', 'Верещагина');
  first.kill();
  cpSync(computer.home, saved(), { recursive: true });
});

test('a home of a newer version says so, is not touched, and opens again as it was', async () => {
  const key = readFileSync(file('key.json'), 'utf8');
  writeFileSync(file('key.json'), key.replace('"version": 1', '"version": 2'));
  const before = readFileSync(file('veloria.db'));
  const shown = await start();
  await shown.sees('body', 'более новая версия');
  await shown.keep('desktop-newer');
  expect((await shown.fetch('GET', '/api/v1/clients')).status).toBe(503);
  shown.kill();
  expect(readFileSync(file('veloria.db')).equals(before)).toBe(true);
  writeFileSync(file('key.json'), key);
  const again = await start();
  await again.press('a[href="/clients"]');
  await again.sees('[data-testid="clients"]', 'Верещагина');
  again.kill();
});

test('a damaged home says so and is not thrown away', async () => {
  const bytes = readFileSync(file('veloria.db'));
  const damaged = Buffer.from(bytes);
  damaged.fill(0x5a, 0, Math.min(damaged.length, 64 * 1024));
  for (const name of ['veloria.db-wal', 'veloria.db-shm']) rmSync(file(name), { force: true });
  writeFileSync(file('veloria.db'), damaged);
  const shown = await start();
  await shown.sees('body', 'повреждён');
  await shown.keep('desktop-damaged');
  expect((await shown.fetch('GET', '/api/v1/clients')).status).toBe(503);
  shown.kill();
  expect(readFileSync(file('veloria.db')).equals(damaged)).toBe(true);
  expect(existsSync(file('key.json'))).toBe(true);

  // The copy that she kept opens, told as a copy.
  rmSync(computer.home, { recursive: true });
  cpSync(saved(), computer.home, { recursive: true });
  const again = await start();
  await again.press('a[href="/clients"]');
  await again.sees('[data-testid="clients"]', 'Верещагина');
});
