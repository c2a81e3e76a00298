// Money over the internet, with the emulators' house in place of YooKassa: the shop is connected, an invoice is paid by its link and
// given back, a deposit is asked for and held.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { type Salon, salon } from '../salon';

const server = inject('server');
const emulators = inject('emulators');
const SHOP = '100500';
let made: Salon;
let keys: Keys;

beforeAll(async () => {
  made = await salon(server, 'imperium');
  keys = await signIn(server, made);
});
afterAll(closeBrowser);

interface OnlinePayment {
  id: string;
  status: string;
  url: string | null;
  providerPaymentId: string | null;
}
const payments = async () => (await made.ask<{ data: OnlinePayment[] }>('GET', '/online-payments?sort=createdAt')).data;

async function steer(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${emulators}/control/yookassa/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

test('a shop is connected in the settings, and its key is seen by nobody', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/settings/integrations');
  await screen.part('yookassa-state').getByText('Не подключена').waitFor();
  await screen.type('Номер магазина (shopId)', SHOP);
  await screen.pressPart('save-yookassa');
  await screen.page.locator('.fault').first().waitFor();
  await screen.type('Секретный ключ', 'test_browser');
  await screen.pressPart('save-yookassa');
  await screen.part('yookassa-state').getByText('Работает').waitFor();
  const address = await screen.part('webhook-url').innerText();
  expect(await screen.page.content()).not.toContain('test_browser');
  expect(await screen.hindrances()).toEqual([]);
  await screen.keep('yookassa-phone-ru');
  await steer('notify', { shop: SHOP, url: address });
  await screen.close();
});

test('an invoice is paid by its link while the page is open, and given back', async () => {
  const invoice = await made.ask<{ id: string }>('POST', '/invoices', { items: [{ name: 'Маникюр', price: 2500.5 }] });
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go(`/invoices/${invoice.id}`);
  await screen.pressPart('payment-link-of-invoice');
  const link = await screen.part('payment-link').innerText();
  expect(link.startsWith(emulators)).toBe(true);
  await screen.page.getByAltText('QR-код ссылки на оплату').waitFor();
  expect(await screen.hindrances()).toEqual([]);
  await screen.keep('payment-link-phone-ru');
  const [asked] = await payments();
  await steer(`payments/${asked?.providerPaymentId}/pay`, {});
  await screen.part('online-status').getByText('Оплачено').waitFor();
  await screen.part('invoice-status').getByText('Оплачен', { exact: true }).waitFor();

  await screen.pressPart('give-back');
  await screen.type('Сумма', '500,25');
  await screen.part('money-sheet').getByTestId('save').click();
  await screen.sees(/Возвращено 500,25/);
  await screen.keep('payment-given-back-phone-ru');
  await screen.close();
});

test('a deposit is asked for on the visit, held, and let go', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/appointments');
  await screen.page.locator('main .entry').first().click();
  await screen.pressPart('deposit');
  await screen.type('Сумма', '500');
  await screen.pressPart('ask-deposit');
  await screen.part('payment-link').waitFor();
  await screen.keep('deposit-desk-ru');
  const asked = (await payments()).at(-1);
  await steer(`payments/${asked?.providerPaymentId}/pay`, {});
  await screen.part('online-status').getByText('Деньги удержаны').waitFor();
  await screen.pressPart('let-go');
  await screen.part('online-status').getByText('Не оплачено').waitFor();
  await screen.close();
});
