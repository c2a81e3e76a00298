// The preferences of notifications as a form shows them, and back. Pure.
import type { Interval } from '../../api/types';

export const EVENTS = ['booked', 'cancelled', 'moved', 'conflict', 'payment'] as const;
export type Event = (typeof EVENTS)[number];

export interface NotificationPrefs {
  reminderHours: number[];
  quietHours: Interval | null;
  events: Partial<Record<Event, boolean>>;
}

export interface NotifyShown {
  reminders: string[];
  isQuiet: boolean;
  from: string;
  to: string;
  events: Record<Event, boolean>;
}

export function toForm(prefs: NotificationPrefs): NotifyShown {
  return {
    reminders: prefs.reminderHours.map(String),
    isQuiet: prefs.quietHours !== null,
    from: prefs.quietHours?.from ?? '21:00',
    to: prefs.quietHours?.to ?? '09:00',
    events: Object.fromEntries(EVENTS.map((event) => [event, prefs.events[event] ?? true])) as Record<Event, boolean>,
  };
}

/** A number that was not typed whole stays wrong, so the server says so beside its field. */
export function fromForm(form: NotifyShown): NotificationPrefs {
  const typed = form.reminders.map((text) => text.trim().replace(',', '.')).filter(Boolean);
  return {
    reminderHours: typed.map(Number),
    quietHours: form.isQuiet ? { from: form.from, to: form.to } : null,
    events: { ...form.events },
  };
}
