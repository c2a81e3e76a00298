// Every screen on a small salon, on a phone and on a desk, in both languages: nothing sticks out, nothing hinders anybody, no
// words of the other language; and a picture of each is kept.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen } from '../browser';
import { day, salon, type Salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;
let invoice = '';

beforeAll(async () => {
  made = await salon(server, 'imperium');
  const items = [
    { name: 'Маникюр с покрытием и укреплением', price: 2500 },
    { kind: 'tip', name: 'Чаевые', price: 300 },
    { kind: 'discount', name: 'Постоянному клиенту', price: 250.5 },
  ];
  invoice = (await made.ask<{ id: string }>('POST', '/invoices', { clientId: made.clients['anna'], items })).id;
  await made.ask('POST', '/payments', { date: day(), amount: 1000, invoiceId: invoice });
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', made.email);
  await screen.type('Пароль', made.password);
  await screen.pressPart('sign-in');
  await screen.part('next-client').waitFor();
  keys = await screen.keys();
  await screen.close();
});
afterAll(closeBrowser);

const SCREENS: [name: string, path: () => string][] = [
  ['today', () => '/'],
  ['calendar-day', () => `/calendar?view=day&date=${day()}`],
  ['calendar-week', () => `/calendar?view=week&date=${day()}`],
  ['calendar-month', () => `/calendar?view=month&date=${day()}`],
  ['appointments', () => '/appointments'],
  ['clients', () => '/clients'],
  ['client', () => `/clients/${made.clients['anna']}`],
  ['services', () => '/services'],
  ['invoices', () => '/invoices?view=all'],
  ['invoice', () => `/invoices/${invoice}`],
  ['till', () => '/till'],
  ['notes', () => '/notes'],
  ['conflicts', () => '/conflicts'],
  ['changes', () => `/changes/clients/${made.clients['anna']}`],
  ['all-changes', () => '/changes'],
  ['data', () => '/data'],
  ['devices', () => '/devices'],
  ['settings-hours', () => '/settings/hours'],
  ['settings-policies', () => '/settings/policies'],
  ['settings-notify', () => '/settings/notify'],
  ['settings-brand', () => '/settings/brand'],
  ['settings-look', () => '/settings/look'],
  ['settings-security', () => '/settings/security'],
  ['settings-tokens', () => '/settings/tokens'],
  ['journal', () => '/journal'],
  ['plan', () => '/plan'],
  ['help', () => '/help'],
  ['welcome', () => '/welcome'],
  ['not-found', () => '/nowhere/at/all'],
];

/** Hers, the letters of a name in a circle, and the name of the other language. */
const isMeant = (word: string) => made.isHers(word) || /^[А-ЯЁ]{1,2}$/.test(word) || ['Вера', 'Русский'].includes(word);

for (const size of ['phone', 'desk'] as const) {
  for (const lang of ['ru', 'en'] as const) {
    describe(`${size}, ${lang}`, () => {
      test.each(SCREENS)('%s', async (name, path) => {
        const screen = await Screen.open({ server, size, lang, keys });
        await screen.go(path());
        await screen.calm();
        await screen.keep(`${name}-${size}-${lang}`);
        expect(await screen.hindrances()).toEqual([]);
        expect(await screen.clipped()).toEqual([]);
        expect(screen.complaints).toEqual([]);
        if (lang === 'en') expect((await screen.foreign()).filter((word) => !isMeant(word))).toEqual([]);
        await screen.close();
      });
    });
  }
}

test.each(['/', '/calendar', '/clients'])('in the dark: %s', async (path) => {
  const screen = await Screen.open({ server, theme: 'dark', keys });
  await screen.go(path);
  await screen.calm();
  await screen.keep(`dark${path.replace('/', '-')}`);
  expect(await screen.hindrances()).toEqual([]);
  await screen.close();
});
