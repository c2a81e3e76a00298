// What devices did apart: found in the list, settled with a choice, told in the menu and on Today; cards that become one; and
// the history that keeps all of it.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { account, day, type Salon, salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;
const date = day(20);

beforeAll(async () => {
  made = await salon(server);
  keys = await signIn(server, made);
});
afterAll(closeBrowser);

interface Told {
  id: string;
  kind: string;
}
const open = async () => (await made.ask<{ data: Told[] }>('GET', '/conflicts')).data;

async function book(who: string, time: string): Promise<string> {
  const json = {
    clientId: made.clients[who],
    serviceId: made.services['brows'],
    startsAt: `${date}T${time}`,
    allowOverlap: true,
  };
  return (await made.ask<{ id: string }>('POST', '/appointments', json)).id;
}

test('nothing to decide is said with calm', async () => {
  const screen = await Screen.open({ server, size: 'phone', keys: await signIn(server, await account(server)) });
  await screen.go('/conflicts');
  await screen.sees('Всё согласовано');
  await screen.keep('conflicts-empty-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.close();
});

for (const size of ['phone', 'desk'] as const) {
  for (const lang of ['ru', 'en'] as const) {
    test(`both sides stand there, and each choice says what it does: ${size}, ${lang}`, async () => {
      const visits = [await book('olga', '12:00'), await book('irina', '12:15')];
      const screen = await Screen.open({ server, size, lang, keys });
      await screen.go('/conflicts');
      const card = screen.part('conflict').first();
      await card.waitFor();
      expect(await card.getByTestId('side').count()).toBe(2);
      await screen.calm();
      await screen.keep(`conflicts-${size}-${lang}`);
      expect(await screen.hindrances()).toEqual([]);
      expect(await screen.clipped()).toEqual([]);
      if (lang === 'en') expect((await screen.foreign()).filter((word) => !made.isHers(word) && !/^[А-ЯЁ]{1,2}$/.test(word))).toEqual([]);
      expect(screen.complaints).toEqual([]);
      await screen.close();
      for (const id of visits) await made.ask('DELETE', `/appointments/${id}`);
    });
  }
}

test('without a choice nothing is done; by keyboard one visit is moved, and the number in the menu goes', async () => {
  const visits = [await book('olga', '12:00'), await book('irina', '12:15')];
  const screen = await Screen.open({ server, keys });
  await screen.go('/conflicts');
  await screen.part('waiting').filter({ hasText: '1' }).waitFor();
  await screen.pressPart('settle');
  await screen.sees('Выберите, что сделать.');
  expect(await open()).toHaveLength(1);
  const side = screen.part('side').filter({ hasText: 'Ольга' });
  await side.getByRole('radio').first().focus();
  await screen.page.keyboard.press('Space');
  await screen.part('settle').focus();
  await screen.page.keyboard.press('Enter');
  await screen.sees('Решено');
  await screen.part('conflict').waitFor({ state: 'detached' });
  await screen.part('waiting').waitFor({ state: 'detached' });
  expect(await open()).toEqual([]);
  const moved = await made.ask<{ startsAt: string }>('GET', `/appointments/${visits[0]}`);
  expect(moved.startsAt.slice(0, 16)).not.toBe(`${date}T12:00`);
  for (const id of visits) await made.ask('DELETE', `/appointments/${id}`);
  await screen.close();
});

test('what somebody else settled in the meantime is told, and nothing is done', async () => {
  const visits = [await book('olga', '12:00'), await book('irina', '12:15')];
  const screen = await Screen.open({ server, keys });
  await screen.go('/conflicts');
  await screen.part('conflict').waitFor();
  await screen.part('conflict').getByText('Оставить как есть').click();
  // This page hears nothing of it.
  await screen.page.route('**/api/v1/conflicts?**', (route) => route.abort());
  const [told] = await open();
  await made.ask('POST', `/conflicts/${told?.id}/resolve`, { choice: `cancel:${visits[0]}` });
  await screen.pressPart('settle');
  await screen.sees('За это время всё изменилось');
  const kept = await made.ask<{ status: string }>('GET', `/appointments/${visits[1]}`);
  expect(kept.status).toBe('booked');
  for (const id of visits) await made.ask('DELETE', `/appointments/${id}`);
  await screen.close();
});

test('Today and the card of a client point to what waits', async () => {
  const visits = [await book('olga', '12:00'), await book('irina', '12:15')];
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/');
  await screen.part('today-conflicts').getByRole('link').first().click();
  await screen.part('conflict').waitFor();
  await screen.go(`/clients/${made.clients['olga']}`);
  await screen.part('client-conflicts').waitFor();
  expect(await screen.hindrances()).toEqual([]);
  for (const id of visits) await made.ask('DELETE', `/appointments/${id}`);
  await screen.close();
});

test('two cards of one person become one, from the card', async () => {
  const twin = await made.ask<{ id: string }>('POST', '/clients', { name: 'Ольга Новикова', email: 'olga@example.com' });
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go(`/clients/${made.clients['olga']}`);
  await screen.pressPart('merge-client');
  await screen.part('merge-sheet').getByTestId('person').filter({ hasText: 'Ольга Новикова' }).click();
  await screen.keep('merge-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('merge');
  await screen.sees('Карточки объединены');
  const stays = await made.ask<{ email: string; phone: string }>('GET', `/clients/${made.clients['olga']}`);
  expect(stays).toMatchObject({ email: 'olga@example.com', phone: '+79031112233' });
  await expect(made.ask('GET', `/clients/${twin.id}`)).rejects.toThrow();
  await screen.close();
});

test('cards with one number are pointed out above the list, and two are chosen there', async () => {
  const person = { name: 'Мария Первая', phone: '+79995550001' };
  const one = await made.ask<{ id: string }>('POST', '/clients', person);
  const two = await made.ask<{ id: string }>('POST', '/clients', { ...person, name: 'Мария Вторая', allowDuplicate: true });
  const screen = await Screen.open({ server, keys });
  await screen.go('/clients');
  await screen.part('clients-twins').waitFor();
  await screen.pressPart('merge-clients');
  await screen.pressPart('merge');
  await screen.sees('Выберите вторую карточку.');
  await screen.type('С кем объединить', 'Мария Перв');
  await screen.part('person').filter({ hasText: 'Мария Первая' }).click();
  await screen.type('С кем объединить', 'Мария Вто');
  await screen.part('person').filter({ hasText: 'Мария Вторая' }).click();
  await screen.keep('merge-desk-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('merge');
  await screen.page.getByRole('heading', { name: 'Мария Первая' }).waitFor();
  await screen.part('clients-twins').waitFor({ state: 'detached' });
  await expect(made.ask('GET', `/clients/${two.id}`)).rejects.toThrow();
  expect(await made.ask('GET', `/clients/${one.id}`)).toMatchObject({ name: 'Мария Первая' });
  await screen.close();
});

for (const size of ['phone', 'desk'] as const) {
  for (const lang of ['ru', 'en'] as const) {
    test(`the history of a visit and of a card tells what was and what became: ${size}, ${lang}`, async () => {
      const id = await book('irina', '12:00');
      await made.ask('POST', `/appointments/${id}/reschedule`, { startsAt: `${date}T15:00` });
      await made.ask('PATCH', `/appointments/${id}`, { note: 'Тихая музыка', price: 1700 });
      const screen = await Screen.open({ server, size, lang, keys });
      await screen.go(`/changes/appointments/${id}`);
      await screen.part('change').nth(2).waitFor();
      const words = await screen.words();
      expect(words).toContain('15:00');
      expect(words).toContain('Тихая музыка');
      expect(words).toContain(lang === 'ru' ? 'Запись перенесена' : 'Moved');
      await screen.calm();
      await screen.keep(`changes-${size}-${lang}`);
      expect(await screen.hindrances()).toEqual([]);
      expect(await screen.clipped()).toEqual([]);
      await screen.page.getByRole('combobox').selectOption('price');
      await screen.part('change').nth(2).waitFor({ state: 'detached' });
      await screen.go(`/clients/${made.clients['anna']}`);
      await screen.pressPart('changes-link');
      await screen.part('change').first().waitFor();
      await screen.keep(`changes-client-${size}-${lang}`);
      expect(await screen.hindrances()).toEqual([]);
      if (lang === 'en') expect((await screen.foreign()).filter((word) => !made.isHers(word) && !/^[А-ЯЁ]{1,2}$/.test(word))).toEqual([]);
      await made.ask('DELETE', `/appointments/${id}`);
      await screen.close();
    });
  }
}

test('a change is taken back where it is told, once, and the taking back too', async () => {
  const { id } = await made.ask<{ id: string }>('POST', '/clients', { name: 'Ольга' });
  await made.ask('PATCH', `/clients/${id}`, { name: 'Оля' });
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go(`/changes/clients/${id}`);
  // The creation has no such button: its opposite is to remove.
  await screen.part('take-back').waitFor();
  expect(await screen.part('take-back').count()).toBe(1);
  await screen.pressPart('take-back');
  await screen.sees('Изменение отменено');
  expect(await made.ask('GET', `/clients/${id}`)).toMatchObject({ name: 'Ольга' });
  await screen.keep('changes-taken-back-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await screen.pressPart('take-back');
  await screen.part('change').nth(3).waitFor();
  expect(await made.ask('GET', `/clients/${id}`)).toMatchObject({ name: 'Оля' });
  await made.ask('DELETE', `/clients/${id}`);
  await screen.close();
});

test('what happened anywhere is in one list, and is taken back there', async () => {
  const { id } = await made.ask<{ id: string }>('POST', '/clients', { name: 'Тамара' });
  await made.ask('PATCH', `/clients/${id}`, { name: 'Томочка' });
  const screen = await Screen.open({ server, size: 'phone', keys });
  await screen.go('/changes');
  const newest = screen.part('change').first();
  await newest.getByText('Клиент · Томочка').waitFor();
  await screen.keep('all-changes-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  await newest.getByTestId('take-back').click();
  await screen.sees('Изменение отменено');
  expect(await made.ask('GET', `/clients/${id}`)).toMatchObject({ name: 'Тамара' });
  await newest.getByRole('link').click();
  await screen.part('change').nth(2).waitFor();
  await made.ask('DELETE', `/clients/${id}`);
  await screen.close();
});

test('a history of nothing is no page', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/changes/dragons/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1');
  await screen.sees('Такой страницы нет');
  await screen.go('/changes/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1');
  await screen.sees(/Не нашли то, что вы ищете/);
  await screen.close();
});
