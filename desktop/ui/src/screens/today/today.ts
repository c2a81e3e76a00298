// What Today needs, asked for at once and put together.
import { untrack } from 'svelte';
import { api, everyPage } from '../../api/client';
import type { Appointment, BusinessHours } from '../../api/types';
import { openOn, type Stretch, without } from '../../parts/hours';
import { meet } from '../../parts/people.svelte';
import { knowPrices, prices } from '../../parts/prices.svelte';
import { Temporal, zoned } from '../../shared/format';
import { isStanding } from '../../shared/words';

export interface DayLoad {
  date: string;
  booked: number;
  open: number;
  revenue: number;
}

export interface TodayShown {
  visits: Appointment[];
  unconfirmed: Appointment[];
  gaps: Stretch[];
  week: DayLoad[];
  /** Of the last four weeks. */
  noShows: number;
  finished: number;
  isNew: boolean;
  hasServices: boolean;
  hasClients: boolean;
}

const SHORTEST_GAP = 30;

export async function readToday(date: string, signal: AbortSignal): Promise<TodayShown> {
  const day = Temporal.PlainDate.from(date);
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  const list = (from: Temporal.PlainDate, to: Temporal.PlainDate) =>
    everyPage((cursor) =>
      api.get('/api/v1/appointments', { query: { from: from.toString(), to: to.toString(), limit: 200, cursor }, signal }),
    );
  const [week, ahead, past, setting, someone] = await Promise.all([
    list(monday, monday.add({ days: 7 })),
    list(day, day.add({ days: 3 })),
    list(day.subtract({ days: 28 }), day),
    api.get('/api/v1/settings/{section}', { path: { section: 'business-hours' }, signal }),
    api.get('/api/v1/clients', { query: { limit: 1 }, signal }),
  ]);
  await untrack(() =>
    Promise.all([
      knowPrices(signal),
      meet(
        [...week, ...ahead].map((visit) => visit.clientId),
        signal,
      ),
    ]),
  );

  const hours = setting.value as unknown as BusinessHours;
  const visits = onDay(week, day).filter(isStanding);
  const finished = past.filter((visit) => visit.status === 'completed').length;
  const noShows = past.filter((visit) => visit.status === 'no_show').length;
  return {
    visits,
    unconfirmed: ahead.filter((visit) => visit.kind === 'visit' && (visit.status === 'booked' || visit.status === 'requested')),
    gaps: gapsOf(openOn(hours, date, day.dayOfWeek), visits).filter(({ from, to }) => to - from >= SHORTEST_GAP),
    week: Array.from({ length: 7 }, (_, offset) => loadOf(week, monday.add({ days: offset }), hours)),
    noShows,
    finished: finished + noShows,
    isNew: prices.all.length === 0 || someone.data.length === 0,
    hasServices: prices.all.length > 0,
    hasClients: someone.data.length > 0,
  };
}

function onDay(visits: readonly Appointment[], day: Temporal.PlainDate): Appointment[] {
  const isThen = (visit: Appointment) => visit.startsAt && zoned(visit.startsAt).toPlainDate().equals(day);
  return visits.filter(isThen).sort((a, b) => (a.startsAt ?? '').localeCompare(b.startsAt ?? ''));
}

function minutesOf(visit: Appointment): Stretch {
  const start = visit.startsAt ? zoned(visit.startsAt) : undefined;
  const from = start ? start.hour * 60 + start.minute : 0;
  return { from, to: from + (visit.durationMin ?? 0) };
}

function gapsOf(open: Stretch[], visits: readonly Appointment[]): Stretch[] {
  return without(open, visits.map(minutesOf));
}

function loadOf(week: readonly Appointment[], day: Temporal.PlainDate, hours: BusinessHours): DayLoad {
  const visits = onDay(week, day).filter((visit) => isStanding(visit) && visit.kind === 'visit');
  const length = (stretches: Stretch[]) => stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    date: day.toString(),
    booked: visits.reduce((sum, visit) => sum + (visit.durationMin ?? 0), 0),
    open: length(openOn(hours, day.toString(), day.dayOfWeek)),
    revenue: visits.reduce((sum, visit) => sum + (visit.price ?? 0), 0),
  };
}
