// What is not paid yet of a visit that is over. Pure.
import type { Appointment, Payment } from '../api/types';

type Paid = Pick<Payment, 'appointmentId' | 'amount' | 'currency'>;

/** What is left to pay. Visits that came with an import brought no payments, and nobody owes anything for those. */
export function debtOf(visit: Appointment, payments: readonly Paid[]): number {
  if (visit.kind !== 'visit' || visit.status !== 'completed' || visit.source === 'import' || !visit.price) return 0;
  const paid = payments
    .filter(({ appointmentId, currency }) => appointmentId === visit.id && currency === visit.currency)
    .reduce((sum, { amount }) => sum + amount, 0);
  return Math.max(0, Math.round((visit.price - paid) * 100) / 100);
}
