// Dates, amounts and telephones as people read them, in her language and in the zone of her business.
import { Temporal } from 'temporal-polyfill';
import { i18n } from './i18n.svelte';
import { session } from './session.svelte';

export type Zoned = Temporal.ZonedDateTime;
export { Temporal };

/** A moment of the API on the wall of the business. */
export function zoned(text: string, zone = session.zone): Zoned {
  return Temporal.Instant.from(text).toZonedDateTimeISO(zone);
}

export function now(): Zoned {
  return Temporal.Now.zonedDateTimeISO(session.zone);
}

export function today(): Temporal.PlainDate {
  return now().toPlainDate();
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = i18n.tag + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(i18n.tag, { ...options, timeZone: 'UTC' });
    formats.set(key, found);
  }
  return found;
}

/** As `Intl` wants it: the wall time, as if it were UTC. */
function wall(when: Zoned | Temporal.PlainDate | Temporal.PlainDateTime): Date {
  const plain = when instanceof Temporal.PlainDate ? when.toPlainDateTime() : when;
  return new Date(Date.UTC(plain.year, plain.month - 1, plain.day, plain.hour, plain.minute, plain.second));
}

/** 14:05, in both languages: salons plan by the 24-hour clock. */
export function clock(when: Zoned | Temporal.PlainDateTime): string {
  return `${String(when.hour).padStart(2, '0')}:${String(when.minute).padStart(2, '0')}`;
}

/** «1 декабря», with the year if it is not this one. */
export function day(when: Zoned | Temporal.PlainDate): string {
  const year = when.year === today().year ? {} : ({ year: 'numeric' } as const);
  return format({ day: 'numeric', month: 'long', ...year }).format(wall(when));
}

/** «1 дек.» */
export function shortDay(when: Zoned | Temporal.PlainDate): string {
  const year = when.year === today().year ? {} : ({ year: 'numeric' } as const);
  return format({ day: 'numeric', month: 'short', ...year }).format(wall(when));
}

/** «вторник, 1 декабря» */
export function weekdayAndDay(when: Zoned | Temporal.PlainDate): string {
  return format({ weekday: 'long', day: 'numeric', month: 'long' }).format(wall(when));
}

/** «вт, 1 декабря» */
export function shortWeekdayAndDay(when: Zoned | Temporal.PlainDate): string {
  return format({ weekday: 'short', day: 'numeric', month: 'long' }).format(wall(when));
}

export function weekday(when: Temporal.PlainDate, width: 'long' | 'short' = 'long'): string {
  return format({ weekday: width }).format(wall(when));
}

export function monthAndYear(when: Temporal.PlainDate): string {
  return format({ month: 'long', year: 'numeric' }).format(wall(when));
}

/** «1 дек., 14:05» */
export function dayAndClock(when: Zoned): string {
  return `${shortDay(when)}, ${clock(when)}`;
}

const numbers = new Map<string, Intl.NumberFormat>();

/** Made once: making one costs a hundred times what writing a number with it does. */
function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = i18n.tag + JSON.stringify(options);
  let found = numbers.get(key);
  if (!found) {
    found = new Intl.NumberFormat(i18n.tag, options);
    numbers.set(key, found);
  }
  return found;
}

export function money(amount: number | null | undefined, currency = session.currency): string {
  if (amount === null || amount === undefined) return '';
  const digits = Number.isInteger(amount) ? 0 : 2;
  return number({
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}

/** «₽» */
export function currencySign(currency = session.currency): string {
  const parts = number({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(0);
  return parts.find(({ type }) => type === 'currency')?.value ?? currency;
}

/** «1 ч 30 мин», «90 min» in the words of the language. */
export function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const part = (value: number, unit: 'hour' | 'minute') => number({ style: 'unit', unit, unitDisplay: 'short' }).format(value);
  if (hours === 0) return part(rest, 'minute');
  return rest === 0 ? part(hours, 'hour') : `${part(hours, 'hour')} ${part(rest, 'minute')}`;
}

/** +79161234567 as «+7 916 123-45-67»; others in groups of three. */
export function phone(number: string): string {
  const russian = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(number);
  if (russian) return `+7 ${russian[1]} ${russian[2]}-${russian[3]}-${russian[4]}`;
  return number.replace(/^(\+\d{1,3})(\d{3})(\d{3})(\d+)$/, '$1 $2 $3 $4');
}

export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  let [value, unit] = [size, 0];
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return number({
    style: 'unit',
    unit: units[unit] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
