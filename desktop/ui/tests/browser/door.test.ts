// Coming in: registering, signing in, a wrong password, a forgotten one, and the same in the other language.
import { afterAll, expect, inject, test } from 'vitest';
import { closeBrowser, Screen } from '../browser';
import { account } from '../salon';

const server = inject('server');
afterAll(closeBrowser);

test('she registers, is welcomed and is signed in', async () => {
  const screen = await Screen.open({ server });
  await screen.go('/register');
  await screen.type('Ваше имя', 'Вера');
  await screen.type('Почта', `vera-${Date.now()}@example.com`);
  await screen.type('Пароль', 'correct horse battery');
  await screen.pressPart('register');
  await screen.sees('Рады вам, Вера');
  await screen.go('/');
  await screen.sees('Дашборд');
  expect(screen.complaints).toEqual([]);
  await screen.close();
});

test('a wrong password is told beside the form, and the right one opens', async () => {
  const { email, password } = await account(server);
  const screen = await Screen.open({ server, size: 'phone' });
  await screen.go('/login');
  await screen.type('Почта', email);
  await screen.type('Пароль', 'not the password');
  await screen.pressPart('sign-in');
  await screen.sees(/Проверьте почту и пароль/);
  await screen.type('Пароль', password);
  await screen.pressPart('sign-in');
  await screen.part('first-steps').waitFor();
  await screen.close();
});

test('language and theme change at once, without losing what is typed', async () => {
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', 'vera@example.com');
  await screen.press('English');
  await screen.sees('Welcome back');
  expect(await screen.page.getByLabel('E-mail').inputValue()).toBe('vera@example.com');
  await screen.press('Dark');
  expect(await screen.page.locator('html').getAttribute('theme')).toBe('dark');
  expect((await screen.foreign()).filter((word) => word !== 'Русский')).toEqual([]);
  await screen.close();
});

test('an address inside asks to sign in first and leads there afterwards', async () => {
  const { email, password } = await account(server);
  const screen = await Screen.open({ server });
  await screen.go('/services');
  await screen.type('Почта', email);
  await screen.type('Пароль', password);
  await screen.pressPart('sign-in');
  await screen.sees('Прайс пока пуст');
  await screen.close();
});

for (const size of ['phone', 'desk'] as const) {
  for (const lang of ['ru', 'en'] as const) {
    test(`the door can be used by everybody: ${size}, ${lang}`, async () => {
      const screen = await Screen.open({ server, size, lang });
      for (const [name, path] of [
        ['sign-in', '/login'],
        ['register', '/register'],
        ['forgot', '/forgot'],
        ['reset', '/reset'],
      ] as const) {
        await screen.go(path);
        await screen.keep(`${name}-${size}-${lang}`);
        expect(await screen.hindrances(), path).toEqual([]);
      }
      await screen.close();
    });
  }
}
