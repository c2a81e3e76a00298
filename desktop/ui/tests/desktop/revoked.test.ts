// A device that is revoked while it is away: told so, nothing lost, and its work arrives once she signs in on it again.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serve } from '../../scripts/serve.mjs';
import { salon, type Salon } from '../salon';
import { Computer, until, Window } from '../window';

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

test('revoked while it was away, a device keeps its work until she signs in again', async () => {
  window = await Window.open(computer, server.url);
  await window.signIn(made, 'a passphrase for the window');
  await window.sees('[data-testid="next-client"]');
  await window.sees('[data-testid="sync-chip"]', 'Сохранено на сервере');
  window.kill();
  const { data } = await made.ask<{ data: { id: string; revokedAt: string | null }[] }>('GET', '/devices');
  expect(data).toHaveLength(1);
  await made.ask('DELETE', `/devices/${data[0]?.id}`);
  await server.cut();

  // It does not know yet, and works on.
  window = await Window.open(computer, server.url);
  await window.press('a[href="/clients"]');
  await window.press('[data-testid="add-client"]');
  await window.type('Имя', 'Полина Озёрная');
  await window.press('[data-testid="client-sheet"] [data-testid="save"]');
  await window.sees('h1', 'Полина Озёрная');

  await server.restore();
  await window.sees('[data-testid="sign-in"]', '', 90_000);
  await window.keep('desktop-revoked');
  const found = async () => (await made.ask<{ data: unknown[] }>('GET', `/clients?search=${encodeURIComponent('Полина')}`)).data.length;
  expect(await found()).toBe(0);

  await window.type('Пароль', made.password);
  await window.press('[data-testid="sign-in"]');
  await until(async () => (await found()) === 1, 'the client on the server');
  await window.sees('[data-testid="sync-chip"]', 'Сохранено на сервере');
});
