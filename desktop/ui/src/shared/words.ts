// Words that the API uses, as people read them.
import type { Appointment, Status } from '../api/types';
import { type Key, t } from './i18n.svelte';

const statuses: Record<Status, Key> = {
  requested: 'ui.status.requested',
  booked: 'ui.status.booked',
  confirmed: 'ui.status.confirmed',
  cancelled: 'ui.status.cancelled',
  no_show: 'ui.status.no_show',
  completed: 'ui.status.completed',
};

export function statusName(status: Status): string {
  return t(statuses[status]);
}

/** The same in every language. */
export function planName(plan: string): string {
  return plan.charAt(0).toUpperCase() + plan.slice(1);
}

/** Takes an hour of her day. */
export function isStanding(visit: Appointment): boolean {
  return visit.status !== 'cancelled' && visit.status !== 'no_show';
}
