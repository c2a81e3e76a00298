// What stands in the calendar: visits, the room they need around them, the hours in which she does not work, and the place from
// which a visit was just taken. Pure.
import type { Appointment, BusinessHours, Service } from '../../api/types';
import { clockOf, closedOn } from '../../parts/hours';
import { Temporal } from 'temporal-polyfill';

/** Below this a visit has room for one line. */
const ONE_LINE_MIN = 45;

export interface Shape {
  id: string;
  title: string;
  start: string;
  end: string;
  className: string;
  display?: 'background' | 'block';
  editable?: boolean;
  color?: string;
  contrastColor?: string;
}

export interface Known {
  zone: string;
  nameOf: (visit: Appointment) => string;
  serviceOf: (visit: Appointment) => Service | undefined;
}

const COLOURS: Record<string, [string, string]> = {
  booked: ['var(--visit-booked)', 'var(--on-visit-booked)'],
  requested: ['var(--visit-booked)', 'var(--on-visit-booked)'],
  confirmed: ['var(--visit-confirmed)', 'var(--on-visit-confirmed)'],
  completed: ['var(--visit-completed)', 'var(--on-visit-completed)'],
  block: ['var(--visit-block)', 'var(--on-visit-block)'],
};

function wall(instant: string, zone: string): Temporal.PlainDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime();
}

const text = (when: Temporal.PlainDateTime) => when.toString({ smallestUnit: 'minute' });

/** Cancelled visits and those nobody came to leave their hour free, so they are not shown. */
export function visitShapes(visits: readonly Appointment[], known: Known): Shape[] {
  return visits.flatMap((visit) => {
    if (!visit.startsAt || visit.status === 'cancelled' || visit.status === 'no_show') return [];
    const start = wall(visit.startsAt, known.zone);
    const end = visit.endsAt ? wall(visit.endsAt, known.zone) : start.add({ minutes: visit.durationMin ?? 60 });
    const [color, contrastColor] = COLOURS[visit.kind === 'block' ? 'block' : visit.status] ?? [];
    const shape: Shape = {
      id: visit.id,
      title: known.nameOf(visit),
      start: text(start),
      end: text(end),
      className: `visit ${visit.kind === 'block' ? 'block' : visit.status}${(visit.durationMin ?? 0) < ONE_LINE_MIN ? ' short' : ''}`,
      display: 'block',
      editable: visit.status !== 'completed',
      ...(color && { color }),
      ...(contrastColor && { contrastColor }),
    };
    return [shape, ...bufferShapes(visit, start, end, known)];
  });
}

function bufferShapes(visit: Appointment, start: Temporal.PlainDateTime, end: Temporal.PlainDateTime, known: Known): Shape[] {
  const service = known.serviceOf(visit);
  const buffer = (id: string, from: Temporal.PlainDateTime, to: Temporal.PlainDateTime): Shape => ({
    id: `${visit.id}-${id}`,
    title: '',
    start: text(from),
    end: text(to),
    className: 'buffer',
    display: 'background',
    color: 'var(--visit-buffer)',
  });
  return [
    ...(service?.bufferBeforeMin ? [buffer('before', start.subtract({ minutes: service.bufferBeforeMin }), start)] : []),
    ...(service?.bufferAfterMin ? [buffer('after', end, end.add({ minutes: service.bufferAfterMin }))] : []),
  ];
}

/** Every day's hours in which she does not work. */
export function closedShapes(hours: BusinessHours, from: string, to: string): Shape[] {
  const shapes: Shape[] = [];
  const last = Temporal.PlainDate.from(to.slice(0, 10));
  let day = Temporal.PlainDate.from(from.slice(0, 10));
  while (Temporal.PlainDate.compare(day, last) < 0) {
    for (const stretch of closedOn(hours, day.toString(), day.dayOfWeek)) {
      const end = stretch.to === 24 * 60 ? `${day.add({ days: 1 })}T00:00` : `${day}T${clockOf(stretch.to)}`;
      shapes.push({
        id: `closed-${day}-${stretch.from}`,
        title: '',
        start: `${day}T${clockOf(stretch.from)}`,
        end,
        className: 'closed',
        display: 'background',
      });
    }
    day = day.add({ days: 1 });
  }
  return shapes;
}
