// @ts-check
// A big salon for the figures: many clients and visits through the import, like somebody who comes from another program.
import { Api } from '../demo/api.mjs';
import { csv, MAPS } from '../demo/tables.mjs';

const PASSWORD = 'a password for the figures';
const NAMES = ['Анна', 'Ольга', 'Ирина', 'Мария', 'Екатерина', 'Светлана', 'Юлия', 'Дарья', 'Полина', 'Вера'];
const FAMILIES = ['Соколова', 'Новикова', 'Орлова', 'Белова', 'Громова', 'Зайцева', 'Лебедева', 'Морозова', 'Рыбакова', 'Тихонова'];
const A_DAY = 12;
/** Of the days, as many lie ahead. */
const AHEAD = 30;

/**
 * @param {string} server
 * @param {{ clients: number, visits: number }} size
 * @returns {Promise<{ email: string, password: string }>}
 */
export async function base(server, { clients, visits }) {
  const api = new Api(server);
  const email = `figures-${Date.now()}@example.com`;
  await api.post('/auth/register', { name: 'Вера', email, password: PASSWORD, timezone: 'Europe/Moscow', locale: 'ru' });
  api.token = (await api.post('/auth/token', { email, password: PASSWORD, name: 'figures' })).token;
  await api.put('/billing/plan', { plan: 'imperium' });
  const people = Array.from({ length: clients }, (_, index) => [
    `К${index}`,
    `${NAMES[index % 10]} ${FAMILIES[Math.floor(index / 10) % 10]} ${Math.floor(index / 100)}`,
    `+7916${String(1_000_000 + index)}`,
    '',
    '',
    index % 7 === 0 ? 'постоянная' : '',
    index % 50 === 0 ? 'акрил' : '',
    '',
  ]);
  await bring(api, 'services', [
    ['Код', 'Услуга', 'Категория', 'Цена', 'Себестоимость', 'Минут'],
    ['У1', 'Маникюр', 'Ногти', 2500, 400, 45],
    ['У2', 'Педикюр', 'Ногти', 3200, 500, 45],
  ]);
  await bring(api, 'clients', [['Код', 'Имя', 'Телефон', 'Почта', 'День рождения', 'Метки', 'Аллергии', 'Откуда'], ...people]);
  const head = ['Клиент', 'Услуга', 'Дата', 'Время', 'Минут', 'Цена', 'Себестоимость', 'Предоплата', 'Статус', 'Записана'];
  const days = Math.ceil(visits / A_DAY);
  const rows = Array.from({ length: visits }, (_, index) => {
    const day = AHEAD - days + 1 + Math.floor(index / A_DAY);
    const hour = 9 + (index % A_DAY);
    const written = date(Math.min(day, 0) - 7);
    const client = `К${(index * 7919) % clients}`;
    return [
      client,
      `У${1 + (index % 2)}`,
      date(day),
      `${String(hour).padStart(2, '0')}:00`,
      45,
      2500,
      400,
      '',
      day < 0 ? 'completed' : 'booked',
      written,
    ];
  });
  await bring(api, 'appointments', [head, ...rows]);
  return { email, password: PASSWORD };
}

/** @param {number} day counted from today, by the wall of Moscow */
function date(day) {
  const there = new Date(Date.now() + 3 * 3_600_000 + day * 86_400_000);
  return there.toISOString().slice(0, 10).split('-').reverse().join('.');
}

/**
 * @param {Api} api
 * @param {'services' | 'clients' | 'appointments'} kind
 * @param {(string | number)[][]} rows
 */
async function bring(api, kind, rows) {
  console.error(`base: ${rows.length - 1} ${kind} ...`);
  const { id } = await api.upload(`/imports?kind=${kind}&filename=${kind}.csv`, csv(rows), 'application/octet-stream');
  await api.patch(`/imports/${id}`, { map: MAPS[kind], duplicates: 'create' });
  await api.post(`/imports/${id}/run`);
  for (;;) {
    const run = await api.get(`/imports/${id}`);
    if (run.state === 'done') {
      if (run.report.problems > 0) throw new Error(`${run.report.problems} rows of ${kind} were not taken`);
      return;
    }
    if (run.state === 'failed') throw new Error(`the import of ${kind} failed`);
    await new Promise((later) => setTimeout(later, 500));
  }
}
