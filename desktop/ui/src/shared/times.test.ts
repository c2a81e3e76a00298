import { expect, test } from 'vitest';
import { timeTyped } from './times';

test('hours are read the way they are typed', () => {
  expect(['9', '09:30', '9.30', '930', '1530', '24', ' 7 05'].map(timeTyped)).toEqual([
    '09:00',
    '09:30',
    '09:30',
    '09:30',
    '15:30',
    '24:00',
    '07:05',
  ]);
  expect(['25', '9:60', '24:01', 'утром', ''].map(timeTyped)).toEqual(Array(5).fill(undefined));
});
