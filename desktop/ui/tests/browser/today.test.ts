// Today beyond the plan: what is not paid yet, and which hours are best given away.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { day, type Salon, salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;

beforeAll(async () => {
  made = await salon(server);
  // Open on every day, so that no weekday is special.
  const hours = [{ from: '10:00', to: '19:00' }];
  const weekly = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, hours]));
  await made.ask('PUT', '/settings/business-hours', { weekly });
  keys = await signIn(server, made);
});
afterAll(closeBrowser);

test('a visit that is over and not paid stands there, and one press writes the money down, once', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/');
  const unpaid = screen.part('unpaid');
  await unpaid.scrollIntoViewIfNeeded();
  await screen.keep('unpaid-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await unpaid.getByRole('button', { name: 'Принять наличные' }).first().click();
  await screen.sees('Оплата записана');
  await unpaid.waitFor({ state: 'detached' });
  const { data } = await made.ask<{ data: { amount: number; provider: string }[] }>('GET', '/payments');
  expect(data).toMatchObject([{ amount: 2500, provider: 'cash' }]);
  await screen.go(`/clients/${made.clients['anna']}`);
  // Three older visits are not paid either, and her card says so.
  await screen.part('debt').getByText('7 500').waitFor();
  await screen.close();
});

test('a gap names the service that fits and the starts that leave no useless time', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.page.clock.setFixedTime(new Date(`${day(1)}T08:00:00+03:00`));
  await screen.go('/');
  const gaps = screen.part('gaps');
  const best = gaps.getByRole('group').getByRole('button').first();
  await best.waitFor();
  const hour = (await best.innerText()).trim();
  expect(hour).toMatch(/^\d\d:\d\d$/);
  expect(await screen.hindrances()).toEqual([]);
  await best.click();
  await screen.part('book-sheet').waitFor();
  expect(await screen.page.getByLabel('Время', { exact: true }).inputValue()).toBe(hour);
  await screen.close();
});
