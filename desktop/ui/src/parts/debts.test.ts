import { expect, test } from 'vitest';
import type { Appointment } from '../api/types';
import { debtOf } from './debts';

const visit = (more: object = {}) =>
  ({ id: 'v', kind: 'visit', status: 'completed', source: 'api', price: 2500, currency: 'RUB', ...more }) as unknown as Appointment;
const paid = (amount: number, more: object = {}) => ({ appointmentId: 'v', amount, currency: 'RUB', ...more });

test('what is paid for this visit is taken off, refunds the other way round', () => {
  expect(debtOf(visit(), [])).toBe(2500);
  expect(debtOf(visit(), [paid(1000), paid(-200), paid(9000, { appointmentId: 'other' })])).toBe(1700);
  expect(debtOf(visit(), [paid(3000)])).toBe(0);
});

test('nobody owes for what is ahead, was called off, came by import or cost nothing', () => {
  for (const more of [{ status: 'booked' }, { status: 'cancelled' }, { source: 'import' }, { price: null }, { kind: 'block' }]) {
    expect(debtOf(visit(more), [])).toBe(0);
  }
});
