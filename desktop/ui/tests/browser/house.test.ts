// What is done once in a while: services from the starter list, hours, an import and its undo, an export, the second factor.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { account, type Salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;

beforeAll(async () => {
  made = await account(server, { plan: 'veloria' });
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', made.email);
  await screen.type('Пароль', made.password);
  await screen.pressPart('sign-in');
  await screen.part('first-steps').waitFor();
  keys = await screen.keys();
  await screen.close();
});
afterAll(closeBrowser);

test('services come from the list, with her prices', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/services');
  await screen.type(/^Маникюр с покрытием/, '2 500');
  await screen.type(/^Коррекция бровей/, '1200,50');
  await screen.pressPart('add-starters');
  for (const name of ['Маникюр с покрытием', 'Коррекция бровей']) await screen.part('service').filter({ hasText: name }).waitFor();
  const { data } = await made.ask<{ data: { name: string; basePrice: number; category: string }[] }>('GET', '/services?sort=name');
  expect(data.map(({ name, basePrice, category }) => [name, basePrice, category])).toEqual([
    ['Коррекция бровей', 1200.5, 'Брови'],
    ['Маникюр с покрытием', 2500, 'Ногти'],
  ]);
  await screen.close();
});

test('hours, a break and a holiday are kept', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/settings/hours');
  const monday = screen.page.locator('fieldset').first();
  await monday.getByLabel('С', { exact: true }).fill('9');
  await monday.getByRole('button', { name: 'Перерыв' }).click();
  await screen.press('Добавить отпуск');
  await screen.type('Первый день', '01.01.2027');
  await screen.type('Последний день', '08.01.2027');
  await screen.pressPart('save-hours');
  await screen.part('toast').getByText('Сохранено').waitFor();
  const { value } = await made.ask<{ value: { weekly: Record<string, unknown>; breaks: unknown; timeOff: unknown[] } }>(
    'GET',
    '/settings/business-hours',
  );
  expect(value.weekly['mon']).toEqual([{ from: '09:00', to: '19:00' }]);
  expect(value.breaks).toEqual({ mon: [{ from: '13:00', to: '14:00' }] });
  expect(value.timeOff).toMatchObject([{ from: '2027-01-01T00:00:00', to: '2027-01-09T00:00:00' }]);
  await screen.close();
});

test('a day with a gap in the middle has two stretches', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/settings/hours');
  const tuesday = screen.page.locator('fieldset').nth(1);
  await tuesday.getByRole('button', { name: 'Ещё часы' }).click();
  await tuesday.getByLabel('До', { exact: true }).first().fill('14');
  await tuesday.getByLabel('С', { exact: true }).nth(1).fill('16');
  await tuesday.getByLabel('До', { exact: true }).nth(1).fill('2030');
  await screen.keep('hours-two-stretches-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('save-hours');
  await screen.part('toast').getByText('Сохранено').waitFor();
  const { value } = await made.ask<{ value: { weekly: Record<string, unknown> } }>('GET', '/settings/business-hours');
  expect(value.weekly['tue']).toEqual([
    { from: '10:00', to: '14:00' },
    { from: '16:00', to: '20:30' },
  ]);
  await screen.close();
});

test('reminders, quiet hours and what she is told of are kept, and a number that is none stays in its field', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/settings/notify');
  await screen.press('Ещё напоминание');
  const hours = screen.page.getByLabel('За сколько часов');
  await hours.last().fill('скоро');
  await screen.pressPart('save-notify');
  await screen.page.locator('.fault').first().waitFor();
  expect(await hours.last().inputValue()).toBe('скоро');
  await hours.last().fill('48');
  await screen.page.getByRole('switch', { name: 'Тихие часы' }).press('Space');
  await screen.page.getByRole('switch', { name: 'Оплата' }).press('Space');
  await screen.pressPart('save-notify');
  await screen.part('toast').getByText('Сохранено').waitFor();
  const { value } = await made.ask<{ value: object }>('GET', '/settings/notification-prefs');
  expect(value).toMatchObject({ reminderHours: [48, 24, 3], quietHours: null, events: { payment: false, booked: true } });
  await screen.close();
});

test('her brand is kept, and an address that is no https is told in its field', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/settings/brand');
  await screen.type('Название для клиентов', 'Студия «Вера» <script>alert(1)</script> 💅');
  await screen.type(/Ссылка/, 'javascript:alert(1)');
  await screen.page.getByLabel('Цвет').fill('#336699');
  await screen.pressPart('save-brand');
  await screen.page.locator('.fault').first().waitFor();
  await screen.type(/Ссылка/, 'https://example.com/vera');
  await screen.pressPart('save-brand');
  await screen.part('toast').getByText('Сохранено').waitFor();
  const { value } = await made.ask<{ value: object }>('GET', '/settings/branding');
  expect(value).toMatchObject({
    displayName: 'Студия «Вера» <script>alert(1)</script> 💅',
    accentColor: '#336699',
    link: 'https://example.com/vera',
  });
  expect(screen.complaints).toEqual([]);
  await screen.close();
});

test('her language goes with her account to a browser that knows nothing of her', async () => {
  const other = await account(server, { locale: 'ru' });
  const mine = await signIn(server, other);
  const first = await Screen.open({ server, keys: mine });
  await first.go('/settings/look');
  await first.press('English');
  await first.part('toast').waitFor();
  expect((await other.ask<{ user: { locale: string } }>('GET', '/auth/me')).user.locale).toBe('en');
  await first.close();
  const second = await Screen.open({ server, keys: mine, lang: 'ru', isFresh: true });
  await second.go('/settings/look');
  await second.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await second.close();
});

test('a file is looked at, imported and taken back', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/data');
  const table = 'Имя;Телефон;Метки\nАнна Петрова;+7 916 123-45-67;vip\nОльга;8 (903) 222-33-44;\nОльга;8 (903) 222-33-44;\n';
  await screen.part('import-file').setInputFiles({ name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await screen.sees('Что в столбцах');
  await screen.sees('Анна Петрова');
  await screen.keep('import-preview-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('run-import');
  await screen.sees('Перенесено');
  expect((await made.ask<{ data: unknown[] }>('GET', '/clients')).data).toHaveLength(2);
  const ofImport = screen.page.url();
  await screen.go('/changes');
  await screen.part('change').nth(1).waitFor();
  // Its bytes have no hour: the history says when it was imported, and never 1970 or "sent later".
  const told = await screen.part('change').locator('.head').allInnerTexts();
  for (const head of told) expect(head).toMatch(/, .*\d{1,2}:\d\d$/);
  expect(told.join()).not.toMatch(/1970|на сервере|import/);
  await screen.go(new URL(ofImport).pathname);
  await screen.pressPart('undo-import');
  await screen.part('confirm').getByRole('button', { name: 'Отменить импорт' }).click();
  await screen.sees('Отменён');
  expect((await made.ask<{ data: unknown[] }>('GET', '/clients')).data).toHaveLength(0);
  await screen.close();
});

test('everything comes out as a file', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/data');
  const download = screen.page.waitForEvent('download');
  await screen.press('Скачать: Полная копия');
  expect((await download).suggestedFilename()).toMatch(/^veloria-.*\.json$/);
  await screen.close();
});

test('a note is written, changed and removed', async () => {
  const client = await made.ask<{ id: string }>('POST', '/clients', { name: 'Ирина' });
  const screen = await Screen.open({ server, keys });
  await screen.go(`/clients/${client.id}`);
  await screen.type('Что важно помнить', 'Пьёт кофе\nбез сахара');
  await screen.pressPart('save-note');
  await screen.part('note').getByText('без сахара').waitFor();
  await screen.part('note').getByRole('button', { name: 'Изменить' }).click();
  await screen.part('note').getByRole('textbox').fill('Пьёт чай');
  await screen.part('note').getByTestId('save-note').click();
  await screen.part('note').getByText('Пьёт чай').waitFor();
  await screen.part('note').getByRole('button', { name: 'Удалить' }).click();
  await screen.part('confirm').getByRole('button', { name: 'Удалить' }).click();
  await screen.sees('Заметок о клиенте пока нет.');
  await screen.close();
});

test('a consent is given and taken back, and both stand in the ledger', async () => {
  const client = await made.ask<{ id: string }>('POST', '/clients', { name: 'Мария' });
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go(`/clients/${client.id}`);
  const consent = screen.page.getByRole('switch', { name: 'Публикация фотографий' });
  await consent.focus();
  // Two presses in a row, as a finger that changed its mind: nobody waits for the first to be read back.
  await screen.page.keyboard.press('Space');
  await screen.page.keyboard.press('Space');
  const written = async () => (await made.ask<{ consents: unknown[] }>('GET', `/clients/${client.id}`)).consents.length;
  await expect.poll(written, { timeout: 10_000 }).toBe(2);
  const { consents } = await made.ask<{ consents: { given: boolean }[] }>('GET', `/clients/${client.id}`);
  expect(consents.map(({ given }) => given)).toEqual([true, false]);
  await screen.close();
});
