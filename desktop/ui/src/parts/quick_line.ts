// «завтра 15 Аня маникюр»: one line that says when, who and what, understood here and now, without a network. Pure.
//
// Words that mean a day, an hour, a length, a telephone or a service of hers are taken out; what is left is a name.
import { Temporal } from 'temporal-polyfill';

export interface QuickLine {
  date?: string;
  /** `15:00` */
  time?: string;
  durationMin?: number;
  serviceId?: string;
  phone?: string;
  name: string;
}

export interface Known {
  today: Temporal.PlainDate;
  services: readonly { id: string; name: string }[];
}

const SAME_DAY: Record<string, number> = {
  сегодня: 0,
  завтра: 1,
  послезавтра: 2,
  today: 0,
  tomorrow: 1,
};

/** The beginnings of the weekdays, Monday first. */
const WEEKDAYS: readonly (readonly string[])[] = [
  ['понедельник', 'пн', 'monday', 'mon'],
  ['вторник', 'вт', 'tuesday', 'tue'],
  ['среда', 'среду', 'ср', 'wednesday', 'wed'],
  ['четверг', 'чт', 'thursday', 'thu'],
  ['пятница', 'пятницу', 'пт', 'friday', 'fri'],
  ['суббота', 'субботу', 'сб', 'saturday', 'sat'],
  ['воскресенье', 'вс', 'sunday', 'sun'],
];

const MONTHS: readonly (readonly string[])[] = [
  ['янв', 'jan'],
  ['фев', 'feb'],
  ['мар', 'mar'],
  ['апр', 'apr'],
  ['мая', 'май', 'may'],
  ['июн', 'jun'],
  ['июл', 'jul'],
  ['авг', 'aug'],
  ['сен', 'sep'],
  ['окт', 'oct'],
  ['ноя', 'nov'],
  ['дек', 'dec'],
];

/** Words that only join the others. */
const JOINTS = new Set(['в', 'во', 'на', 'к', 'у', 'at', 'on', 'for', 'with']);

export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е');
}

export function readQuickLine(text: string, known: Known): QuickLine {
  const line: QuickLine = { name: '' };
  let words = text
    .trim()
    .split(/[\s,;]+/)
    .filter(Boolean);
  words = takePhone(words, line);
  words = takeDuration(words, line);
  words = takeDate(words, line, known.today);
  words = takeTime(words, line);
  words = takeService(words, line, known.services);
  line.name = words.filter((word) => !JOINTS.has(fold(word))).join(' ');
  return line;
}

/** Ten digits or more, however they are written. */
function takePhone(words: string[], line: QuickLine): string[] {
  const joined = words.join(' ');
  const found = /(?<![\p{L}\d])\+?\d[\d\s().-]{8,}\d(?![\p{L}\d])/u.exec(joined);
  if (!found || found[0].replace(/\D/g, '').length < 10) return words;
  line.phone = found[0];
  return (joined.slice(0, found.index) + joined.slice(found.index + found[0].length)).split(/\s+/).filter(Boolean);
}

function takeDuration(words: string[], line: QuickLine): string[] {
  return without(words, (word, next) => {
    const glued = /^(\d+(?:[.,]5)?)(ч|час|часа|часов|h|мин|минут|min)$/.exec(fold(word));
    const apart = /^(\d+(?:[.,]5)?)$/.exec(word) && /^(ч|час|часа|часов|мин|минут|минуты|min|hours?|minutes?)\.?$/.exec(fold(next));
    const number = glued?.[1] ?? (apart ? word : undefined);
    const unit = glued?.[2] ?? (apart ? fold(next) : undefined);
    if (!number || !unit || line.durationMin) return 0;
    const value = Number(number.replace(',', '.'));
    line.durationMin = Math.round(/^(ч|h)/.test(unit) ? value * 60 : value);
    return glued ? 1 : 2;
  });
}

function takeDate(words: string[], line: QuickLine, today: Temporal.PlainDate): string[] {
  return without(words, (word, next) => {
    if (line.date) return 0;
    const folded = fold(word);
    const days = SAME_DAY[folded];
    if (days !== undefined) return set(line, today.add({ days }), 1);
    const weekday = WEEKDAYS.findIndex((names) => names.includes(folded));
    if (weekday >= 0) {
      const ahead = (weekday + 1 - today.dayOfWeek + 7) % 7;
      return set(line, today.add({ days: ahead === 0 ? 7 : ahead }), 1);
    }
    const numbers = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?$/.exec(word);
    if (numbers) {
      const date = dayOf(Number(numbers[1]), Number(numbers[2]), numbers[3], today);
      return date ? set(line, date, 1) : 0;
    }
    const month = MONTHS.findIndex((names) => names.some((name) => fold(next).startsWith(name)));
    if (/^\d{1,2}$/.test(word) && month >= 0) {
      const date = dayOf(Number(word), month + 1, undefined, today);
      return date ? set(line, date, 2) : 0;
    }
    return 0;
  });
}

function set(line: QuickLine, date: Temporal.PlainDate, words: number): number {
  line.date = date.toString();
  return words;
}

/** A day of this year, or of the next one if it is gone. */
function dayOf(day: number, month: number, year: string | undefined, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  try {
    const given = year === undefined ? today.year : Number(year) < 100 ? 2000 + Number(year) : Number(year);
    const date = Temporal.PlainDate.from({ year: given, month, day }, { overflow: 'reject' });
    const isGone = year === undefined && Temporal.PlainDate.compare(date, today) < 0;
    return isGone ? date.add({ years: 1 }) : date;
  } catch {
    return undefined;
  }
}

function takeTime(words: string[], line: QuickLine): string[] {
  return without(words, (word, next) => {
    if (line.time) return 0;
    const found = /^(\d{1,2})(?:[:.-]?([0-5]\d))?(am|pm)?$/i.exec(word);
    const half = /^(am|pm|утра|дня|вечера)$/i.exec(next)?.[1]?.toLowerCase();
    if (!found) return 0;
    const suffix = found[3]?.toLowerCase() ?? half;
    let hour = Number(found[1]);
    if (suffix && ['pm', 'дня', 'вечера'].includes(suffix) && hour < 12) hour += 12;
    if (suffix === 'am' && hour === 12) hour = 0;
    if (hour > 23) return 0;
    line.time = `${String(hour).padStart(2, '0')}:${found[2] ?? '00'}`;
    return half ? 2 : 1;
  });
}

/** The service of which the most words are named; a word counts by its beginning, so «маник» is enough. */
function takeService(words: string[], line: QuickLine, services: Known['services']): string[] {
  let best: { id: string; taken: Set<number>; score: number } | undefined;
  for (const service of services) {
    const parts = fold(service.name)
      .split(/[\s,+/()«»"-]+/)
      .filter((part) => part.length > 1);
    const taken = new Set<number>();
    for (const part of parts) {
      const place = words.findIndex((word, index) => !taken.has(index) && isBeginning(fold(word), part));
      if (place >= 0) taken.add(place);
    }
    const score = taken.size - parts.length / 100;
    if (taken.size > 0 && (!best || score > best.score)) best = { id: service.id, taken, score };
  }
  if (!best) return words;
  line.serviceId = best.id;
  const { taken } = best;
  return words.filter((_, index) => !taken.has(index));
}

/** «маникюра» and «маник» for «маникюр»: at least four letters of the beginning, or the whole of a short word. */
function isBeginning(word: string, part: string): boolean {
  if (word === part) return true;
  const shared = Math.min(word.length, part.length);
  return shared >= 4 && word.slice(0, shared - 1) === part.slice(0, shared - 1) && Math.abs(word.length - part.length) <= 4;
}

/** Goes along the words with the one after each, and leaves out as many as were understood. */
function without(words: string[], taken: (word: string, next: string) => number): string[] {
  const left: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const count = taken(words[index] ?? '', words[index + 1] ?? '');
    if (count === 0) left.push(words[index] ?? '');
    else index += count - 1;
  }
  return left;
}
