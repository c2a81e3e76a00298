import { expect, test } from 'vitest';
import { headOf, restOf } from './conflict_words';

test('a sentence ends at its colon', () => {
  expect(headOf('Нужны в двух местах, 30 мин: Анна / Ольга')).toBe('Нужны в двух местах, 30 мин');
  expect(restOf('Нужны в двух местах, 30 мин: Анна / Ольга')).toBe('Анна / Ольга');
  expect([headOf('Без двоеточия'), restOf('Без двоеточия')]).toEqual(['Без двоеточия', '']);
});
