import { expect, test } from 'vitest';
import type { BusinessHours } from '../../api/types';
import { fromForm, nextStretch, toForm } from './hours_form';

const hours: BusinessHours = {
  weekly: {
    mon: [
      { from: '10:00', to: '14:00' },
      { from: '16:00', to: '20:00' },
    ],
    sat: [{ from: '11:00', to: '18:00' }],
  },
  breaks: { sat: [{ from: '13:00', to: '13:30' }] },
  exceptions: [
    { date: '2026-12-31', intervals: [] },
    { date: '2027-01-10', intervals: [{ from: '12:00', to: '15:00' }], note: 'x' },
  ],
  timeOff: [{ from: '2027-01-01T00:00:00', to: '2027-01-09T00:00:00' }],
  travel: [{ from: '2026-12-05', to: '2026-12-10', timezone: 'Europe/Paris' }],
  stepMin: 30,
  minNoticeMin: 60,
  horizonDays: 60,
  dailyCap: null,
};

test('what is not touched comes back as it was', () => {
  expect(fromForm(toForm(hours), hours)).toEqual(hours);
});

test('a holiday is shown with its last day, and a closed day has neither hours nor breaks', () => {
  const form = toForm(hours);
  expect(form.timeOff[0]).toMatchObject({ from: '2027-01-01', to: '2027-01-08' });
  const saturday = form.days[5];
  if (saturday) saturday.isOpen = false;
  const back = fromForm({ ...form, cap: '6' }, hours);
  expect(back.weekly['sat']).toBeUndefined();
  expect(back.breaks).toEqual({});
  expect(back.dailyCap).toBe(6);
});

test('further hours of a day come after the last ones and never leave the day', () => {
  const [monday] = toForm(hours).days;
  if (!monday) throw new Error('no Monday');
  expect(nextStretch(monday)).toEqual({ from: '21:00', to: '23:00' });
  expect(nextStretch({ ...monday, more: [{ from: '20:00', to: '23:30' }] })).toEqual({ from: '23:00', to: '24:00' });
});
