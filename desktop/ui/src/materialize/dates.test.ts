import { expect, test } from 'vitest';
import { dayTyped, dayWritten } from './dates';

test('a day is written as the language writes it and read back', () => {
  expect(dayWritten('2026-12-01', 'ru')).toBe('01.12.2026');
  expect(dayWritten('2026-12-01', 'en')).toBe('12/01/2026');
  expect(dayWritten('--05-01', 'ru')).toBe('01.05');
  for (const lang of ['ru', 'en'] as const) {
    for (const day of ['2026-12-01', '1990-05-31', '--02-29']) expect(dayTyped(dayWritten(day, lang), lang)).toBe(day);
  }
});

test('days are typed in many ways, and those that do not exist are told', () => {
  expect(['1.2.26', '1 2 2026', '2026-02-01', '', '1/2/2026'].map((text) => dayTyped(text, 'ru'))).toEqual([
    '2026-02-01',
    '2026-02-01',
    '2026-02-01',
    '',
    '2026-02-01',
  ]);
  expect(dayTyped('2/1/2026', 'en')).toBe('2026-02-01');
  expect(dayTyped('5.6.87', 'ru')).toBe('1987-06-05');
  expect(['30.02.2026', '32.01.2026', '29.02.2026', 'завтра', '1'].map((text) => dayTyped(text, 'ru'))).toEqual(Array(5).fill(undefined));
});
