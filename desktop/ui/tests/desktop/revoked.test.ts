// A device that is revoked while it is away: told so, nothing lost, and its work arrives once she signs in on it again.
import { expect, test } from 'vitest';
import { stage } from '../stage';
import { until } from '../window';

const on = stage();

test('revoked while it was away, a device keeps its work until she signs in again', async () => {
  let window = await on.enter();
  window.kill();
  const { data } = await on.made.ask<{ data: { id: string; revokedAt: string | null }[] }>('GET', '/devices');
  expect(data).toHaveLength(1);
  await on.made.ask('DELETE', `/devices/${data[0]?.id}`);
  await on.server.cut();

  // It does not know yet, and works on.
  window = await on.open();
  await window.press('a[href="/clients"]');
  await window.press('[data-testid="add-client"]');
  await window.type('Имя', 'Полина Озёрная');
  await window.press('[data-testid="client-sheet"] [data-testid="save"]');
  await window.sees('h1', 'Полина Озёрная');

  await on.server.restore();
  await window.sees('[data-testid="sign-in"]', '', 90_000);
  await window.keep('desktop-revoked');
  const found = async () => (await on.made.ask<{ data: unknown[] }>('GET', `/clients?search=${encodeURIComponent('Полина')}`)).data.length;
  expect(await found()).toBe(0);

  await window.type('Пароль', on.made.password);
  await window.press('[data-testid="sign-in"]');
  await until(async () => (await found()) === 1, 'the client on the server');
  await window.sees('[data-testid="sync-chip"]', 'Сохранено на сервере');
});
