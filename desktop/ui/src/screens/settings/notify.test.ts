import { expect, test } from 'vitest';
import { fromForm, type NotificationPrefs, toForm } from './notify';

const prefs: NotificationPrefs = {
  reminderHours: [24, 3],
  quietHours: { from: '21:00', to: '09:00' },
  events: { booked: true, cancelled: true, moved: false, conflict: true, payment: true },
};

test('what is not touched comes back as it was', () => {
  expect(fromForm(toForm(prefs))).toEqual(prefs);
  expect(fromForm(toForm({ ...prefs, quietHours: null }))).toMatchObject({ quietHours: null });
});

test('an empty reminder is none, a word is no number', () => {
  expect(fromForm({ ...toForm(prefs), reminders: ['48', ' ', ''] }).reminderHours).toEqual([48]);
  expect(fromForm({ ...toForm(prefs), reminders: ['скоро'] }).reminderHours).toEqual([Number.NaN]);
});
