// Her hours as a form shows them, and back: a day has one stretch or several, and breaks in them. Pure.
import type { BusinessHours, Interval } from '../../api/types';
import { clockOf, DAYS, minutes } from '../../parts/hours';

export interface DayShown {
  isOpen: boolean;
  from: string;
  to: string;
  /** Further stretches of the day. */
  more: Interval[];
  breaks: Interval[];
}

export interface HoursShown {
  days: DayShown[];
  exceptions: { date: string; isOpen: boolean; from: string; to: string; note: string }[];
  /** Both days inclusive, as people say it. */
  timeOff: { from: string; to: string; note: string }[];
  step: string;
  notice: string;
  horizon: string;
  cap: string;
}

export function toForm(hours: BusinessHours): HoursShown {
  return {
    days: DAYS.map((day) => {
      const [first, ...more] = hours.weekly[day] ?? [];
      return {
        isOpen: first !== undefined,
        from: first?.from ?? '10:00',
        to: first?.to ?? '19:00',
        more: more.map((stretch) => ({ ...stretch })),
        breaks: (hours.breaks[day] ?? []).map((pause) => ({ ...pause })),
      };
    }),
    exceptions: hours.exceptions.map(({ date, intervals, note }) => ({
      date,
      isOpen: intervals.length > 0,
      from: intervals[0]?.from ?? '10:00',
      to: intervals[0]?.to ?? '19:00',
      note: note ?? '',
    })),
    timeOff: hours.timeOff.map(({ from, to, note }) => ({ from: from.slice(0, 10), to: lastDay(to), note: note ?? '' })),
    step: String(hours.stepMin),
    notice: String(hours.minNoticeMin),
    horizon: String(hours.horizonDays),
    cap: hours.dailyCap === null ? '' : String(hours.dailyCap),
  };
}

export function fromForm(form: HoursShown, before: BusinessHours): BusinessHours {
  const weekly: Record<string, Interval[]> = {};
  const breaks: Record<string, Interval[]> = {};
  for (const [index, day] of DAYS.entries()) {
    const shown = form.days[index];
    if (!shown?.isOpen) continue;
    weekly[day] = [{ from: shown.from, to: shown.to }, ...shown.more];
    if (shown.breaks.length > 0) breaks[day] = shown.breaks;
  }
  return {
    ...before,
    weekly,
    breaks,
    exceptions: form.exceptions.map(({ date, isOpen, from, to, note }) => ({
      date,
      intervals: isOpen ? [{ from, to }] : [],
      ...(note && { note }),
    })),
    timeOff: form.timeOff.map(({ from, to, note }) => ({
      from: `${from}T00:00:00`,
      to: `${dayAfter(to)}T00:00:00`,
      ...(note && { note }),
    })),
    stepMin: Number(form.step),
    minNoticeMin: Number(form.notice),
    horizonDays: Number(form.horizon),
    dailyCap: form.cap.trim() === '' ? null : Number(form.cap),
  };
}

/** Further hours of a day begin an hour after the last ones end, and are two hours long, as far as the day goes. */
export function nextStretch({ to, more }: DayShown): Interval {
  const last = minutes(more.at(-1)?.to ?? to);
  const from = Math.min(last + 60, 23 * 60);
  return { from: clockOf(from), to: clockOf(Math.min(from + 120, 24 * 60)) };
}

/** The end is exclusive on the wire: midnight after the last day. */
function lastDay(to: string): string {
  return to.slice(11, 16) === '00:00' ? shift(to.slice(0, 10), -1) : to.slice(0, 10);
}

function dayAfter(day: string): string {
  return shift(day, 1);
}

function shift(day: string, by: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, 10);
}
