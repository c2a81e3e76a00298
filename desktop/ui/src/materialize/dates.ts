// Days as people write them in a field: «01.12.2026» in Russian, "12/01/2026" in English. Pure.
import { Temporal } from 'temporal-polyfill';
import type { Lang } from '../shared/i18n.svelte';

const two = (number: number) => String(number).padStart(2, '0');

export function dayWritten(value: string, lang: Lang): string {
  const yearless = /^--(\d\d)-(\d\d)$/.exec(value);
  if (yearless) return lang === 'ru' ? `${yearless[2]}.${yearless[1]}` : `${yearless[1]}/${yearless[2]}`;
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!parts) return '';
  const [, year, month, day] = parts;
  return lang === 'ru' ? `${day}.${month}.${year}` : `${month}/${day}/${year}`;
}

/** The day that was typed; empty if nothing was; `undefined` if there is no such day. */
export function dayTyped(text: string, lang: Lang): string | undefined {
  const plain = text.trim();
  if (plain === '') return '';
  const numbers = /^(\d{1,4})[./\s-](\d{1,2})(?:[./\s-](\d{2,4}))?$/.exec(plain);
  if (!numbers) return undefined;
  const [first, second, third] = [Number(numbers[1]), Number(numbers[2]), numbers[3]];
  const isIso = (numbers[1] ?? '').length === 4;
  const [year, month, day] = isIso
    ? [first, second, Number(third)]
    : lang === 'ru' || plain.includes('.')
      ? [yearOf(third), second, first]
      : [yearOf(third), first, second];
  try {
    const date = Temporal.PlainDate.from({ year: year ?? 2024, month, day }, { overflow: 'reject' });
    return year === undefined ? `--${two(date.month)}-${two(date.day)}` : date.toString();
  } catch {
    return undefined;
  }
}

function yearOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const year = Number(text);
  if (text.length > 2) return year;
  // Two digits: a birthday of the last century, or a day of this one.
  return year > 40 ? 1900 + year : 2000 + year;
}
