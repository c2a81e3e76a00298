// When she works: the stretches of a day in which she does not, for shading and for gaps. Pure.
import type { BusinessHours, Interval } from '../api/types';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof DAYS)[number];

const DAY = 24 * 60;

/** Minutes since midnight; «24:00» is the end of the day. */
export function minutes(clock: string): number {
  const [hours = '0', rest = '0'] = clock.split(':');
  return Number(hours) * 60 + Number(rest);
}

export function clockOf(total: number): string {
  return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
}

export interface Stretch {
  from: number;
  to: number;
}

/** The open stretches of a day, breaks taken out. `weekday` is 1 for Monday. */
export function openOn(hours: BusinessHours, date: string, weekday: number): Stretch[] {
  const exception = hours.exceptions.find((entry) => entry.date === date);
  const day = DAYS[weekday - 1] ?? 'mon';
  const open = exception ? exception.intervals : (hours.weekly[day] ?? []);
  const breaks = exception ? [] : (hours.breaks[day] ?? []);
  const off = hours.timeOff.map((entry) => within(date, entry.from, entry.to)).filter((entry) => entry !== undefined);
  return without(open.map(stretch), [...breaks.map(stretch), ...off]);
}

/** What is left of a day: the time in which she does not work. */
export function closedOn(hours: BusinessHours, date: string, weekday: number): Stretch[] {
  return without([{ from: 0, to: DAY }], openOn(hours, date, weekday));
}

/** Takes stretches out of others. */
export function without(whole: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  let left = [...whole].sort((a, b) => a.from - b.from);
  for (const hole of taken) {
    left = left.flatMap((piece) =>
      [
        { from: piece.from, to: Math.min(piece.to, hole.from) },
        { from: Math.max(piece.from, hole.to), to: piece.to },
      ].filter((rest) => rest.to > rest.from && rest.from >= piece.from && rest.to <= piece.to),
    );
  }
  return left.filter((piece) => piece.to > piece.from);
}

/** Past midnight, only the part of this day counts. */
function stretch(interval: Interval): Stretch {
  const [from, to] = [minutes(interval.from), minutes(interval.to)];
  return { from, to: to > from ? to : DAY };
}

function within(date: string, from: string, to: string): Stretch | undefined {
  const [start, end] = [from.slice(0, 10), to.slice(0, 10)];
  if (date < start || date > end) return undefined;
  return {
    from: date === start ? minutes(from.slice(11, 16)) : 0,
    to: date === end ? minutes(to.slice(11, 16)) : DAY,
  };
}
