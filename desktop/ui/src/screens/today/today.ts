// What Today needs, asked for at once and put together.
import { untrack } from 'svelte';
import { api, everyPage } from '../../api/client';
import type { Appointment, BusinessHours, Payment } from '../../api/types';
import { debtOf } from '../../parts/debts';
import { openOn, type Stretch, without } from '../../parts/hours';
import { meet } from '../../parts/people.svelte';
import { knowPrices, prices } from '../../parts/prices.svelte';
import { Temporal, zoned } from '../../shared/format';
import { session } from '../../shared/session.svelte';
import { isStanding } from '../../shared/words';

export interface DayLoad {
  date: string;
  booked: number;
  open: number;
  revenue: number;
}

export interface Unpaid {
  visit: Appointment;
  left: number;
}

export interface TodayShown {
  visits: Appointment[];
  unconfirmed: Appointment[];
  gaps: Stretch[];
  week: DayLoad[];
  isNew: boolean;
  hasServices: boolean;
  hasClients: boolean;
}

/** What the last four weeks tell. It is asked for when the day stands. */
export interface PastShown {
  unpaid: Unpaid[];
  noShows: number;
  finished: number;
}

const SHORTEST_GAP = 30;
/** Ids in one question. */
const ASKED = 50;

/** One stretch of days; none has more than a page or two. */
function list(from: Temporal.PlainDate, to: Temporal.PlainDate, signal: AbortSignal): Promise<Appointment[]> {
  return everyPage((cursor) =>
    api.get('/api/v1/appointments', { query: { from: from.toString(), to: to.toString(), limit: 200, cursor }, signal }),
  );
}

function named(visits: readonly Appointment[], signal: AbortSignal): Promise<void> {
  return untrack(() =>
    meet(
      visits.map((visit) => visit.clientId),
      signal,
    ),
  );
}

export async function readToday(date: string, signal: AbortSignal): Promise<TodayShown> {
  const day = Temporal.PlainDate.from(date);
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  const sunday = monday.add({ days: 7 });
  const soon = day.add({ days: 3 });
  const last = Temporal.PlainDate.compare(sunday, soon) > 0 ? sunday : soon;
  const [current, setting, someone] = await Promise.all([
    list(monday, last, signal),
    api.get('/api/v1/settings/{section}', { path: { section: 'business-hours' }, signal }),
    api.get('/api/v1/clients', { query: { limit: 1 }, signal }),
    untrack(() => knowPrices(signal)),
  ]);
  const days = byDay(current, monday, last);
  const ahead = between(days, day, soon);
  const standing = onDay(days, day).filter(isStanding);
  await named([...standing, ...ahead], signal);

  const hours = setting.value as unknown as BusinessHours;
  return {
    visits: standing,
    unconfirmed: ahead.filter((visit) => visit.kind === 'visit' && (visit.status === 'booked' || visit.status === 'requested')),
    gaps: gapsOf(openOn(hours, date, day.dayOfWeek), standing).filter(({ from, to }) => to - from >= SHORTEST_GAP),
    week: Array.from({ length: 7 }, (_, offset) => loadOf(days, monday.add({ days: offset }), hours)),
    isNew: prices.all.length === 0 || someone.data.length === 0,
    hasServices: prices.all.length > 0,
    hasClients: someone.data.length > 0,
  };
}

export async function readPast(date: string, signal: AbortSignal): Promise<PastShown> {
  const day = Temporal.PlainDate.from(date);
  const [first, middle, tomorrow] = [day.subtract({ days: 28 }), day.subtract({ days: 14 }), day.add({ days: 1 })];
  const [older, newer] = await Promise.all([list(first, middle, signal), list(middle, tomorrow, signal)]);
  const past = [...new Map([...older, ...newer].map((visit) => [visit.id, visit])).values()];
  const unpaid = await unpaidOf(past, signal);
  // Whom the day did not name.
  await named(
    unpaid.map(({ visit }) => visit),
    signal,
  );
  const noShows = past.filter((visit) => visit.status === 'no_show').length;
  return { unpaid, noShows, finished: noShows + past.filter((visit) => visit.status === 'completed').length };
}

/** What is over and not paid, the newest first. */
async function unpaidOf(visits: readonly Appointment[], signal: AbortSignal): Promise<Unpaid[]> {
  const over = visits.filter((visit) => debtOf(visit, []) > 0);
  const paid: Payment[] = [];
  for (let start = 0; start < over.length; start += ASKED) {
    const ids = over.slice(start, start + ASKED).map(({ id }) => id);
    const query = { 'filter[appointmentId][in]': ids.join(','), limit: 200 };
    paid.push(...(await everyPage((cursor) => api.get('/api/v1/payments', { query: { ...query, cursor }, signal }))));
  }
  return over
    .map((visit) => ({ visit, left: debtOf(visit, paid) }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => (b.visit.startsAt ?? '').localeCompare(a.visit.startsAt ?? ''));
}

type ByDay = ReadonlyMap<string, readonly Appointment[]>;

/** Each visit once, by the day on the wall of the business. Where a day begins is asked once a day and not once a visit. */
function byDay(visits: readonly Appointment[], from: Temporal.PlainDate, to: Temporal.PlainDate): ByDay {
  const dates = Array.from({ length: from.until(to).days + 1 }, (_, offset) => from.add({ days: offset }));
  const begins = dates.map((date) => date.toZonedDateTime(session.zone).epochMilliseconds);
  const days = new Map<string, Appointment[]>(dates.map((date) => [date.toString(), []]));
  for (const visit of new Map(visits.map((one) => [one.id, one])).values()) {
    const at = Date.parse(visit.startsAt ?? '');
    const index = begins.findLastIndex((begin) => begin <= at);
    days.get(dates[index]?.toString() ?? '')?.push(visit);
  }
  return days;
}

function onDay(days: ByDay, day: Temporal.PlainDate): Appointment[] {
  return [...(days.get(day.toString()) ?? [])].sort((a, b) => (a.startsAt ?? '').localeCompare(b.startsAt ?? ''));
}

/** From the first day to before the last. */
function between(days: ByDay, from: Temporal.PlainDate, to: Temporal.PlainDate): Appointment[] {
  const length = from.until(to).days;
  return Array.from({ length }, (_, offset) => onDay(days, from.add({ days: offset }))).flat();
}

function minutesOf(visit: Appointment): Stretch {
  const start = visit.startsAt ? zoned(visit.startsAt) : undefined;
  const from = start ? start.hour * 60 + start.minute : 0;
  return { from, to: from + (visit.durationMin ?? 0) };
}

function gapsOf(open: Stretch[], visits: readonly Appointment[]): Stretch[] {
  return without(open, visits.map(minutesOf));
}

function loadOf(days: ByDay, day: Temporal.PlainDate, hours: BusinessHours): DayLoad {
  const visits = onDay(days, day).filter((visit) => isStanding(visit) && visit.kind === 'visit');
  const length = (stretches: Stretch[]) => stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    date: day.toString(),
    booked: visits.reduce((sum, visit) => sum + (visit.durationMin ?? 0), 0),
    open: length(openOn(hours, day.toString(), day.dayOfWeek)),
    revenue: visits.reduce((sum, visit) => sum + (visit.price ?? 0), 0),
  };
}
