// The PIN of the real window: while it is shut nothing of her work is shown or answered, wrong ones make wait, also after a new start,
// and the passphrase opens.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stage } from '../stage';
import type { Window } from '../window';

/** Long enough that it stands in no file by chance. */
const PIN = '482159637041';
const on = stage();

/** Nothing of her work is on the screen, and nothing is answered. */
async function isShut(shown: Window): Promise<void> {
  await shown.sees('#pin');
  expect(await shown.words()).not.toMatch(/Верещагина|Ольга|Ирина|Маникюр/);
  for (const [method, path] of [
    ['GET', '/api/v1/clients'],
    ['GET', '/api/v1/auth/me'],
    ['POST', '/api/v1/clients'],
    ['GET', '/api/device/waiting'],
    ['GET', '/api/device/standing'],
    ['GET', '/api/device/pictures/x/small'],
    ['PUT', '/shell/pin'],
    ['POST', '/shell/pin/seen'],
    ['PUT', '/shell/server'],
  ] as const) {
    const { status, body } = await shown.fetch<unknown>(method, path, method === 'GET' ? undefined : {});
    expect([status, body], `${method} ${path}`).toEqual([423, '']);
  }
}

test('a shut window shows and answers nothing until the PIN or the passphrase is typed', { timeout: 600_000 }, async () => {
  let window = await on.enter();
  await window.press('a[href="/settings"]');
  await window.press('a[href="/settings/security"]');
  await window.type('Новый ПИН-код', PIN);
  await window.type('Ещё раз', PIN);
  await window.press('[data-testid="pin-save"]');
  await window.sees('body', 'ПИН-код задан');
  await window.press('[data-testid="lock-now"]');
  await isShut(window);
  await window.keep('desktop-locked');
  // What was shown before is not to be found by going back.
  await window.run('history.back()');
  await isShut(window);

  await window.type('ПИН-код', PIN);
  await window.press('#by-pin button[type="submit"]');
  await window.sees('nav');
  await window.press('a[href="/clients"]');
  await window.sees('[data-testid="clients"]', 'Верещагина');

  // A new start begins shut, and a wrong one is counted across it.
  window.kill();
  window = await on.open();
  await isShut(window);
  const tried = async (typed: string) => window.fetch<{ opens: boolean; wait: number }>('POST', '/shell/pin/open', { typed });
  for (const _ of [1, 2, 3]) expect((await tried('000000')).status).toBe(403);
  window.kill();
  window = await on.open();
  await isShut(window);
  const early = await tried(PIN);
  expect(early.status).toBe(429);
  expect(early.body.wait).toBeGreaterThan(0);
  await window.sees('.wrong', 'Подождите');
  await window.keep('desktop-locked-wait');

  await window.press('#forgot');
  // The wait is the same for whatever is typed; then a wrong word is refused, and it makes wait in turn.
  await window.sees('#by-word button[type="submit"]:not(:disabled)', '', 60_000);
  await window.type('Пароль', on.passphrase);
  await window.press('#by-word button[type="submit"]');
  await window.sees('nav');
  const { body } = await window.fetch<{ isSet: boolean }>('GET', '/shell/pin');
  expect(body.isSet).toBe(false);

  const said = readdirSync(on.computer.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).toString('latin1').includes(PIN));
  expect(said).toEqual([]);
});
