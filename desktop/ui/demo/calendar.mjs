// @ts-check
// A year of visits: everybody comes in her own rhythm and takes the first hour that is free near the day she wanted.
// Days are numbered from today; nothing here knows a time zone, because all of it is the wall of the studio.

/** @typedef {import('./people.mjs').Person} Person */
/** @typedef {import('./services.mjs').Service} Service */
/** @typedef {{ person: Person, service: Service, day: number, minute: number, status: string, recorded: number, deposit: number }} Visit */

const OPEN = 10 * 60;
const CLOSE = 20 * 60;
const STEP = 15;
const LUNCH = /** @type {const} */ ([14 * 60, 14 * 60 + 45]);

/**
 * @param {import('./chance.mjs').Chance} chance
 * @param {Person[]} people
 * @param {Service[]} services
 * @param {{ past: number, coming: number, most: number, weekday: (day: number) => number, nowMinute: number }} year
 *   `weekday` of a day, 0 for Sunday; the studio rests on Sundays
 * @returns {Visit[]}
 */
export function calendar(chance, people, services, year) {
  /** @type {Map<number, [number, number][]>} */
  const taken = new Map();
  /** @type {Visit[]} */
  const visits = [];
  const wishes = people.flatMap((person) => wishesOf(chance, person, year));
  wishes.sort((one, other) => one.day - other.day);
  for (const { person, day: wanted } of wishes) {
    if (visits.length >= year.most) break;
    const service = chance.weighted(services.filter((each) => each.category === person.taste).map((each) => [each.weight, each]));
    for (let shift = 0; shift < 7; shift += 1) {
      const day = wanted + shift;
      if (day > year.coming || year.weekday(day) === 0) continue;
      const busy = taken.get(day) ?? [];
      // Coming days are never full: there is something to book.
      if (busy.length >= (day > 0 ? Math.max(3, 8 - Math.floor(day / 5)) : 10)) continue;
      const minute = freeMinute(chance, busy, service.minutes + service.after);
      if (minute === null) continue;
      const status = statusOf(chance, day, minute, year.nowMinute);
      // Who cancelled leaves the hour to somebody else.
      if (status !== 'cancelled') taken.set(day, [...busy, [minute, minute + service.minutes + service.after]]);
      const recorded = day - chance.between(1, 21);
      const deposit = status !== 'cancelled' && service.price >= 2500 && chance.is(0.4) ? 500 : 0;
      visits.push({ person, service, day, minute, status, recorded: Math.min(recorded, day > 0 ? -1 : day), deposit });
      break;
    }
  }
  return visits;
}

/**
 * The days on which somebody would like to come.
 * @param {import('./chance.mjs').Chance} chance
 * @param {Person} person
 * @param {{ past: number, coming: number }} year
 */
function wishesOf(chance, person, year) {
  const days = [];
  for (let day = Math.max(person.from, -year.past); day <= Math.min(person.until, year.coming);) {
    days.push({ person, day });
    day += Math.max(7, person.rhythm + chance.between(-5, 6));
  }
  return days;
}

/**
 * @param {import('./chance.mjs').Chance} chance
 * @param {[number, number][]} busy
 * @param {number} length
 * @returns {number | null}
 */
function freeMinute(chance, busy, length) {
  const fits = [];
  for (let from = OPEN; from + length <= CLOSE; from += STEP) {
    const to = from + length;
    const lunch = from < LUNCH[1] && LUNCH[0] < to;
    if (!lunch && busy.every(([start, end]) => to <= start || end <= from)) fits.push(from);
  }
  if (fits.length === 0) return null;
  // Hours beside what is booked already are offered first, so days have few holes.
  const snug = fits.filter((from) => busy.some(([start, end]) => end === from || from + length === start));
  return chance.one(snug.length > 0 && chance.is(0.7) ? snug : fits);
}

/**
 * @param {import('./chance.mjs').Chance} chance
 * @param {number} day
 * @param {number} minute
 * @param {number} nowMinute
 */
function statusOf(chance, day, minute, nowMinute) {
  if (day < 0 || (day === 0 && minute + 60 < nowMinute)) {
    return chance.weighted([
      [90, 'completed'],
      [4, 'no_show'],
      [6, 'cancelled'],
    ]);
  }
  return chance.is(day <= 2 ? 0.7 : 0.2) ? 'confirmed' : 'booked';
}
