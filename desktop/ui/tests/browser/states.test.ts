// What a screen shows when there is nothing, when nothing comes, and when the plan does not have it.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen, signIn } from '../browser';
import { account, type Salon } from '../salon';

const server = inject('server');
let empty: Salon;
let keys: Keys;

beforeAll(async () => {
  empty = await account(server);
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', empty.email);
  await screen.type('Пароль', empty.password);
  await screen.pressPart('sign-in');
  await screen.part('first-steps').waitFor();
  keys = await screen.keys();
  await screen.close();
});
afterAll(closeBrowser);

describe('empty', () => {
  test.each([
    ['/appointments', 'Здесь пока пусто'],
    ['/clients', 'Здесь будут ваши клиенты'],
    ['/services', 'Прайс пока пуст'],
    ['/invoices', 'Счетов нет'],
    ['/notes', 'Заметок пока нет'],
    ['/devices', 'Пока ни одного устройства'],
  ])('%s says what to do', async (path, words) => {
    const screen = await Screen.open({ server, size: 'phone', keys });
    await screen.go(path);
    await screen.sees(words);
    await screen.keep(`empty${path.replaceAll('/', '-')}`);
    expect(await screen.hindrances()).toEqual([]);
    await screen.close();
  });
});

const ASKING = [
  '/',
  '/calendar',
  '/appointments',
  '/clients',
  '/services',
  '/invoices',
  '/till',
  '/notes',
  '/conflicts',
  '/devices',
  '/settings/hours',
  '/settings/policies',
  '/settings/notify',
  '/settings/brand',
  '/settings/tokens',
  '/plan',
  '/data',
];

describe('no answer', () => {
  test.each(ASKING)('%s says so, and comes back by a press', async (path) => {
    const screen = await Screen.open({ server, keys });
    // What the shell itself asks is answered, so it is the screen that fails.
    const isShells = (url: string) => /auth\/me|sync\/live|billing\/plan/.test(url) && path !== '/plan';
    let shell = 2;
    await screen.page.route('**/api/**', (route) => {
      if (isShells(route.request().url())) return route.continue();
      if (path === '/plan' && (route.request().url().includes('auth/me') || shell-- > 1)) return route.continue();
      return route.abort();
    });
    await screen.go(path);
    await screen.part('failed').first().waitFor();
    await screen.keep(`offline${path.replaceAll('/', '-')}`);
    expect(await screen.hindrances()).toEqual([]);
    await screen.page.unroute('**/api/**');
    await screen.page.getByRole('button', { name: 'Попробовать ещё раз' }).first().click();
    await screen.part('failed').first().waitFor({ state: 'detached' });
    await screen.close();
  });

  test('a slow answer is waited for quietly', async () => {
    const screen = await Screen.open({ server, keys });
    await screen.page.route('**/api/v1/clients?**', async (route) => {
      await new Promise((later) => setTimeout(later, 1_500));
      await route.continue();
    });
    await screen.page.goto(`${server}/clients`);
    await screen.part('loading').first().waitFor();
    await screen.sees('Здесь будут ваши клиенты');
    await screen.close();
  });
});

describe('a screen of the whole house', () => {
  let full: Keys;
  let changes: string;
  beforeAll(async () => {
    const made = await account(server, { plan: 'imperium' });
    const { id } = await made.ask<{ id: string }>('POST', '/clients', { name: 'Анна' });
    changes = `/changes/clients/${id}`;
    full = await signIn(server, made);
  });
  /** What the screen itself asks, and what stands there once it is answered. */
  const SCREENS: [name: string, path: () => string, asks: string, shows: string | RegExp, empty?: string][] = [
    ['/changes', () => changes, '**/changes?**', /Анна/, 'Изменений пока нет'],
    ['/changes of all', () => '/changes', '**/api/v1/changes?**', 'Клиент · Анна', 'Изменений пока нет'],
    ['/journal', () => '/journal', '**/audit-logs?**', 'account.registered', 'Журнал пока пуст'],
    ['/settings/security', () => '/settings/security', '**/auth/{sessions,second-factor}', 'этот браузер'],
  ];

  test.each(SCREENS)('%s waits quietly for a slow answer', async (_, path, asks, shows) => {
    const screen = await Screen.open({ server, keys: full, size: 'phone' });
    await screen.page.route(asks, async (route) => {
      await new Promise((later) => setTimeout(later, 1_500));
      await route.continue();
    });
    await screen.page.goto(server + path());
    await screen.part('loading').first().waitFor();
    await screen.page.locator('#content').getByText(shows).first().waitFor();
    expect(await screen.part('loading').count()).toBe(0);
    await screen.close();
  });

  test.each(SCREENS.filter(([, , , , empty]) => empty))('%s says that there is nothing', async (name, path, asks, _, empty) => {
    const screen = await Screen.open({ server, keys: full, size: 'phone' });
    await screen.page.route(asks, (route) => route.fulfill({ json: { data: [], nextCursor: null } }));
    await screen.go(path());
    await screen.sees(empty ?? '');
    await screen.keep(`empty${name.replaceAll('/', '-')}`);
    expect(await screen.hindrances()).toEqual([]);
    await screen.close();
  });

  test.each(SCREENS)('%s says what the server could not do, and comes back by a press', async (name, path, asks, shows) => {
    const screen = await Screen.open({ server, keys: full });
    await screen.page.route(asks, (route) => route.fulfill({ status: 500, contentType: 'text/plain', body: 'gone' }));
    await screen.go(path());
    await screen.part('failed').first().waitFor();
    await screen.keep(`failed${name.replaceAll('/', '-')}`);
    expect(await screen.hindrances()).toEqual([]);
    await screen.page.unroute(asks);
    const again = screen.page.getByRole('button', { name: 'Попробовать ещё раз' });
    while ((await again.count()) > 0) {
      const left = await again.count();
      await again.first().click();
      await expect.poll(() => again.count()).toBeLessThan(left);
    }
    await screen.page.locator('#content').getByText(shows).first().waitFor();
    await screen.close();
  });

  test.each(SCREENS)('%s stays as it is when the connection goes, and says so', async (name, path, _, shows) => {
    const screen = await Screen.open({ server, keys: full, size: 'phone' });
    await screen.go(path());
    await screen.page.locator('#content').getByText(shows).first().waitFor();
    await screen.page.context().setOffline(true);
    await screen.part('offline').waitFor();
    expect(await screen.page.locator('#content').getByText(shows).first().isVisible()).toBe(true);
    await screen.keep(`no-connection${name.replaceAll('/', '-')}`);
    expect(await screen.hindrances()).toEqual([]);
    await screen.page.context().setOffline(false);
    await screen.part('offline').waitFor({ state: 'detached' });
    await screen.close();
  });

  test('what happened to a record is told on the smallest plan as well', async () => {
    const { id } = await empty.ask<{ id: string }>('POST', '/clients', { name: 'Ирина' });
    const screen = await Screen.open({ server, keys });
    await screen.go(`/changes/clients/${id}`);
    await screen.page.locator('#content').getByText(/Ирина/).first().waitFor();
    expect(await screen.part('plan-needed').count()).toBe(0);
    await empty.ask('DELETE', `/clients/${id}`);
    await screen.close();
  });
});

describe('not in the plan', () => {
  test.each(['/journal', '/settings/security'])('%s names the plan that has it', async (path) => {
    const screen = await Screen.open({ server, size: 'phone', keys });
    await screen.go(path);
    await screen.part('plan-needed').waitFor();
    await screen.keep(`plan-needed${path.replaceAll('/', '-')}`);
    expect(await screen.hindrances()).toEqual([]);
    await screen.close();
  });

  test('and the menu does not tempt with it until the plan has it', async () => {
    const screen = await Screen.open({ server, keys });
    await screen.go('/plan');
    expect(await screen.page.locator('.menu').getByText('Безопасность и аудит').count()).toBe(0);
    await screen.pressPart('choose-imperium');
    await screen.pressPart('change-plan');
    await screen.sees('Теперь у вас тариф Imperium');
    await screen.page.locator('.menu').getByText('Безопасность и аудит').waitFor();
    await empty.ask('PUT', '/billing/plan', { plan: 'ivory' });
    await screen.close();
  });
});

test('a thing of somebody else is no thing at all', async () => {
  const screen = await Screen.open({ server, keys });
  await screen.go('/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1');
  await screen.sees(/Не нашли то, что вы ищете/);
  await screen.close();
});
