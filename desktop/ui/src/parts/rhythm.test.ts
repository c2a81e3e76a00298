import { expect, test } from 'vitest';
import { nextDay, usualGap } from './rhythm';

test('the usual gap is the middle one, so one long absence changes nothing', () => {
  expect(usualGap(['2026-01-01', '2026-01-22', '2026-02-12', '2026-08-12', '2026-09-02'])).toBe(21);
  expect(usualGap(['2026-01-01', '2026-01-21', '2026-02-20'])).toBe(25);
  expect(usualGap(['2026-01-01', '2026-01-22'])).toBeUndefined();
  expect(usualGap(['2026-01-01', '2026-01-01', '2026-01-22'])).toBeUndefined();
});

test('the next day is due after the usual gap, and never in the past', () => {
  expect(nextDay(['2026-01-01', '2026-01-22', '2026-02-12'], '2026-02-12')).toBe('2026-03-05');
  expect(nextDay(['2026-02-12'], '2026-02-12')).toBe('2026-03-12');
  expect(nextDay(['2025-02-12'], '2026-02-12')).toBe('2026-02-13');
  expect(nextDay([], '2026-02-12')).toBe('2026-03-12');
});
