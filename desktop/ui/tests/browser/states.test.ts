// What a screen shows when there is nothing, when nothing comes, and when the plan does not have it.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, Screen } from '../browser';
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

const ASKING = ['/', '/calendar', '/appointments', '/clients', '/services', '/notes', '/devices', '/settings/hours', '/plan', '/data'];

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
