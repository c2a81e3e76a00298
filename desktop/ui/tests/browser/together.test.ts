// More than one at a time: two tabs and a device of hers see each other's changes live, and what a device did apart comes as a
// decision, with its name.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { day, type Salon, salon } from '../salon';

const server = inject('server');
const home = mkdtempSync(join(tmpdir(), 'veloria-device-'));
const program = process.env['VELORIA_BIN'] ?? join(import.meta.dirname, '../../../../target/debug/veloria');
let made: Salon;
let keys: Keys;

/** The program on her laptop. */
function device(...words: string[]): string {
  const env = { ...process.env, VELORIA_PASSWORD: made.password, VELORIA_PASSPHRASE: 'a passphrase for the tests' };
  return execFileSync(program, ['--home', home, '--lang', 'ru', ...words], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

beforeAll(async () => {
  made = await salon(server, 'veloria');
  keys = await signIn(server, made);
  device('login', '--server', server, '--email', made.email, '--device-name', 'Ноутбук');
});
afterAll(async () => {
  await closeBrowser();
  rmSync(home, { recursive: true, force: true });
});

test('a client that the device adds appears in both tabs, and what a tab changes arrives on the device', async () => {
  const [one, two] = await Promise.all([Screen.open({ server, keys }), Screen.open({ server, keys, size: 'phone' })]);
  for (const screen of [one, two]) {
    await screen.go('/clients');
    await screen.listening();
  }
  device('clients', 'add', '--name', 'Зинаида с ноутбука', '--phone', '+7 916 000-11-22');
  device('sync');
  await Promise.all([one.sees('Зинаида с ноутбука'), two.sees('Зинаида с ноутбука')]);

  await one.page.getByText('Зинаида с ноутбука').click();
  await one.pressPart('edit-client');
  await one.type('Имя', 'Зинаида Павловна');
  await one.part('client-sheet').getByTestId('save').click();
  await two.sees('Зинаида Павловна');
  device('sync');
  expect(device('clients', 'list')).toContain('Зинаида Павловна');
  await Promise.all([one.close(), two.close()]);
});

test('an hour that was booked twice, here and on the device without a connection, waits for her decision with the name of the device', async () => {
  device('sync');
  const at = `${day(25)}T12:00`;
  device('appointments', 'add', '--client', made.clients['olga'] ?? '', '--at', at, '--min', '60', '--price', '2500');
  await made.ask('POST', '/appointments', { clientId: made.clients['irina'], serviceId: made.services['brows'], startsAt: at });
  const screen = await Screen.open({ server, keys });
  await screen.go('/conflicts');
  await screen.listening();
  await screen.sees('Всё согласовано');
  device('sync');
  // Nobody touches the page.
  await screen.part('conflict').waitFor();
  await screen.part('side').filter({ hasText: 'Ольга' }).getByText('Ноутбук').waitFor();
  await screen.keep('conflicts-device-desk-ru');
  await screen.part('conflict').getByText('Оставить как есть').click();
  await screen.pressPart('settle');
  await screen.sees('Всё согласовано');
  device('sync');
  expect(device('conflicts', 'list')).not.toContain('Ольга');
  await screen.close();
});

test('a device tells what waits on it, and what it did since a moment is taken back with what stays and why', async () => {
  device('sync');
  const anna = made.clients['anna'] ?? '';
  device('clients', 'edit', anna, '--set', 'source=Витрина');
  device('clients', 'edit', anna, '--set', 'email=wrong@example.ru');
  device('sync');
  await made.ask('PATCH', `/clients/${anna}`, { email: 'anna@example.ru' });

  const screen = await Screen.open({ server, keys });
  await screen.go('/devices');
  await screen.part('device').getByText('Всё отправило.').waitFor();
  await screen.part('device').getByText('Получило изменения до №').waitFor();
  await screen.calm();
  await screen.keep('devices-told-desk-ru');
  await screen.pressPart('take-back-of');
  await screen.part('take-back').waitFor();
  await screen.keep('devices-since-desk-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('take-back-ask');
  await screen.sees('Вернуть всё как было?');
  await screen.keep('devices-sure-desk-ru');
  await screen.pressPart('take-back-do');
  await screen
    .part('taken-back')
    .getByText(/^Вернули \d+ изменени/)
    .waitFor();
  await screen
    .part('taken-back')
    .getByText(/их? с тех пор изменил кто-то ещё|его с тех пор изменил кто-то ещё/)
    .waitFor();
  await screen.keep('devices-taken-desk-ru');
  await screen.close();
  const left = await made.ask<{ source?: string | null; email?: string | null }>('GET', `/clients/${anna}`);
  expect([left.source ?? '', left.email]).toEqual(['', 'anna@example.ru']);

  // A second time there is nothing left, and the page says so; on a telephone, in English.
  const again = await Screen.open({ server, keys, size: 'phone', lang: 'en' });
  await again.go('/devices');
  await again.calm();
  const words = await again.part('said').first().boundingBox();
  expect(words?.width, 'the words have the width of the phone, and do not stand in a column of letters').toBeGreaterThan(200);
  await again.keep('devices-told-phone-en');
  await again.pressPart('take-back-of');
  await again.part('take-back').waitFor();
  await again.keep('devices-since-phone-en');
  expect(await again.clipped()).toEqual([]);
  expect(await again.hindrances()).toEqual([]);
  await again.pressPart('take-back-ask');
  await again.pressPart('take-back-do');
  await again.sees('There is nothing to take back');
  await again.keep('devices-nothing-phone-en');
  await again.close();
});
