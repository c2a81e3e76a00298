// A whole day of work without a network in the real window: twenty visits, moves, notes, a photo, a request to the server and one taken
// back, a clash, a search; then the power fails, and after it all of that is there, and on the server once there is one again.
import { expect, test } from 'vitest';
import { day } from '../salon';
import { stage } from '../stage';
import { until } from '../window';

const on = stage('imperium');

interface Visit {
  id: string;
  startsAt: string;
  status: string;
}
interface Listed<T> {
  data: T[];
}
const hour = (n: number) => `${String(9 + (n % 8)).padStart(2, '0')}:00`;
const range = `/appointments?from=${day(3)}&to=${day(9)}&limit=200`;

test('a day of work without a network outlives a power failure and reaches the server', { timeout: 600_000 }, async () => {
  const shown = await on.enter();
  await on.server.cut();

  const did = async <T>(method: string, path: string, body: unknown, status: number): Promise<T> => {
    const answer = await shown.fetch<T>(method, `/api/v1${path}`, body);
    expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBe(status);
    return answer.body;
  };
  const visits: Visit[] = [];
  for (let n = 0; n < 20; n += 1) {
    const asked = {
      clientId: on.made.clients['anna'],
      serviceId: on.made.services['brows'],
      startsAt: `${day(3 + Math.floor(n / 8))}T${hour(n)}`,
    };
    visits.push(await did<Visit>('POST', '/appointments', asked, 201));
  }
  for (const n of [0, 1, 2]) {
    await did('POST', `/appointments/${visits[n]?.id}/reschedule`, { startsAt: `${day(7)}T${hour(n)}` }, 200);
  }
  await did('POST', `/appointments/${visits[3]?.id}/cancel`, {}, 200);
  await did('POST', '/notes', { clientId: on.made.clients['olga'], body: 'Аллергия на хну, записано без сети' }, 201);
  await did('POST', '/clients', { name: 'Зинаида Бессетева', phone: '+79990001122' }, 201);
  // Two at one hour, on purpose.
  const clash = { clientId: on.made.clients['irina'], startsAt: `${day(8)}T12:00`, durationMin: 60 };
  await did('POST', '/appointments', clash, 201);
  await did('POST', '/appointments', { ...clash, clientId: on.made.clients['olga'], allowOverlap: true }, 201);
  for (const name of ['Наращивание без сети', 'Передумала']) await did('POST', '/services', { name, basePrice: 900, durationMin: 30 }, 201);

  // A photo, sent as the page sends one.
  const photo = await shown.run<number>(
    `const [path] = arguments;
     const canvas = document.createElement('canvas');
     [canvas.width, canvas.height] = [640, 480];
     canvas.getContext('2d').fillRect(0, 0, 320, 240);
     return new Promise((done) => canvas.toBlob(done, 'image/png'))
       .then((drawn) => drawn.arrayBuffer())
       .then((bytes) => fetch(path, { method: 'POST', body: new Uint8Array(bytes) }))
       .then((answer) => answer.status);`,
    `/api/v1/media?type=photo_after&clientId=${on.made.clients['olga']}`,
  );
  expect(photo).toBe(201);

  // What waits, in her words; and one request is taken back.
  await shown.press('.side-foot [data-testid="sync-chip"]');
  await shown.sees('[data-testid="sync-sheet"]', 'отправки');
  await shown.sees('[data-testid="sync-away"]', 'Сети сейчас нет');
  await shown.keep('desktop-sync-sheet');
  await shown.press('[data-testid="to-waiting"]');
  await shown.sees('[data-testid="asked"]', 'Новая услуга: Наращивание без сети');
  await shown.press('[data-testid="asked"]:last-child [data-testid="take-asked-back"]');
  await shown.press('[data-testid="confirm"] button', 'Взять назад');
  await shown.sees('body', 'Взято назад');
  await shown.keep('desktop-waiting');

  // The search finds whom only this device knows.
  await shown.press('a[href="/clients"]');
  await shown.sees('[data-testid="clients"]', 'Зинаида Бессетева');
  await shown.press('a[href="/conflicts"]');
  await shown.sees('main', 'Ольга');
  await shown.press('a[href="/data"]');
  await shown.sees('[data-testid="needs-server"]', 'сети сейчас нет');
  await shown.sees('[data-testid="server-only"]', 'всё откроется само');
  await shown.keep('desktop-server-only');
  await shown.press('a[href="/devices"]');
  await shown.sees('body', 'только через сервер');

  shown.kill();
  const again = await on.open();
  await again.sees('.side-foot [data-testid="sync-chip"]', 'ждёт отправки');
  const kept = (await again.fetch<Listed<Visit>>('GET', `/api/v1${range}`)).body.data;
  expect(kept).toHaveLength(22);
  const at = (list: Visit[], id: string | undefined) => list.find((visit) => visit.id === id);
  expect(at(kept, visits[0]?.id)?.startsAt).toBe(`${day(7)}T09:00:00+03:00`);
  expect(at(kept, visits[3]?.id)?.status).toBe('cancelled');
  await again.press('a[href="/clients"]');
  await again.press(`a[href="/clients/${on.made.clients['olga']}"]`);
  await again.sees('[data-testid="photo-unsent"]', 'Ждёт отправки');
  const wide = `return document.querySelector('.wall img')?.naturalWidth ?? 0;`;
  await until(async () => (await again.run<number>(wide)) > 0, 'the photo on the screen');
  await again.keep('desktop-photo-waiting');
  const clashes = async (ask: () => Promise<Listed<unknown>>) => (await ask()).data.length;
  const here = async () => clashes(async () => (await again.fetch<Listed<unknown>>('GET', '/api/v1/conflicts')).body);
  const before = await here();
  expect(before).toBeGreaterThan(0);

  await on.server.restore();
  const there = async () => (await on.made.ask<Listed<Visit>>('GET', range)).data;
  await until(async () => (await there()).length === 22, 'the visits on the server', 120_000);
  const arrived = await there();
  expect(arrived.map(({ id, startsAt, status }) => ({ id, startsAt, status }))).toEqual(
    kept.map(({ id, startsAt, status }) => ({ id, startsAt, status })),
  );
  await until(async () => (await on.made.ask<Listed<unknown>>('GET', '/conflicts')).data.length === before, 'the clash on the server');
  const services = async () => (await on.made.ask<Listed<{ name: string }>>('GET', '/services?limit=200')).data.map(({ name }) => name);
  await until(async () => (await services()).includes('Наращивание без сети'), 'the service on the server');
  expect(await services()).not.toContain('Передумала');
  const notes = await on.made.ask<Listed<{ body: string }>>('GET', `/notes?clientId=${on.made.clients['olga']}`);
  expect(notes.data.map(({ body }) => body)).toContain('Аллергия на хну, записано без сети');
  const photos = async () => (await on.made.ask<Listed<unknown>>('GET', `/media?clientId=${on.made.clients['olga']}`)).data;
  await until(async () => (await photos()).length === 1, 'the photo on the server');
  await again.sees('.side-foot [data-testid="sync-chip"]', 'Сохранено на сервере');
});
