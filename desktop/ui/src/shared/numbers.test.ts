import { expect, test } from 'vitest';
import { amountOf, initials, typed } from './numbers';

test('amounts are read as people type them', () => {
  expect(['2500', '2 500,50', '1500.5', ' 1\u00a0000 ₽'].map(amountOf)).toEqual([2500, 2500.5, 1500.5, 1000]);
  expect(amountOf('')).toBeUndefined();
  expect(['две', '1,2,3', '1e5'].map(amountOf)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect([typed(null), typed(0), typed(2.5)]).toEqual(['', '0', '2.5']);
});

test('initials of any name', () => {
  expect(['Аня Петрова', 'anna', '  ', '😀 Оля', 'מרים כהן'].map(initials)).toEqual(['АП', 'A', '·', 'О', 'מכ']);
});
