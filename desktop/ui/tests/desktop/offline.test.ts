// A day without a network in the real window: signed in, cut off, written, killed, started again, and on the server in the end.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { day } from '../salon';
import { stage } from '../stage';
import { until, type Window } from '../window';

const on = stage();

interface Listed<T> {
  data: T[];
}

test('what is written without a network outlives the end of the program and arrives', async () => {
  let window = await on.enter();
  await window.sees('[data-testid="day-plan"]', 'Ольга');
  await window.keep('desktop-today');

  await on.server.cut();
  await window.press('a[href="/clients"]');
  await window.sees('[data-testid="clients"]', 'Верещагина');
  await window.press('[data-testid="add-client"]');
  await window.type('Имя', 'Полина Озёрная');
  await window.press('[data-testid="client-sheet"] [data-testid="save"]');
  await window.sees('h1', 'Полина Озёрная');
  await window.press('a[href="/"]');
  await window.press('[data-testid="book"]');
  const [, month, date] = day(1).split('-');
  await window.type('Кого записать', `${date}.${month} 15:30 Полина бровей`);
  await window.press('[data-testid="pick-client"]', 'Полина');
  await window.press('[data-testid="book-sheet"] [data-testid="save"]');
  await window.sees('body', 'Записано');
  await window.sees('[data-testid="sync-chip"]', 'ждёт отправки');
  await window.keep('desktop-offline');

  window.kill();
  window = await on.open();
  await window.sees('[data-testid="next-client"]');
  await window.press('a[href="/clients"]');
  await window.press('[data-testid="clients"] a', 'Полина Озёрная');
  await window.sees('body', '15:30');
  await window.sees('[data-testid="sync-chip"]', 'ждёт отправки');
  expect(await keys(window)).toEqual([]);

  await on.server.restore();
  const found = async () => (await on.made.ask<Listed<{ id: string }>>('GET', `/clients?search=${encodeURIComponent('Полина')}`)).data[0];
  await until(async () => (await found()) !== undefined, 'the client on the server', 90_000);
  const client = await found();
  const visits = await on.made.ask<Listed<{ clientId: string; startsAt: string }>>('GET', `/appointments?from=${day(1)}&to=${day(2)}`);
  expect(visits.data.find((visit) => visit.clientId === client?.id)?.startsAt).toBe(`${day(1)}T15:30:00+03:00`);
  await window.sees('[data-testid="sync-chip"]', 'Сохранено на сервере');
  expect(plain(on.computer.folder)).toEqual([]);
});

/** Where a script of the pages would find a key: nowhere. */
async function keys(shown: Window): Promise<string[]> {
  return shown.run<string[]>(
    `const kept = [document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)];
     return kept.filter((text) => /vel_|token|bearer/i.test(text));`,
  );
}

/** Files that say whom she knows. */
function plain(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /Верещагина|Озёрная|9161234567/.test(readFileSync(path).toString('utf8')));
}
