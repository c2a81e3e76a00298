// @ts-check
// `node main.mjs --server URL`: fills an empty server with a believable salon of one year, through the public API and
// nothing else, and prints how to sign in. Everybody in it is invented. A second run finds the salon and leaves it alone.

import { parseArgs } from 'node:util';

import { Api, Refused } from './api.mjs';
import { calendar } from './calendar.mjs';
import { chance } from './chance.mjs';
import { people } from './people.mjs';
import { picture } from './pictures.mjs';
import { SERVICES } from './services.mjs';
import { MAPS, clientTable, paymentTable, serviceTable, visitTable } from './tables.mjs';

const EMAIL = 'anna@demo.example';
const PASSWORD = 'шёлк и лаванда 24';
const PAST = 365;
const COMING = 40;
const CLIENTS = 300;
const VISITS = 2500;
/** Stands in the `meta` of the last thing that is made. */
const COMPLETE = 'demoIsComplete';
const ZONE = 'Europe/Moscow';

const FORMULAS = [
  'База Rubber, цвет 114 в два слоя, топ без липкого слоя. Форма: мягкий квадрат, длина 2.',
  'Каркасная база, цвет 027, втирка «жемчуг» на безымянные. Кутикула тонкая, фреза красная.',
  'Изгиб C, толщина 0,10, длины 8-9-10-11-10. Клей чёрный, 45 минут под чай.',
  'Краска 3.0 + 1.7 в долях 2:1, оксид 3 %, выдержка 9 минут. Тёплый подтон не любит.',
  'Состав 1: 8 минут, состав 2: 7 минут, валик M. Окрашивание: коричневый 3.1, 6 минут.',
  'Опил под ноль, укрепление акриловой пудрой. В следующий раз попробовать миндаль.',
];
const WORDS = [
  'Просит напомнить за два дня, а не за один.',
  'Всегда приезжает на машине: оставить место во дворе.',
  'Чувствительная кутикула слева, работать без аппарата.',
  'Дочка Аня ходит вместе с мамой, рисуем ей сердечко.',
  'Не любит запах ацетона. Снимать аппаратом.',
  'Свадьба в июне, собираем образ заранее.',
];

const { values } = parseArgs({ options: { server: { type: 'string' }, now: { type: 'string' } } });
if (!values.server) {
  console.error('usage: node main.mjs --server http://127.0.0.1:8080 [--now 2026-12-01T09:00:00Z]');
  process.exit(2);
}
const now = values.now ? new Date(values.now) : new Date();
const api = new Api(values.server);

try {
  if (await isThere()) {
    say('the salon is there already and stays as it is');
  } else {
    await fill();
  }
  console.log(`demo: sign in with ${EMAIL} and the password: ${PASSWORD}`);
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** The salon is whole if what is made last is there. One that was cut off is filled up: what was posted is not posted twice. */
async function isThere() {
  try {
    await signIn();
    return (await api.all('/clients')).some((client) => client.meta[COMPLETE] === true);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return false;
    throw error;
  }
}

async function signIn() {
  const { token } = await api.post('/auth/token', { email: EMAIL, password: PASSWORD, name: 'demo' });
  api.token = token;
}

async function fill() {
  const random = chance(20180601);
  if (!api.token) {
    await api.post('/auth/register', {
      name: 'Анна Соколова',
      email: EMAIL,
      password: PASSWORD,
      tenantName: 'Студия «Шёлк»',
      timezone: ZONE,
      locale: 'ru',
    });
    await signIn();
  } else {
    say('a salon that was cut off is there; what it lacks is added');
  }
  await api.put('/billing/plan', { plan: 'imperium' });
  await setHours();
  const guests = people(random, CLIENTS, PAST);
  const visits = calendar(random, guests, SERVICES, { past: PAST, coming: COMING, most: VISITS, weekday, nowMinute: minuteOf(now) });
  await bring('services', serviceTable(SERVICES));
  await bring('clients', clientTable(guests));
  await bring('appointments', visitTable(visits, date));
  await bring('payments', paymentTable(visits, date));
  const services = await finish();
  const clients = await byPhone();
  await write(random, guests, clients);
  await photograph(random);
  await disagree(clients, guests, services);
  say(`${guests.length} clients, ${visits.length} visits`);
}

async function setHours() {
  const day = [{ from: '10:00', to: '20:00' }];
  const rest = { from: '14:00', to: '14:45' };
  const weekly = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [{ from: '10:00', to: '18:00' }] };
  const breaks = Object.fromEntries(Object.keys(weekly).map((name) => [name, [rest]]));
  await api.put('/settings/business-hours', {
    weekly,
    breaks,
    exceptions: [],
    timeOff: [],
    travel: [],
    stepMin: 15,
    minNoticeMin: 60,
    horizonDays: 60,
    dailyCap: null,
  });
}

/**
 * One table through the import, from the upload to its end.
 * @param {keyof typeof MAPS} kind
 * @param {string} table
 */
async function bring(kind, table) {
  say(`${kind} ...`);
  const { id } = await api.upload(`/imports?kind=${kind}&filename=${kind}.csv`, table, 'application/octet-stream');
  await api.patch(`/imports/${id}`, { map: MAPS[kind], duplicates: 'create' });
  await api.post(`/imports/${id}/run`);
  for (;;) {
    const run = await api.get(`/imports/${id}`);
    if (run.state === 'done') {
      if (run.report.problems > 0) throw new Error(`${run.report.problems} rows of ${kind} were not taken`);
      return;
    }
    if (run.state === 'failed') throw new Error(`the import of ${kind} failed`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** What a table of services cannot say: the minutes after a visit in which the place is made ready. */
async function finish() {
  const services = await api.all('/services');
  for (const service of services) {
    const known = SERVICES.find((each) => each.name === service.name);
    if (known) await api.patch(`/services/${service.id}`, { bufferAfterMin: known.after });
  }
  return services;
}

/** @returns {Promise<Map<string, any>>} clients by their telephone */
async function byPhone() {
  return new Map((await api.all('/clients')).map((client) => [client.phone, client]));
}

/**
 * Notes and preferences: what a master writes down because she will not remember it.
 * @param {import('./chance.mjs').Chance} random
 * @param {import('./people.mjs').Person[]} guests
 * @param {Map<string, any>} clients
 */
async function write(random, guests, clients) {
  say('notes ...');
  for (const guest of guests) {
    const client = clients.get(plain(guest.phone));
    if (!client) continue;
    if (guest.likes.length > 0) await api.patch(`/clients/${client.id}`, { preferences: Object.fromEntries(guest.likes) });
    if (random.is(0.3)) await api.post('/notes', { clientId: client.id, kind: 'formula', body: random.one(FORMULAS) });
    if (random.is(0.18)) await api.post('/notes', { clientId: client.id, kind: 'general', body: random.one(WORDS) });
    if (random.is(0.5)) await api.post(`/clients/${client.id}/consents`, { channel: 'any', purpose: 'data', given: true });
  }
}

/**
 * What two devices of one master leave behind: an hour that is taken twice, one person under two names.
 * @param {Map<string, any>} clients
 * @param {import('./people.mjs').Person[]} guests
 * @param {any[]} services
 */
async function disagree(clients, guests, services) {
  const manicure = services.find((each) => each.name === SERVICES[1]?.name);
  const brows = services.find((each) => each.name === SERVICES[5]?.name);
  const [first, second] = [guests[3], guests[8]].map((guest) => clients.get(plain(guest?.phone ?? '')));
  let day = 3;
  while (weekday(day) === 0) day += 1;
  const at = (/** @type {string} */ hour) => `${date(day).split('.').reverse().join('-')}T${hour}`;
  await api.post('/appointments', {
    clientId: first.id,
    serviceId: manicure.id,
    startsAt: at('12:00:00+03:00'),
    durationMin: 90,
    allowOverlap: true,
  });
  await api.post('/appointments', {
    clientId: second.id,
    serviceId: brows.id,
    startsAt: at('12:45:00+03:00'),
    durationMin: 45,
    allowOverlap: true,
  });
  await api.post('/clients', {
    name: `${String(first.name).split(' ')[0]} (с работы)`,
    phone: first.phone,
    allowDuplicate: true,
    meta: { [COMPLETE]: true },
  });
}

/**
 * A dozen visits before and after.
 * @param {import('./chance.mjs').Chance} random
 */
async function photograph(random) {
  say('photos ...');
  const { data } = await api.get('/appointments?filter[status]=completed&sort=-starts_at&limit=60');
  const done = data.filter((/** @type {any} */ each) => each.clientId);
  for (let at = 0; at < 12 && at < done.length; at += 1) {
    const visit = /** @type {any} */ (done[at * 3] ?? done[at]);
    const which = random.below(1000);
    for (const [type, after] of /** @type {const} */ ([
      ['photo_before', false],
      ['photo_after', true],
    ])) {
      const media = await api.upload(`/media?type=${type}`, picture(which, after), 'application/octet-stream');
      await api.post(`/appointments/${visit.id}/attach-media`, { mediaId: media.id, type });
    }
  }
}

/** @param {string} phone */
function plain(phone) {
  return phone.replaceAll(/[^+0-9]/g, '');
}

/** The weekday of a day that is counted from today. @param {number} day */
function weekday(day) {
  return wall(day).getUTCDay();
}

/** @param {number} day */
function date(day) {
  const [year, month, number] = wall(day).toISOString().slice(0, 10).split('-');
  return `${number}.${month}.${year}`;
}

/** Moscow has no summer time, so its wall is three hours ahead all year. @param {number} day */
function wall(day) {
  const there = new Date(now.getTime() + 3 * 3_600_000);
  return new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth(), there.getUTCDate() + day));
}

/** @param {Date} moment */
function minuteOf(moment) {
  const there = new Date(moment.getTime() + 3 * 3_600_000);
  return there.getUTCHours() * 60 + there.getUTCMinutes();
}

/** @param {string} what */
function say(what) {
  console.log(`demo: ${what}`);
}
