// @ts-check
// The price list of the demo: what a master of nails, brows and lashes does, in roubles and minutes.

/** @typedef {{ code: string, name: string, category: string, price: number, cost: number, minutes: number, after: number, weight: number }} Service */

/** @type {Service[]} */
export const SERVICES = [
  { code: 'М1', name: 'Маникюр без покрытия', category: 'Ногти', price: 1200, cost: 120, minutes: 45, after: 10, weight: 26 },
  { code: 'М2', name: 'Маникюр с гель-лаком', category: 'Ногти', price: 2300, cost: 320, minutes: 75, after: 10, weight: 46 },
  { code: 'М3', name: 'Наращивание ногтей', category: 'Ногти', price: 4200, cost: 780, minutes: 150, after: 15, weight: 6 },
  { code: 'М4', name: 'Снятие и уход', category: 'Ногти', price: 800, cost: 60, minutes: 30, after: 5, weight: 14 },
  { code: 'П1', name: 'Педикюр с покрытием', category: 'Ногти', price: 2900, cost: 390, minutes: 90, after: 15, weight: 16 },
  { code: 'Б1', name: 'Коррекция бровей', category: 'Брови', price: 900, cost: 60, minutes: 30, after: 5, weight: 36 },
  { code: 'Б2', name: 'Коррекция и окрашивание бровей', category: 'Брови', price: 1600, cost: 140, minutes: 45, after: 5, weight: 40 },
  { code: 'Б3', name: 'Долговременная укладка бровей', category: 'Брови', price: 2200, cost: 260, minutes: 60, after: 5, weight: 24 },
  { code: 'Р1', name: 'Ламинирование ресниц', category: 'Ресницы', price: 2600, cost: 310, minutes: 60, after: 10, weight: 50 },
  { code: 'Р2', name: 'Наращивание ресниц, классика', category: 'Ресницы', price: 3200, cost: 420, minutes: 120, after: 10, weight: 20 },
  { code: 'Р3', name: 'Снятие ресниц', category: 'Ресницы', price: 600, cost: 40, minutes: 30, after: 5, weight: 14 },
];
