// @ts-check
// The demo's past as the tables that another program would export, and the maps that read them.

/** @param {readonly (readonly (string | number)[])[]} rows */
export function csv(rows) {
  const cell = (/** @type {string | number} */ value) =>
    /[";\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return rows.map((row) => row.map(cell).join(';')).join('\r\n') + '\r\n';
}

/** @param {import('./services.mjs').Service[]} services */
export function serviceTable(services) {
  const rows = services.map((each) => [each.code, each.name, each.category, each.price, each.cost, each.minutes]);
  return csv([['Код', 'Услуга', 'Категория', 'Цена', 'Себестоимость', 'Минут'], ...rows]);
}

/** @param {import('./people.mjs').Person[]} people */
export function clientTable(people) {
  const rows = people.map((each) => [
    each.code,
    each.name,
    each.phone,
    each.email,
    each.birthday,
    each.tags.join('/'),
    each.allergies.join('/'),
    each.source,
  ]);
  return csv([['Код', 'Имя', 'Телефон', 'Почта', 'День рождения', 'Метки', 'Аллергии', 'Откуда'], ...rows]);
}

/**
 * @param {import('./calendar.mjs').Visit[]} visits
 * @param {(day: number) => string} date
 */
export function visitTable(visits, date) {
  const clock = (/** @type {number} */ minute) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const rows = visits.map((each) => [
    each.person.code,
    each.service.code,
    date(each.day),
    clock(each.minute),
    each.service.minutes,
    each.service.price,
    each.service.cost,
    each.deposit || '',
    each.status,
    date(each.recorded),
  ]);
  return csv([['Клиент', 'Услуга', 'Дата', 'Время', 'Минут', 'Цена', 'Себестоимость', 'Предоплата', 'Статус', 'Записана'], ...rows]);
}

/**
 * @param {import('./calendar.mjs').Visit[]} visits
 * @param {(day: number) => string} date
 */
export function paymentTable(visits, date) {
  const paid = visits.filter((each) => each.status === 'completed');
  const rows = paid.map((each, at) => [
    `Ч${String(at + 1).padStart(5, '0')}`,
    each.person.code,
    date(each.day),
    each.service.price,
    each.service.name,
  ]);
  return csv([['Чек', 'Клиент', 'Дата', 'Сумма', 'За что'], ...rows]);
}

const DAY = { date: '%d.%m.%Y' };

export const MAPS = {
  services: {
    source: 'demo',
    key: ['Код'],
    columns: { name: 'Услуга', category: 'Категория', price: 'Цена', cost: 'Себестоимость', duration: 'Минут' },
  },
  clients: {
    source: 'demo',
    key: ['Код'],
    columns: {
      name: 'Имя',
      phone: 'Телефон',
      email: 'Почта',
      birthday: 'День рождения',
      tags: 'Метки',
      allergies: 'Аллергии',
      source: 'Откуда',
    },
    formats: { birthday: '%d.%m.%Y', list: '/' },
  },
  appointments: {
    source: 'demo',
    columns: {
      client: 'Клиент',
      service: 'Услуга',
      date: 'Дата',
      time: 'Время',
      duration: 'Минут',
      price: 'Цена',
      cost: 'Себестоимость',
      deposit: 'Предоплата',
      status: 'Статус',
      recorded: 'Записана',
    },
    formats: DAY,
  },
  payments: {
    source: 'demo',
    key: ['Чек'],
    columns: { client: 'Клиент', date: 'Дата', amount: 'Сумма', description: 'За что', receipt: 'Чек' },
    constants: { provider: 'cash' },
    formats: DAY,
  },
};
