// A device of her own, as its pages show it: the chip and its sheet, what waits and taking it back, server-only rooms without a
// network, the first sync, the PIN. The shell is played here; what the real one does is tested in its window (tests/desktop).
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closeBrowser, type Keys, type Lang, Screen, signIn, type Size } from '../browser';
import { salon, type Salon } from '../salon';

const server = inject('server');
let made: Salon;
let keys: Keys;

beforeAll(async () => {
  made = await salon(server, 'veloria');
  keys = await signIn(server, made);
});
afterAll(closeBrowser);

const HERE = { pending: 0, pictures: 0, isFixed: true, isReached: true, others: null, firstSync: null, needsYou: 0, news: 1 };
const ASKED = {
  id: '0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1',
  action: 'service.add',
  target: '0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2',
  state: 'pending',
  createdAt: '2026-11-23T09:15:00Z',
  deadline: '2026-12-01T09:00:00Z',
  overdue: false,
  about: 'Стрижка',
};

/** A shell that is played: it answers its own addresses and can tell the window of changes. */
class Shell {
  standing: Record<string, unknown> = { ...HERE, lastContact: new Date().toISOString() };
  intents: Record<string, unknown>[] = [];
  edits: Record<string, number> = {};
  pin = { isSet: false, idleMinutes: 5, wait: 0 };
  /** What was asked of it, but for reading. */
  readonly heard: string[] = [];
  private page: Page | undefined;

  async answer(route: Route): Promise<void> {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    if (request.method() !== 'GET') this.heard.push(`${request.method()} ${path} ${request.postData() ?? ''}`.trim());
    if (path === '/api/device/standing') return route.fulfill({ json: this.standing });
    if (path === '/api/device/waiting') return route.fulfill({ json: { edits: this.edits, pictures: 0, intents: this.intents } });
    if (path.startsWith('/api/device/intents/')) {
      const taken = this.intents.find(({ id }) => path.endsWith(String(id)));
      this.intents = this.intents.filter((asked) => asked !== taken);
      return route.fulfill({ json: { ...taken, state: 'cancelled' } });
    }
    if (path === '/shell/pin' && request.method() === 'GET') return route.fulfill({ json: this.pin });
    if (path === '/shell/pin') {
      const { current, pin } = JSON.parse(request.postData() ?? '{}') as { current?: string; pin?: string };
      if (this.pin.isSet && current !== '4821') return route.fulfill({ status: 403, json: { opens: true, wait: 0 } });
      this.pin = { ...this.pin, isSet: pin !== undefined };
    }
    return route.fulfill({ status: 204 });
  }

  async open(size: Size = 'desk', lang: Lang = 'ru'): Promise<Screen> {
    const screen = await Screen.open({ server, size, lang, keys });
    this.page = screen.page;
    await screen.page.addInitScript(() => {
      const heard: ((event: { payload: unknown }) => void)[] = [];
      const internals = {
        transformCallback: (callback: (event: { payload: unknown }) => void) => heard.push(callback),
        invoke: () => Promise.resolve(1),
      };
      Object.assign(window, { __TAURI_INTERNALS__: internals, tell: (payload: unknown) => heard.forEach((one) => one({ payload })) });
    });
    for (const path of ['**/api/device/**', '**/shell/**']) await screen.page.route(path, (route) => this.answer(route));
    return screen;
  }

  /** Something changed, as the real one tells it. */
  async tell(changed: Record<string, unknown>): Promise<void> {
    this.standing = { ...this.standing, ...changed };
    await this.page?.evaluate((payload) => (window as unknown as { tell: (payload: unknown) => void }).tell(payload), this.standing);
  }
}

/** Only the server has these, and it is away. */
async function cut(screen: Screen, path: string): Promise<void> {
  const error = { code: 'offline', message: '', fields: {} };
  await screen.page.route(path, (route) => route.fulfill({ status: 503, json: { error } }));
}

test('the chip says where her work is, and its sheet says it at length', async () => {
  const shell = new Shell();
  const screen = await shell.open();
  await screen.go('/');
  const chip = screen.page.locator('.side-foot [data-testid="sync-chip"]');
  const says = async (words: string) => expect.poll(() => chip.innerText()).toBe(words);
  await says('Сохранено на сервере');
  await shell.tell({ pending: 3, isReached: false });
  await says('Сохранено здесь, ждёт отправки: 3');
  await chip.click();
  const sheet = screen.part('sync-sheet');
  await sheet.getByText('Ждут отправки 3 изменения. Уйдут сами.').waitFor();
  await sheet.getByText('Сети сейчас нет. Работайте как обычно').waitFor();
  await sheet.getByText('Последняя связь с сервером').waitFor();
  expect(await screen.hindrances()).toEqual([]);
  await screen.keep('device-sheet-ru-desk');
  await screen.pressPart('sync-now');
  expect(shell.heard).toContain('POST /shell/sync');
  await shell.tell({ pending: 0 });
  await sheet.getByText('Всё дошло до сервера.').waitFor();
  await screen.page.keyboard.press('Escape');
  await says('Сохранено на сервере, сейчас сети нет');
  await shell.tell({ isReached: true, others: { devices: 2, upToDate: false } });
  await says('Сохранено на сервере');
  await shell.tell({ others: { devices: 2, upToDate: true } });
  await says('Сохранено на всех ваших устройствах');
  await chip.click();
  await sheet.getByText('Всё есть и на 2 других устройствах.').waitFor();
  expect(screen.complaints).toEqual([]);
  await screen.close();
});

test('what waits is listed, and what was asked of the server can be taken back before it is sent', async () => {
  for (const size of ['phone', 'desk'] as const) {
    const shell = new Shell();
    shell.edits = { clients: 2, appointments: 5 };
    shell.intents = [ASKED, { ...ASKED, id: ASKED.id.replace(/1$/, '2'), state: 'sent', about: 'Педикюр' }];
    shell.standing = { ...shell.standing, pending: 9, isReached: false };
    const screen = await shell.open(size);
    await screen.go('/waiting');
    await screen.part('waiting-edits').getByText('2 клиента').waitFor();
    await screen.part('waiting-edits').getByText('5 записей').waitFor();
    expect(await screen.part('asked').count()).toBe(2);
    await screen.part('asked').first().getByText('Новая услуга: Стрижка').waitFor();
    await screen
      .part('asked')
      .first()
      .getByText(/Ждёт отправки, не позже/)
      .waitFor();
    // What is out may be done already.
    expect(await screen.part('take-asked-back').count()).toBe(1);
    expect(await screen.hindrances()).toEqual([]);
    expect(await screen.clipped()).toEqual([]);
    await screen.keep(`device-waiting-ru-${size}`);
    await screen.pressPart('take-asked-back');
    await screen.part('confirm').getByRole('button', { name: 'Взять назад' }).click();
    await screen.part('toast').getByText('Взято назад').waitFor();
    await expect.poll(() => screen.part('asked').count()).toBe(1);
    expect(shell.heard).toEqual([`DELETE /api/device/intents/${ASKED.id}`]);
    expect(screen.complaints).toEqual([]);
    await screen.close();
  }
});

test('what only the server has says what will happen, and comes by itself when it is back', async () => {
  const shell = new Shell();
  shell.standing = { ...shell.standing, isReached: false };
  const screen = await shell.open();
  await cut(screen, '**/api/v1/imports**');
  await screen.go('/data');
  await screen.part('needs-server').getByText('Импорт и выгрузка идут через сервер').waitFor();
  await screen.part('server-only').getByText('Как только она появится, всё откроется само').waitFor();
  await screen.keep('device-server-only-ru-desk');
  await screen.page.unroute('**/api/v1/imports**');
  await shell.tell({ isReached: true, news: 2 });
  await expect.poll(() => screen.part('server-only').count()).toBe(0);
  expect(await screen.part('needs-server').count()).toBe(0);
  expect(screen.complaints).toEqual([]);
  await screen.close();
});

test('without a network devices are shown as they were, and none can be disconnected', async () => {
  const shell = new Shell();
  const screen = await shell.open();
  await made.ask('POST', '/devices', { name: 'Телефон' });
  await screen.go('/devices');
  await screen.part('device').getByText('Телефон').waitFor();
  await shell.tell({ isReached: false });
  await screen.part('devices-then').getByText('Так было при последней связи').waitFor();
  expect(await screen.part('device').getByRole('button', { name: 'Отключить' }).isDisabled()).toBe(true);
  await screen.keep('device-devices-ru-desk');
  await screen.close();
});

test('the first sync says how far it is, and asks for the page again only with news', async () => {
  const shell = new Shell();
  shell.standing = { ...shell.standing, firstSync: 120 };
  const screen = await shell.open();
  await screen.go('/');
  await screen.part('first-sync').getByText('уже здесь 120').waitFor();
  await screen.part('day-plan').waitFor();
  let asked = 0;
  screen.page.on('request', (request) => (asked += Number(request.url().includes('/api/v1/appointments'))));
  await shell.tell({ firstSync: 5_400 });
  await screen
    .part('first-sync')
    .getByText(/уже здесь 5\s400/)
    .waitFor();
  expect(asked).toBe(0);
  await shell.tell({ firstSync: null, news: 2 });
  await expect.poll(() => asked).toBeGreaterThan(0);
  expect(await screen.part('first-sync').count()).toBe(0);
  await screen.close();
});

test('a PIN is set, changed only by who knows it, and the window is locked from the menu', async () => {
  for (const lang of ['ru', 'en'] as const) {
    const shell = new Shell();
    const screen = await shell.open('desk', lang);
    await screen.go('/settings/security');
    const form = screen.part('pin-form');
    const [fresh, again] = [form.getByLabel(/^(Новый ПИН-код|New PIN)$/), form.getByLabel(/^(Ещё раз|Once more)$/)];
    await fresh.fill('12');
    await screen.pressPart('pin-save');
    await form.getByText(/От 4 до 12 цифр|4 to 12 digits/).waitFor();
    await fresh.fill('4821');
    await again.fill('4822');
    await screen.pressPart('pin-save');
    await form.getByText(/Не совпадает|not the same/).waitFor();
    expect(shell.heard).toEqual([]);
    await again.fill('4821');
    await screen.pressPart('pin-save');
    await screen.part('pin-remove').waitFor();
    expect(shell.heard).toEqual(['PUT /shell/pin {"pin":"4821","idleMinutes":5}']);
    await form.getByLabel(/^(Нынешний ПИН-код|Present PIN)$/).fill('0000');
    await screen.pressPart('pin-remove');
    await form.getByText(/Не подходит|That is not it/).waitFor();
    expect(await screen.hindrances()).toEqual([]);
    if (lang === 'en') expect((await screen.foreign()).filter((word) => !made.isHers(word))).toEqual([]);
    await screen.keep(`device-pin-${lang}-desk`);
    await screen.pressPart('lock-now');
    await expect.poll(() => shell.heard.at(-1)).toMatch(/^POST \/shell\/pin\/(lock|seen)$/);
    expect(shell.heard).toContain('POST /shell/pin/lock');
    await screen.close();
  }
});
