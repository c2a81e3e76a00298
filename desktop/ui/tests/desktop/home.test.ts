// A home that does not open says why in the real window, and stays as it was: damaged, of a newer version; and a second copy of the
// program shows the window of the first.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stage } from '../stage';

const on = stage();

const file = (name: string) => join(on.computer.home, name);
const saved = () => `${on.computer.home}-saved`;

test('a second copy ends, and the window of the first stays', async () => {
  const first = await on.enter();
  expect(await first.second()).toBe(0);
  await first.press('a[href="/clients"]');
  await first.sees('[data-testid="clients"]', 'Верещагина');
  first.kill();
  cpSync(on.computer.home, saved(), { recursive: true });
});

test('a home of a newer version says so, is not touched, and opens again as it was', async () => {
  const key = readFileSync(file('key.json'), 'utf8');
  writeFileSync(file('key.json'), key.replace('"version": 1', '"version": 2'));
  const before = readFileSync(file('veloria.db'));
  const shown = await on.open();
  await shown.sees('body', 'более новая версия');
  await shown.keep('desktop-newer');
  expect((await shown.fetch('GET', '/api/v1/clients')).status).toBe(503);
  shown.kill();
  expect(readFileSync(file('veloria.db')).equals(before)).toBe(true);
  writeFileSync(file('key.json'), key);
  const again = await on.open();
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
  const shown = await on.open();
  await shown.sees('body', 'повреждён');
  await shown.keep('desktop-damaged');
  expect((await shown.fetch('GET', '/api/v1/clients')).status).toBe(503);
  shown.kill();
  expect(readFileSync(file('veloria.db')).equals(damaged)).toBe(true);
  expect(existsSync(file('key.json'))).toBe(true);

  // The copy that she kept opens, told as a copy.
  rmSync(on.computer.home, { recursive: true });
  cpSync(saved(), on.computer.home, { recursive: true });
  const again = await on.open();
  await again.press('a[href="/clients"]');
  await again.sees('[data-testid="clients"]', 'Верещагина');
});
