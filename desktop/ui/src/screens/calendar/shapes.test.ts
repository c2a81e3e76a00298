import { expect, test } from 'vitest';
import type { Appointment, BusinessHours, Service } from '../../api/types';
import { closedShapes, visitShapes } from './shapes';

const visit = (more: Partial<Appointment>): Appointment => ({
  id: 'a',
  kind: 'visit',
  currency: 'RUB',
  items: [],
  media: {},
  meta: {},
  note: '',
  source: 'manual',
  status: 'booked',
  startsAt: '2026-12-01T10:00:00+03:00',
  endsAt: '2026-12-01T11:30:00+03:00',
  durationMin: 90,
  ...more,
});
const service = { bufferBeforeMin: 10, bufferAfterMin: 15 } as Service;
const known = { zone: 'Europe/Moscow', nameOf: () => 'Аня', serviceOf: () => undefined };
const times = (shapes: { start: string; end: string }[]) => shapes.map(({ start, end }) => [start, end]);

test('a visit stands by the wall of the business, whatever offset it was written with', () => {
  const utc = visit({ startsAt: '2026-12-01T07:00:00Z', endsAt: '2026-12-01T08:30:00Z' });
  for (const one of [visit({}), utc]) {
    expect(times(visitShapes([one], known))).toEqual([['2026-12-01T10:00', '2026-12-01T11:30']]);
  }
  expect(times(visitShapes([visit({})], { ...known, zone: 'Asia/Kathmandu' }))).toEqual([['2026-12-01T12:45', '2026-12-01T14:15']]);
});

test('a visit over midnight and one in the night of summer time keep their length on the wall', () => {
  const late = visit({ startsAt: '2026-12-01T23:30:00+03:00', endsAt: '2026-12-02T01:00:00+03:00' });
  expect(times(visitShapes([late], known))).toEqual([['2026-12-01T23:30', '2026-12-02T01:00']]);
});

test('buffers stand around a visit', () => {
  expect(times(visitShapes([visit({})], { ...known, serviceOf: () => service }))).toEqual([
    ['2026-12-01T10:00', '2026-12-01T11:30'],
    ['2026-12-01T09:50', '2026-12-01T10:00'],
    ['2026-12-01T11:30', '2026-12-01T11:45'],
  ]);
});

test('what was cancelled takes no place, and what is done cannot be moved', () => {
  expect(visitShapes([visit({ status: 'cancelled' }), visit({ status: 'no_show' })], known)).toEqual([]);
  expect(visitShapes([visit({ status: 'completed' })], known)[0]?.editable).toBe(false);
});

test('closed hours reach to midnight', () => {
  const hours = { weekly: { tue: [{ from: '10:00', to: '19:00' }] }, breaks: {}, exceptions: [], timeOff: [] };
  const shapes = closedShapes(hours as unknown as BusinessHours, '2026-12-01T00:00', '2026-12-03T00:00');
  expect(times(shapes)).toEqual([
    ['2026-12-01T00:00', '2026-12-01T10:00'],
    ['2026-12-01T19:00', '2026-12-02T00:00'],
    ['2026-12-02T00:00', '2026-12-03T00:00'],
  ]);
});
