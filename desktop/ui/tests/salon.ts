// A small salon for tests, made through the public API like everything else.

const PASSWORD = 'a password for the tests';

export interface Salon {
  email: string;
  password: string;
  /** Asks the API as its owner. */
  ask: <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<T>;
  clients: Record<string, string>;
  services: Record<string, string>;
  visits: Record<string, string>;
  /** Whether somebody typed this word into the salon. */
  isHers: (word: string) => boolean;
}

let number = 0;

/** An account without anything. */
export async function account(
  server: string,
  more: { name?: string; locale?: string; plan?: string; timezone?: string } = {},
): Promise<Salon> {
  number += 1;
  const email = `master-${process.pid}-${Date.now()}-${number}@example.com`;
  const call = async <T>(method: string, path: string, body?: unknown, token?: string): Promise<T> => {
    const answer = await fetch(`${server}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  const { name = 'Вера', locale = 'ru', plan, timezone = 'Europe/Moscow' } = more;
  await call('POST', '/auth/register', { name, email, password: PASSWORD, locale, timezone });
  const { token } = await call<{ token: string }>('POST', '/auth/token', { email, password: PASSWORD, name: 'tests' });
  const ask = <T>(method: string, path: string, body?: unknown) => call<T>(method, path, body, token);
  if (plan) await ask('PUT', '/billing/plan', { plan });
  const typed = new Set<string>();
  const remembering = <T>(method: string, path: string, body?: unknown) => {
    for (const word of JSON.stringify(body ?? '').match(/[а-яё][а-яё-]+/gi) ?? []) typed.add(word.toLowerCase());
    return ask<T>(method, path, body);
  };
  return {
    email,
    password: PASSWORD,
    ask: remembering,
    clients: {},
    services: {},
    visits: {},
    isHers: (word) => typed.has(word.toLowerCase()),
  };
}

/** Today in the zone of the salon, moved by days. */
export function day(offset = 0): string {
  const date = new Date(Date.now() + offset * 86_400_000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow' }).format(date);
}

/** Some services, people and visits around today. */
export async function salon(server: string, plan?: string): Promise<Salon> {
  const made = await account(server, { ...(plan && { plan }) });
  const id = async (path: string, body: unknown) => (await made.ask<{ id: string }>('POST', path, body)).id;
  const service = { bufferAfterMin: 15 };
  made.services['manicure'] = await id('/services', {
    ...service,
    name: 'Маникюр с покрытием',
    category: 'Ногти',
    basePrice: 2500,
    durationMin: 90,
  });
  made.services['pedicure'] = await id('/services', { name: 'Педикюр', category: 'Ногти', basePrice: 3200, durationMin: 90 });
  made.services['brows'] = await id('/services', {
    name: 'Коррекция и окрашивание бровей',
    category: 'Брови',
    basePrice: 1500,
    durationMin: 45,
  });
  made.clients['anna'] = await id('/clients', {
    name: 'Анна Верещагина-Преображенская',
    phone: '+79161234567',
    email: 'anna@example.com',
    birthday: '1990-05-01',
    allergies: ['акрил', 'эфирное масло лаванды'],
    tags: ['постоянная', 'нюд'],
    notes: 'Любит тишину и чёрный чай.',
  });
  made.clients['olga'] = await id('/clients', { name: 'Ольга', phone: '+79031112233', tags: ['новая'] });
  made.clients['irina'] = await id('/clients', { name: 'Ирина Соколова', phone: '+79265550011' });
  const book = (who: string, what: string, startsAt: string) =>
    id('/appointments', { clientId: made.clients[who], serviceId: made.services[what], startsAt, allowOverlap: true });
  for (const [index, ago] of [85, 64, 43, 22].entries()) {
    const visit = await book('anna', 'manicure', `${day(-ago)}T12:00`);
    await made.ask('POST', `/appointments/${visit}/complete`, {});
    if (index === 0) made.visits['first'] = visit;
  }
  made.visits['today'] = await book('anna', 'manicure', `${day()}T12:00`);
  made.visits['later'] = await book('olga', 'brows', `${day()}T16:00`);
  made.visits['evening'] = await book('irina', 'pedicure', `${day()}T23:20`);
  made.visits['tomorrow'] = await book('irina', 'pedicure', `${day(1)}T11:00`);
  await made.ask('POST', `/appointments/${made.visits['today']}/confirm`, {});
  await id('/notes', { clientId: made.clients['anna'], body: 'Любимые оттенки: 7.3 и 8.1, 1:1,5, 35 минут', kind: 'formula' });
  await id('/notes', { clientId: made.clients['anna'], body: 'Попросила записывать только на утро.' });
  return made;
}
