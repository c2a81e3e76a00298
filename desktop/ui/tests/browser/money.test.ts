// Money by hand: an invoice from a visit, paid in parts and given back; an invoice of lines; the till of a day.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { type Salon, salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;

beforeAll(async () => {
  made = await salon(server);
  keys = await signIn(server, made);
});
afterAll(closeBrowser);

const save = (screen: Screen, sheet: string) => screen.part(sheet).getByTestId('save').click();
interface Invoices {
  data: { id: string; number: number; status: string; due: number; payments: { amount: number; provider: string }[] }[];
}
const invoices = async () => (await made.ask<Invoices>('GET', '/invoices?sort=number')).data;

test('from a visit to its invoice, paid in two parts, one of them given back', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/appointments');
  await screen.page.locator('main .entry').first().click();
  await screen.pressPart('visit-invoice');
  await screen.sees('Счёт № 1');
  await screen.sees('Черновик');

  await screen.pressPart('take-money');
  await screen.type('Сумма', '1000');
  await save(screen, 'money-sheet');
  await screen.sees('Оплата записана');
  await screen.sees('Оплачен частично');
  // More than is due is refused where it was typed, and nothing is lost.
  await screen.pressPart('take-money');
  await screen.type('Сумма', '100000');
  await save(screen, 'money-sheet');
  await screen.part('money-sheet').locator('.fault').first().waitFor();
  const due = (await invoices())[0]?.due ?? 0;
  await screen.type('Сумма', String(due));
  await screen.part('money-sheet').getByRole('button', { name: 'Перевод' }).click();
  await save(screen, 'money-sheet');
  await screen.part('invoice-status').getByText('Оплачен', { exact: true }).waitFor();
  await screen.keep('invoice-paid-phone-ru');

  await screen.pressPart('give-back');
  await screen.type('Сумма', '1000');
  await save(screen, 'money-sheet');
  await screen.sees('Возврат записан');
  expect((await invoices())[0]?.payments).toMatchObject([
    { amount: 1000, provider: 'cash' },
    { amount: due, provider: 'transfer' },
    { amount: -1000, provider: 'cash' },
  ]);
  // The same visit has one invoice.
  await screen.go('/appointments');
  await screen.page.locator('main .entry').first().click();
  await screen.pressPart('visit-invoice');
  await screen.sees('Счёт № 1');
  expect(await invoices()).toHaveLength(1);
  await screen.close();
});

test('an invoice of two lines with a discount, its link, its PDF, and its end', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/invoices');
  await screen.pressPart('add-invoice');
  await screen.pressPart('choose-person');
  await screen.type('Кому', 'Ольга');
  await screen.page.getByTestId('person').first().click();
  await screen.type('За что', 'Коррекция');
  await screen.type('Цена', '1 500,50');
  await screen.pressPart('add-item');
  await screen.page.getByLabel('За что').nth(1).fill('Масло для кутикулы');
  await screen.page.getByLabel('Цена').nth(1).fill('десять');
  await save(screen, 'invoice-sheet');
  await screen.part('invoice-sheet').locator('.fault').first().waitFor();
  await screen.page.getByLabel('Цена').nth(1).fill('350');
  await screen.type('Скидка', '50,5');
  await screen.keep('invoice-new-desk-ru');
  expect(await screen.hindrances()).toEqual([]);
  await save(screen, 'invoice-sheet');
  await screen.sees('Счёт № 2');
  await screen.sees(/1.800.₽/);

  const pdf = screen.page.waitForEvent('download');
  await screen.pressPart('invoice-pdf');
  expect((await pdf).suggestedFilename()).toBe('Счёт 2.pdf');
  await screen.pressPart('send-invoice');
  const link = await screen.part('invoice-link').innerText();
  await screen.keep('invoice-link-desk-ru');
  await screen.press('Закрыть');
  await screen.part('invoice-status').getByText('Отправлен').waitFor();
  const stranger = await Screen.open({ server });
  await stranger.page.goto(link);
  await stranger.sees('Масло для кутикулы');
  await stranger.keep('invoice-public-desk');
  await stranger.close();

  await screen.pressPart('void-invoice');
  await screen.part('confirm').getByRole('button', { name: 'Отменить счёт' }).click();
  await screen.part('invoice-status').getByText('Отменён').waitFor();
  await screen.close();
});

test('the till is closed with a reason for what is missing', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/till');
  await screen.part('expected').waitFor();
  await screen.type('Насчитали', '100');
  await screen.pressPart('close-till');
  await screen.page.locator('.fault').first().waitFor();
  await screen.type('Почему другая сумма', 'Размен на завтра');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('close-till');
  await screen.part('closing').getByText('Размен на завтра').waitFor();
  await screen.keep('till-closed-phone-ru');
  await screen.close();
});
