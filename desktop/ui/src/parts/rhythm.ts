// How often somebody comes: the middle of the gaps between finished visits, and when the next one would be due. Pure.
import { Temporal } from 'temporal-polyfill';

/** The middle gap in days; nothing to say below three visits. */
export function usualGap(days: readonly string[]): number | undefined {
  const sorted = [...new Set(days)].sort();
  if (sorted.length < 3) return undefined;
  const gaps = sorted
    .slice(1)
    .map((day, index) => daysBetween(sorted[index] ?? day, day))
    .sort((a, b) => a - b);
  const middle = Math.floor(gaps.length / 2);
  const [low = 0, high = 0] = gaps.length % 2 === 1 ? [gaps[middle], gaps[middle]] : [gaps[middle - 1], gaps[middle]];
  return Math.round((low + high) / 2);
}

export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;
}

/** The day on which she would come again; four weeks after a first visit. */
export function nextDay(days: readonly string[], today: string): string {
  const last = [...days].sort().at(-1) ?? today;
  const due = Temporal.PlainDate.from(last).add({ days: usualGap(days) ?? 28 });
  const now = Temporal.PlainDate.from(today);
  return (Temporal.PlainDate.compare(due, now) <= 0 ? now.add({ days: 1 }) : due).toString();
}
