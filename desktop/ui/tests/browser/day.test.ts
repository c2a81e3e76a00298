// A day of hers: booking in four taps and in one line, moving and taking back, finishing, and all of it when things go wrong.
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, type Size } from '../browser';
import { day, salon, type Salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;

/** Far enough that nothing of the salon is in the way: a Monday at least two weeks from now. */
const quiet = (() => {
  const start = new Date(`${day(14)}T12:00:00Z`);
  start.setUTCDate(start.getUTCDate() + ((8 - start.getUTCDay()) % 7));
  return start.toISOString().slice(0, 10);
})();

beforeAll(async () => {
  made = await salon(server);
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', made.email);
  await screen.type('Пароль', made.password);
  await screen.pressPart('sign-in');
  await screen.part('next-client').waitFor();
  keys = await screen.keys();
  await screen.close();
});
beforeEach(async () => {
  // Each test finds the quiet day empty.
  for (const visit of await visitsOf(quiet)) await made.ask('DELETE', `/appointments/${visit.id}`);
});
afterAll(closeBrowser);

interface Visit {
  id: string;
  clientId: string;
  serviceId: string;
  startsAt: string;
  durationMin: number;
  status: string;
}

async function visitsOf(date: string): Promise<Visit[]> {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  const { data } = await made.ask<{ data: Visit[] }>('GET', `/appointments?from=${date}&to=${next.toISOString().slice(0, 10)}`);
  return data;
}

async function calendar(size: Size = 'desk', view = 'day'): Promise<Screen> {
  const screen = await Screen.open({ server, size, keys });
  await screen.go(`/calendar?view=${view}&date=${quiet}`);
  await screen.calm();
  await screen.page.locator('.sheet-of-days').getByText('10:00').first().waitFor();
  return screen;
}

/** The place of an hour in the day that is shown. */
async function placeOf(screen: Screen, hour: string): Promise<{ x: number; y: number }> {
  const label = screen.page.locator('.sheet-of-days').getByText(hour, { exact: true }).first();
  await label.scrollIntoViewIfNeeded();
  const box = await label.boundingBox();
  if (!box) throw new Error(`${hour} is not shown`);
  const days = await screen.page.locator('.sheet-of-days').boundingBox();
  if (!days) throw new Error('no calendar');
  return { x: days.x + days.width * 0.6, y: box.y + 8 };
}

test.each(['phone', 'desk'] as const)('a known client is booked in four taps: %s', async (size) => {
  const screen = await calendar(size);
  const { x, y } = await placeOf(screen, '14:00');
  await screen.page.mouse.click(x, y);
  await screen.part('book-sheet').waitFor();
  await screen.part('pick-client').filter({ hasText: 'Анна' }).click();
  await screen.keep(`book-${size}`);
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('save');
  await screen.sees(/Записано/);
  const [visit] = await visitsOf(quiet);
  // Her last service came by itself.
  expect(visit).toMatchObject({ clientId: made.clients['anna'], serviceId: made.services['manicure'], durationMin: 90 });
  expect(visit?.startsAt).toBe(`${quiet}T14:00:00+03:00`);
  expect(screen.complaints).toEqual([]);
  await screen.close();
});

test('one line of words books a visit', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/');
  await screen.pressPart('book-now');
  const [, month, date] = quiet.split('-');
  await screen.type(/Кого записать/, `${date}.${month} 15:30 Ольга бровей`);
  await screen.part('pick-client').filter({ hasText: 'Ольга' }).click();
  await screen.pressPart('save');
  await screen.sees(/Записано/);
  expect(await visitsOf(quiet)).toMatchObject([
    { clientId: made.clients['olga'], serviceId: made.services['brows'], startsAt: `${quiet}T15:30:00+03:00` },
  ]);
  await screen.close();
});

test('somebody new is booked with a telephone alone, and somebody who is here already is pointed out', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/');
  await screen.pressPart('book-now');
  await screen.type(/Кого записать/, '8 916 123 45 67');
  await screen.part('pick-client').filter({ hasText: 'Анна' }).waitFor();
  await screen.type(/Кого записать/, '+7 999 555 44 33');
  await screen.pressPart('new-client');
  expect(await screen.page.getByLabel('Телефон').inputValue()).toBe('+7 999 555 44 33');
  const [year, month, date] = quiet.split('-');
  await screen.type('Дата', `${date}.${month}.${year}`);
  await screen.type('Время', '9');
  await screen.pressPart('save');
  await screen.sees(/Записано/);
  const [visit] = await visitsOf(quiet);
  const client = await made.ask<{ phone: string }>('GET', `/clients/${visit?.clientId}`);
  expect(client.phone).toBe('+79995554433');
  await screen.close();
});

test('an hour that is taken is told, and taken all the same if she means it', async () => {
  await made.ask('POST', '/appointments', {
    clientId: made.clients['olga'],
    serviceId: made.services['brows'],
    startsAt: `${quiet}T12:00`,
  });
  const screen = await calendar();
  await screen.pressPart('book');
  await screen.part('pick-client').filter({ hasText: 'Ирина' }).click();
  await screen.type('Время', '12:15');
  await screen.pressPart('save');
  await screen.part('clash').waitFor();
  await screen.pressPart('allow-overlap');
  await screen.sees(/Записано/);
  expect(await visitsOf(quiet)).toHaveLength(2);
  await screen.close();
});

test('a visit is dragged by five minutes at a time, and comes back within five seconds', async () => {
  await made.ask('POST', '/appointments', {
    clientId: made.clients['olga'],
    serviceId: made.services['brows'],
    startsAt: `${quiet}T12:00`,
  });
  const screen = await calendar();
  const visit = screen.page.locator('.visit').first();
  const box = await visit.boundingBox();
  if (!box) throw new Error('no visit');
  const to = await placeOf(screen, '15:00');
  await screen.page.mouse.move(box.x + 30, box.y + 8);
  await screen.page.mouse.down();
  await screen.page.mouse.move(box.x + 40, to.y - 40, { steps: 6 });
  await screen.page.mouse.move(box.x + 40, to.y, { steps: 6 });
  await screen.page.mouse.up();
  await screen.sees('Запись перенесена');
  const [moved] = await visitsOf(quiet);
  const minutes = Number(moved?.startsAt.slice(14, 16));
  expect(moved?.startsAt.slice(0, 13)).not.toBe(`${quiet}T12`);
  expect(minutes % 5).toBe(0);
  await screen.press('Вернуть');
  await screen.sees('Вернули как было');
  expect((await visitsOf(quiet))[0]?.startsAt).toBe(`${quiet}T12:00:00+03:00`);
  expect(screen.complaints).toEqual([]);
  await screen.close();
});

test('what dragging does, a keyboard does too', async () => {
  await made.ask('POST', '/appointments', {
    clientId: made.clients['olga'],
    serviceId: made.services['brows'],
    startsAt: `${quiet}T12:00`,
  });
  const screen = await calendar();
  await screen.page.locator('.visit').first().focus();
  await screen.page.keyboard.press('Enter');
  await screen.part('visit-sheet').waitFor();
  await screen.part('move').focus();
  await screen.page.keyboard.press('Enter');
  await screen.type('Время', '17:45');
  await screen.part('save-move').focus();
  await screen.page.keyboard.press('Enter');
  await screen.sees('Запись перенесена');
  expect((await visitsOf(quiet))[0]?.startsAt).toBe(`${quiet}T17:45:00+03:00`);
  await screen.page.keyboard.press('Escape');
  await screen.part('visit-sheet').waitFor({ state: 'detached' });
  await screen.close();
});

test('a visit is finished, paid in cash, and followed by the next one', async () => {
  const { id } = await made.ask<{ id: string }>('POST', '/appointments', {
    clientId: made.clients['anna'],
    serviceId: made.services['manicure'],
    startsAt: `${quiet}T12:00`,
  });
  const screen = await calendar('phone');
  await screen.page.locator('.visit').first().click();
  await screen.pressPart('complete');
  await screen.type('К оплате', '2700');
  await screen.keep('checkout-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('finish');
  await screen.sees('Визит завершён: 2 700 ₽');
  await screen.part('next-slot').first().click();
  await screen.part('book-sheet').getByText('Анна').first().waitFor();
  const visit = await made.ask<{ status: string; price: number }>('GET', `/appointments/${id}`);
  expect(visit).toMatchObject({ status: 'completed', price: 2700 });
  const { data } = await made.ask<{ data: { amount: number; provider: string }[] }>('GET', `/payments?filter[appointmentId]=${id}`);
  expect(data).toMatchObject([{ amount: 2700, provider: 'cash' }]);
  await screen.close();
});

test('what another window changes is seen here without a reload', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go(`/clients/${made.clients['irina']}`);
  await screen.sees('Ирина Соколова');
  await screen.listening();
  await made.ask('PATCH', `/clients/${made.clients['irina']}`, { notes: 'Переехала, теперь удобнее по вечерам.' });
  await screen.sees('Переехала, теперь удобнее по вечерам.');
  await screen.close();
});

test('what is booked elsewhere stands in the calendar at once, and in the weeks that were looked at before', async () => {
  const later = day(60);
  const book = (startsAt: string, note: string) => made.ask('POST', '/appointments', { kind: 'block', startsAt, durationMin: 60, note });
  const screen = await Screen.open({ server, keys });
  await screen.go(`/calendar?view=day&date=${later}`);
  await screen.listening();
  await book(`${later}T12:00`, 'Учёба');
  await screen.page.locator('.visit', { hasText: 'Учёба' }).waitFor();
  await screen.press('Дальше');
  await screen.page.locator('.visit', { hasText: 'Учёба' }).waitFor({ state: 'detached' });
  await book(`${later}T15:00`, 'Врач');
  await screen.page.waitForTimeout(1_000);
  await screen.press('Раньше');
  await screen.page.locator('.visit', { hasText: 'Врач' }).waitFor();
  await screen.close();
});

test('two windows that edit one card keep what both wrote', async () => {
  const [one, two] = await Promise.all([Screen.open({ server, keys }), Screen.open({ server, keys })]);
  for (const screen of [one, two]) {
    await screen.go(`/clients/${made.clients['olga']}`);
    await screen.pressPart('edit-client');
  }
  await one.type('О клиенте', 'Аллергии нет, проверили.');
  await two.type('Откуда пришёл клиент', 'Рекомендация');
  await one.part('client-sheet').getByTestId('save').click();
  await one.part('client-sheet').waitFor({ state: 'detached' });
  await two.part('client-sheet').getByTestId('save').click();
  await two.part('client-sheet').waitFor({ state: 'detached' });
  await two.sees('Аллергии нет, проверили.');
  const card = await made.ask('GET', `/clients/${made.clients['olga']}`);
  expect(card).toMatchObject({ notes: 'Аллергии нет, проверили.', source: 'Рекомендация' });
  await Promise.all([one.close(), two.close()]);
});

test('a server that goes away in the middle of a form loses nothing, and neither does a reload', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/clients');
  await screen.pressPart('add-client');
  await screen.type('Имя', 'Мария «Маша» <b>O’Neil</b> 💅 שלום');
  await screen.page.route('**/api/**', (route) => route.abort());
  await screen.part('client-sheet').getByTestId('save').click();
  await screen.sees(/Для этого нужен интернет/);
  await screen.part('offline').waitFor();
  await screen.page.unroute('**/api/**');
  await screen.page.reload();
  await screen.settled();
  await screen.pressPart('add-client');
  expect(await screen.page.getByLabel('Имя', { exact: true }).inputValue()).toBe('Мария «Маша» <b>O’Neil</b> 💅 שלום');
  await screen.part('client-sheet').getByTestId('save').click();
  // As text, exactly as typed.
  await screen.page.getByRole('heading', { name: 'Мария «Маша» <b>O’Neil</b> 💅 שלום' }).waitFor();
  await screen.close();
});

test('a session that ends while she types asks for the password, and what was typed is still there', async () => {
  const other = await salon(server);
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', other.email);
  await screen.type('Пароль', other.password);
  await screen.pressPart('sign-in');
  await screen.part('next-client').waitFor();
  await screen.go('/services');
  await screen.pressPart('add-service');
  await screen.type('Название', 'СПА-уход');
  await screen.type('Цена', '1900');
  await screen.page.context().clearCookies();
  await screen.part('service-sheet').getByTestId('save').click();
  await screen.part('sign-in-again').waitFor();
  await screen.keep('session-ended-desk-ru');
  await screen.part('sign-in-again').getByLabel('Пароль').fill(other.password);
  await screen.part('sign-in-again').getByTestId('sign-in').click();
  await screen.part('sign-in-again').waitFor({ state: 'detached' });
  await screen.part('service-sheet').getByTestId('save').click();
  await screen.part('service').filter({ hasText: 'СПА-уход' }).waitFor();
  await screen.close();
});

test('a day that does not exist is told in the field', async () => {
  const screen = await calendar();
  await screen.pressPart('book');
  await screen.type('Дата', '31.02.2027');
  await screen.page.keyboard.press('Tab');
  await screen.part('book-sheet').locator('.fault').first().waitFor();
  await screen.close();
});

test.each([
  ['ru', 1, 'Дата', '07.06.2027'],
  ['en', 0, 'Date', '06/07/2027'],
] as const)(
  'the little calendar begins its week as people do, and each day stands under its name: %s',
  async (lang, first, label, monday) => {
    const screen = await Screen.open({ server, lang, keys });
    await screen.go(`/calendar?view=day&date=${quiet}`);
    await screen.pressPart('book');
    const sheet = screen.part('book-sheet');
    await screen.type(label, monday);
    await screen.page.keyboard.press('Tab');
    await sheet.locator('.date-row button').first().click();
    const table = sheet.locator('.picker table');
    await table.waitFor();
    const named = (weekday: number) =>
      new Intl.DateTimeFormat(lang, { weekday: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 7 + weekday)));
    const heads = await table.locator('thead th').evaluateAll((cells) => cells.map((cell) => cell.querySelector('abbr')?.title ?? ''));
    expect(heads).toEqual(Array.from({ length: 7 }, (_, at) => named((first + at) % 7)));
    // The seventh of June 2027 is a Monday, the sixth a Sunday.
    const column = (date: number) =>
      table
        .locator(`td[data-day="${date}"]`)
        .first()
        .evaluate((cell) => (cell as HTMLTableCellElement).cellIndex);
    expect(heads[await column(7)]).toBe(named(1));
    expect(heads[await column(6)]).toBe(named(0));
    await screen.close();
  },
);

test('a name of three hundred letters fits everywhere', async () => {
  const long = 'Аннаваршавяноверещагинопреображенская'.repeat(9).slice(0, 200);
  const { id } = await made.ask<{ id: string }>('POST', '/clients', { name: long });
  const screen = await Screen.open({ server, size: 'phone', keys });
  for (const path of ['/clients', `/clients/${id}`]) {
    await screen.go(path);
    expect(await screen.hindrances(), path).toEqual([]);
  }
  await made.ask('DELETE', `/clients/${id}`);
  await screen.close();
});
