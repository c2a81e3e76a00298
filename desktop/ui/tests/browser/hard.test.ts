// What real life does to a page: a finger that holds, a code instead of a key, a server that leaves in the middle of any form,
// hours that do not exist, names of every kind, and any hour of the day.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { code } from '../code';
import { account, day, type Salon, salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;
const quiet = day(30);

beforeAll(async () => {
  made = await salon(server, 'veloria');
  keys = await signIn(server, made);
});
afterAll(closeBrowser);

const visitOf = (more: object = {}) =>
  made.ask<{ id: string }>('POST', '/appointments', {
    clientId: made.clients['olga'],
    serviceId: made.services['brows'],
    startsAt: `${quiet}T12:00`,
    allowOverlap: true,
    ...more,
  });

describe('a finger', () => {
  async function touch(screen: Screen, holdMs: number): Promise<void> {
    const box = await screen.page.locator('.visit').first().boundingBox();
    if (!box) throw new Error('no visit');
    const pen = await screen.page.context().newCDPSession(screen.page);
    const [x, y] = [box.x + box.width / 2, box.y + 12];
    const at = (dy: number) => ({ touchPoints: [{ x, y: y + dy }] });
    await pen.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(0) });
    await screen.page.waitForTimeout(holdMs);
    for (let dy = 10; dy <= 120; dy += 10) {
      await pen.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(dy) });
      await screen.page.waitForTimeout(16);
    }
    await pen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  async function calendar(): Promise<Screen> {
    const screen = await Screen.open({ server, size: 'phone', keys });
    await screen.go(`/calendar?view=day&date=${quiet}`);
    await screen.calm();
    await screen.page.locator('.visit').first().scrollIntoViewIfNeeded();
    return screen;
  }

  test('that holds takes the visit along', async () => {
    const { id } = await visitOf();
    const screen = await calendar();
    await touch(screen, 500);
    await screen.sees('Запись перенесена');
    const { startsAt } = await made.ask<{ startsAt: string }>('GET', `/appointments/${id}`);
    expect(startsAt > `${quiet}T12:00`).toBe(true);
    expect(Number(startsAt.slice(14, 16)) % 5).toBe(0);
    await made.ask('DELETE', `/appointments/${id}`);
    await screen.close();
  });

  test('that only passes over moves nothing', async () => {
    const { id } = await visitOf();
    const screen = await calendar();
    await touch(screen, 40);
    await screen.page.waitForTimeout(600);
    const { startsAt } = await made.ask<{ startsAt: string }>('GET', `/appointments/${id}`);
    expect(startsAt).toBe(`${quiet}T12:00:00+03:00`);
    await made.ask('DELETE', `/appointments/${id}`);
    await screen.close();
  });
});

test('a code from the phone is asked for after the password, and a spare code opens as well', async () => {
  const other = await account(server, { plan: 'veloria' });
  const first = await Screen.open({ server, keys: await signIn(server, other) });
  await first.go('/settings/security');
  await first.pressPart('turn-on-factor');
  const factor = first.page.locator('section', { has: first.page.locator('#factor') });
  await factor.getByLabel('Пароль').fill(other.password);
  await factor.getByRole('button').first().click();
  const secret = (await factor.locator('code').first().textContent()) ?? '';
  await factor.getByLabel('Код').fill(code(secret));
  await factor.getByRole('button').first().click();
  await first.sees('Сохраните запасные коды');
  const spare = (await factor.locator('code, li').first().textContent())?.trim() ?? '';
  await first.close();

  const screen = await Screen.open({ server, size: 'phone' });
  await screen.go('/login');
  await screen.type('Почта', other.email);
  await screen.type('Пароль', other.password);
  await screen.pressPart('sign-in');
  await screen.sees('Откройте приложение с кодами');
  await screen.type('Код', '000000');
  await screen.pressPart('sign-in');
  await screen.page.locator('.wrong-note, .fault').first().waitFor();
  await screen.keep('second-factor-phone-ru');
  expect(await screen.hindrances()).toEqual([]);
  // The code of a moment ago has done its work already.
  await screen.type('Код', code(secret, 1));
  await screen.pressPart('sign-in');
  await screen.page.locator('.shell').waitFor();
  await screen.close();

  const lost = await Screen.open({ server });
  await lost.go('/login');
  await lost.type('Почта', other.email);
  await lost.type('Пароль', other.password);
  await lost.pressPart('sign-in');
  await lost.press('Нет телефона под рукой');
  await lost.type('Запасной код', spare);
  await lost.pressPart('sign-in');
  await lost.page.locator('.shell').waitFor();
  await lost.close();
});

interface Form {
  name: string;
  open: (screen: Screen) => Promise<void>;
  label: string | RegExp;
  typed: string;
  /** Nobody is signed in. */
  isGuest?: boolean;
  /** What was chosen and not typed, and stands there as well. */
  stands?: (screen: Screen) => Promise<void>;
  save: (screen: Screen) => Promise<void>;
  done: (screen: Screen) => Promise<void>;
}
const saved = (screen: Screen) => screen.part('toast').getByText('Сохранено').first().waitFor();

const FORMS: Form[] = [
  {
    name: 'a visit to be',
    open: async (screen) => {
      await screen.go('/');
      await screen.pressPart('book');
      await screen.part('pick-client').filter({ hasText: 'Ирина' }).click();
      const [year, month, date] = quiet.split('-');
      await screen.type('Дата', `${date}.${month}.${year}`);
    },
    label: 'Время',
    typed: '08:35',
    save: (screen) => screen.pressPart('save'),
    done: (screen) => screen.sees(/Записано/),
  },
  {
    name: 'another hour',
    open: async (screen) => {
      await screen.go(`/calendar?view=day&date=${quiet}`);
      await screen.page.locator('.visit').first().click();
      await screen.pressPart('move');
    },
    label: 'Время',
    typed: '18:25',
    save: (screen) => screen.pressPart('save-move'),
    done: (screen) => screen.sees('Запись перенесена'),
  },
  {
    name: 'the note of a visit',
    open: async (screen) => {
      await screen.go(`/calendar?view=day&date=${quiet}`);
      await screen.page.locator('.visit').first().click();
      await screen.part('visit-sheet').getByRole('button', { name: 'Изменить' }).click();
    },
    label: 'Заметка',
    typed: 'Попросила тишины',
    save: (screen) => screen.part('visit-sheet').getByRole('button', { name: 'Сохранить' }).click(),
    done: (screen) => screen.sees('Попросила тишины'),
  },
  {
    name: 'a note',
    open: (screen) => screen.go(`/clients/${made.clients['olga']}`),
    label: 'Что важно помнить',
    typed: 'Не любит музыку',
    save: (screen) => screen.pressPart('save-note'),
    done: (screen) => screen.part('note').getByText('Не любит музыку').first().waitFor(),
  },
  {
    name: 'a service',
    open: async (screen) => {
      await screen.go('/services');
      await screen.page.getByTestId('service').first().click();
    },
    label: 'Цена',
    typed: '2750',
    save: (screen) => screen.part('service-sheet').getByTestId('save').click(),
    done: (screen) => screen.part('service-sheet').waitFor({ state: 'detached' }),
  },
  {
    name: 'working hours',
    open: (screen) => screen.go('/settings/hours'),
    label: 'Не позднее чем за',
    typed: '90',
    save: (screen) => screen.pressPart('save-hours'),
    done: saved,
  },
  {
    name: 'rules of cancelling',
    open: (screen) => screen.go('/settings/policies'),
    label: 'Отмена бесплатна за',
    typed: '36',
    save: (screen) => screen.press('Сохранить'),
    done: saved,
  },
  {
    name: 'reminders',
    open: (screen) => screen.go('/settings/notify'),
    label: 'За сколько часов',
    typed: '36',
    save: (screen) => screen.pressPart('save-notify'),
    done: saved,
  },
  {
    name: 'her brand',
    open: (screen) => screen.go('/settings/brand'),
    label: 'О себе',
    typed: 'Работаю одна\nи не спеша',
    save: (screen) => screen.pressPart('save-brand'),
    done: saved,
  },
  {
    name: 'a new account',
    isGuest: true,
    open: async (screen) => {
      await screen.go('/register');
      await screen.type('Ваше имя', 'Вера');
      await screen.type('Пароль', 'correct horse battery');
    },
    label: 'Почта',
    typed: `gone-${Date.now()}@example.com`,
    stands: async (screen) => {
      expect(await screen.page.getByLabel('Ваше имя').inputValue()).toBe('Вера');
      expect(await screen.page.getByLabel('Пароль').inputValue()).toBe('correct horse battery');
    },
    save: (screen) => screen.pressPart('register'),
    done: (screen) => screen.sees('Рады вам, Вера'),
  },
  {
    name: 'the end of a visit',
    open: async (screen) => {
      await screen.go(`/calendar?view=day&date=${quiet}`);
      await screen.page.locator('.visit').first().click();
      await screen.pressPart('complete');
      await screen.press('Перевод');
    },
    label: 'К оплате',
    typed: '1777',
    stands: async (screen) => expect(await screen.page.getByRole('button', { name: 'Перевод' }).getAttribute('aria-pressed')).toBe('true'),
    save: (screen) => screen.pressPart('finish'),
    done: (screen) => screen.sees(/1\s?777/),
  },
  {
    name: 'a key for a program',
    open: async (screen) => {
      await screen.go('/settings/tokens');
      await screen.press('Создать ключ');
      await screen.type('Пароль', made.password);
    },
    label: 'Для чего ключ',
    typed: 'Моя таблица',
    stands: async (screen) => expect(await screen.page.getByLabel('Пароль').inputValue()).toBe(made.password),
    save: (screen) => screen.press('Создать'),
    done: (screen) => screen.sees('Скопируйте ключ сейчас'),
  },
  {
    name: 'the rule of deposits',
    open: async (screen) => {
      await screen.go('/settings/policies');
      await screen.page.getByLabel('Просить предоплату').selectOption('fixed');
    },
    label: 'Сумма',
    typed: '500',
    stands: async (screen) => expect(await screen.page.getByLabel('Просить предоплату').inputValue()).toBe('fixed'),
    save: (screen) => screen.page.getByRole('button', { name: 'Сохранить' }).last().click(),
    done: saved,
  },
  {
    name: 'her name',
    open: (screen) => screen.go('/settings/look'),
    label: 'Как к вам обращаться',
    typed: 'Вера Павловна',
    save: (screen) => screen.pressPart('save-name'),
    done: saved,
  },
];

describe('a server that leaves in the middle of', () => {
  test.each(FORMS)('$name loses nothing, and a second press saves it once', async (form) => {
    const { open, label, typed, save, done, stands, isGuest } = form;
    const { id } = await visitOf();
    const screen = await Screen.open({ server, ...(!isGuest && { keys }) });
    await open(screen);
    await screen.type(label, typed);
    // Only what changes something: what is looked at may have been read before.
    await screen.page.route('**/api/**', (route) => (route.request().method() === 'GET' ? route.fallback() : route.abort()));
    await save(screen);
    await screen.sees(/Для этого нужен интернет/);
    expect(await screen.page.getByLabel(label, { exact: true }).first().inputValue()).toBe(typed);
    await stands?.(screen);
    await screen.page.unroute('**/api/**');
    await save(screen);
    await done(screen);
    expect(screen.complaints).toEqual([]);
    await made.ask('DELETE', `/appointments/${id}`);
    await screen.close();
  });

  test('two cards that become one keeps both chosen, and a second press joins them', async () => {
    const pair = ['Мария Зимина', 'Маша Зимина'].map((name) => made.ask<{ id: string }>('POST', '/clients', { name }));
    const [stays, goes] = await Promise.all(pair);
    const screen = await Screen.open({ server, keys });
    await screen.go(`/clients/${stays?.id}`);
    await screen.pressPart('merge-client');
    await screen.type('С кем объединить', 'Маша');
    await screen.part('merge-sheet').getByTestId('person').filter({ hasText: 'Маша Зимина' }).click();
    await screen.page.route('**/merge', (route) => route.abort());
    await screen.pressPart('merge');
    await screen.sees(/Для этого нужен интернет/);
    expect(await screen.part('merge-sheet').getByRole('radio').count()).toBe(2);
    await screen.page.unroute('**/merge');
    await screen.pressPart('merge');
    await screen.sees('Карточки объединены');
    const found = await made.ask<{ data: { id: string }[] }>('GET', `/clients?filter[id][in]=${stays?.id},${goes?.id}`);
    expect(found.data.map(({ id }) => id)).toEqual([stays?.id]);
    await screen.close();
  });
});

describe('an answer that gets lost, of', () => {
  /** The server does what it was asked, and nobody hears that it did. */
  const deafen = (screen: Screen, path: string) =>
    screen.page.route(path, async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      return route.abort();
    });

  test('a new account lets her in by a second press', async () => {
    const screen = await Screen.open({ server, size: 'phone' });
    await screen.go('/register');
    await screen.type('Ваше имя', 'Вера');
    await screen.type('Почта', `deaf-${Date.now()}@example.com`);
    await screen.type('Пароль', 'correct horse battery');
    await deafen(screen, '**/auth/register');
    await screen.pressPart('register');
    await screen.sees(/Для этого нужен интернет/);
    await screen.page.unroute('**/auth/register');
    await screen.pressPart('register');
    await screen.sees('Рады вам, Вера');
    await screen.close();
  });

  test('an address that somebody else has stays taken, whatever was lost', async () => {
    const screen = await Screen.open({ server, size: 'phone' });
    await screen.go('/register');
    await screen.type('Ваше имя', 'Вера');
    await screen.type('Почта', made.email);
    await screen.type('Пароль', 'correct horse battery');
    await deafen(screen, '**/auth/register');
    await screen.pressPart('register');
    await screen.sees(/Для этого нужен интернет/);
    await screen.page.unroute('**/auth/register');
    await screen.pressPart('register');
    await screen.page.locator('.fault').first().waitFor();
    expect(await screen.page.getByLabel('Почта').inputValue()).toBe(made.email);
    await screen.close();
  });

  test('the end of a visit is written and paid once', async () => {
    const { id } = await visitOf({ startsAt: `${day(31)}T12:00` });
    const screen = await Screen.open({ server, keys });
    await screen.go(`/calendar?view=day&date=${day(31)}`);
    await screen.page.locator('.visit').first().click();
    await screen.pressPart('complete');
    await screen.type('К оплате', '1777');
    for (const path of ['**/complete', '**/payments']) {
      await deafen(screen, path);
      await screen.pressPart('finish');
      await screen.sees(/Для этого нужен интернет/);
      expect(await screen.page.getByLabel('К оплате').inputValue()).toBe('1777');
      await screen.page.unroute(path);
    }
    await screen.pressPart('finish');
    await screen.sees(/1\s?777/);
    const paid = await made.ask<{ data: { amount: number }[] }>('GET', `/payments?filter[appointmentId][in]=${id}`);
    expect(paid.data.map(({ amount }) => amount)).toEqual([1777]);
    await screen.close();
  });
});

test('an hour that the clocks leave out is booked as the one that there is, and the page says which', async () => {
  const berlin = await account(server, { timezone: 'Europe/Berlin' });
  await berlin.ask('POST', '/clients', { name: 'Greta', phone: '+4915112345678' });
  const screen = await Screen.open({ server, keys: await signIn(server, berlin) });
  await screen.go('/');
  await screen.pressPart('book');
  await screen.part('pick-client').filter({ hasText: 'Greta' }).click();
  const year = Number(day().slice(0, 4)) + 1;
  // The last Sunday of March.
  const end = new Date(Date.UTC(year, 2, 31));
  const sunday = 31 - end.getUTCDay();
  await screen.type('Дата', `${sunday}.03.${year}`);
  await screen.type('Время', '02:30');
  await screen.pressPart('save');
  // The clocks go from 02:00 to 03:00: what she booked is the hour that there is, and she reads which.
  await screen.sees(/Записано.*03:30/);
  await screen.keep('no-such-hour-desk-ru');
  const { data } = await berlin.ask<{ data: { startsAt: string }[] }>('GET', '/appointments');
  expect(data.map(({ startsAt }) => startsAt.slice(11))).toEqual(['03:30:00+02:00']);
  await screen.close();
});

const NAMES = [
  ['as long as it may be', 'Аннаваршавяноверещагинопреображенская'.repeat(9).slice(0, 200)],
  ['emoji', '💅🏽👩‍🎨 Аня 🇷🇺'],
  ['from right to left', 'שרה כהן عائشة'],
  ['a script', '<script>alert(1)</script><img src=x onerror=alert(2)>'],
  ['signs', `"'&amp; {{7*7}} \${1} %s \\u0041`],
] as const;

describe('a name', () => {
  test.each(NAMES)('with %s is shown as text and kept exactly', async (_, name) => {
    const screen = await Screen.open({ server, size: 'phone', keys });
    let asked = false;
    screen.page.on('dialog', (dialog) => {
      asked = true;
      void dialog.dismiss();
    });
    await screen.go('/clients');
    await screen.pressPart('add-client');
    await screen.type('Имя', name);
    await screen.part('client-sheet').getByTestId('save').click();
    await screen.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    const id = new URL(screen.page.url()).pathname.split('/').at(-1);
    expect(await made.ask('GET', `/clients/${id}`)).toMatchObject({ name });
    const visit = await visitOf({ clientId: id });
    for (const path of [`/clients/${id}`, '/clients', `/calendar?view=day&date=${quiet}`, `/changes/clients/${id}`, '/appointments']) {
      await screen.go(path);
      expect(await screen.hindrances(), path).toEqual([]);
    }
    expect([asked, screen.complaints]).toEqual([false, []]);
    await made.ask('DELETE', `/appointments/${visit.id}`);
    await made.ask('DELETE', `/clients/${id}`);
    await screen.close();
  });

  test('of three hundred characters is stored exactly and shown as it is', async () => {
    const screen = await Screen.open({ server, size: 'phone', keys });
    await screen.go('/clients');
    await screen.pressPart('add-client');
    const name = `${'Щ'.repeat(149)} ${'🌸'.repeat(150)}`;
    await screen.type('Имя', name);
    await screen.part('client-sheet').getByTestId('save').click();
    await screen.part('client-sheet').waitFor({ state: 'detached' });
    const { data } = await made.ask<{ data: { id: string; name: string }[] }>('GET', '/clients?limit=200');
    const stored = data.find((client) => client.name === name);
    expect(stored?.name).toBe(name);
    await screen.go(`/clients/${stored?.id}`);
    await screen.page.getByRole('heading', { level: 1 }).filter({ hasText: name }).waitFor();
    expect(await screen.hindrances()).toEqual([]);
    await made.ask('DELETE', `/clients/${stored?.id}`);
    await screen.close();
  });

  test('that is too long is told in its field and stays there', async () => {
    const screen = await Screen.open({ server, keys });
    await screen.go('/clients');
    await screen.pressPart('add-client');
    const name = 'я'.repeat(301);
    await screen.type('Имя', name);
    await screen.part('client-sheet').getByTestId('save').click();
    await screen.part('client-sheet').locator('.fault').first().waitFor();
    expect(await screen.page.getByLabel('Имя', { exact: true }).inputValue()).toBe(name);
    await screen.close();
  });
});

describe('Today at any hour', () => {
  test.each([
    ['00:05', 'Доброй ночи'],
    ['06:30', 'Доброе утро'],
    ['12:30', 'Добрый день'],
    ['18:45', 'Добрый вечер'],
    ['23:55', 'Добрый вечер'],
  ])('%s', async (hour, greeting) => {
    const screen = await Screen.open({ server, size: 'phone', keys });
    await screen.page.clock.setFixedTime(new Date(`${day(1)}T${hour}:00+03:00`));
    await screen.go('/');
    await screen.page.getByRole('heading', { level: 1 }).filter({ hasText: greeting }).waitFor();
    // Her visit of that day is from 11:00 to 12:30.
    const isAhead = hour < '12:30';
    await screen
      .part('next-client')
      .getByText(isAhead ? 'Ирина' : 'Сегодня больше никого')
      .waitFor();
    expect(await screen.hindrances()).toEqual([]);
    expect(await screen.clipped()).toEqual([]);
    await screen.close();
  });
});
