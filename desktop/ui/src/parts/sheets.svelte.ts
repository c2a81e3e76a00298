// The sheets about visits, which any screen may open: booking, one visit, and its end. The shell shows them.
import type { Appointment } from '../api/types';

export interface Booking {
  /** `2026-12-01` */
  date?: string;
  /** `10:00` */
  time?: string;
  durationMin?: number;
  clientId?: string;
  serviceId?: string;
}

type Open = { kind: 'book'; booking: Booking } | { kind: 'visit'; id: string } | { kind: 'checkout'; visit: Appointment };

let open = $state.raw<Open | undefined>();

export const sheets = {
  get open(): Open | undefined {
    return open;
  },
  book(booking: Booking = {}): void {
    open = { kind: 'book', booking };
  },
  visit(id: string): void {
    open = { kind: 'visit', id };
  },
  checkout(visit: Appointment): void {
    open = { kind: 'checkout', visit };
  },
  close(): void {
    open = undefined;
  },
};
