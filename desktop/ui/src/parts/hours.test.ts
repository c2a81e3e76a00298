import { expect, test } from 'vitest';
import type { BusinessHours } from '../api/types';
import { clockOf, closedOn, minutes, openOn, without } from './hours';

const hours: BusinessHours = {
  weekly: { mon: [{ from: '10:00', to: '19:00' }], fri: [{ from: '18:00', to: '02:00' }] },
  breaks: { mon: [{ from: '13:00', to: '14:00' }] },
  exceptions: [{ date: '2026-12-07', intervals: [{ from: '12:00', to: '15:00' }] }],
  timeOff: [{ from: '2026-12-14T12:00:00', to: '2026-12-16T00:00:00' }],
  travel: [],
  stepMin: 30,
  minNoticeMin: 60,
  horizonDays: 60,
  dailyCap: null,
};

const said = (stretches: { from: number; to: number }[]) => stretches.map(({ from, to }) => `${clockOf(from)}-${clockOf(to)}`);

test('a day is open in its hours without its breaks', () => {
  expect(said(openOn(hours, '2026-11-30', 1))).toEqual(['10:00-13:00', '14:00-19:00']);
  expect(said(closedOn(hours, '2026-11-30', 1))).toEqual(['00:00-10:00', '13:00-14:00', '19:00-24:00']);
});

test('a day without hours is closed', () => {
  expect(said(closedOn(hours, '2026-12-01', 2))).toEqual(['00:00-24:00']);
});

test('an exception replaces the whole day', () => {
  expect(said(openOn(hours, '2026-12-07', 1))).toEqual(['12:00-15:00']);
});

test('time off takes its part of each day it touches', () => {
  expect(said(openOn(hours, '2026-12-14', 1))).toEqual(['10:00-12:00']);
  expect(said(openOn({ ...hours, weekly: { tue: hours.weekly['mon'] ?? [] } }, '2026-12-15', 2))).toEqual([]);
});

test('hours past midnight end with the day', () => {
  expect(said(openOn(hours, '2026-12-04', 5))).toEqual(['18:00-24:00']);
});

test('stretches are taken out of others', () => {
  const taken = [
    { from: 0, to: 10 },
    { from: 20, to: 30 },
    { from: 90, to: 200 },
  ];
  expect(without([{ from: 5, to: 100 }], taken)).toEqual([
    { from: 10, to: 20 },
    { from: 30, to: 90 },
  ]);
  expect(minutes('24:00')).toBe(1440);
});
