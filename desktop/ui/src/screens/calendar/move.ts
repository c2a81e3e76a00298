// A visit dragged to another hour: done at once, with five seconds to take it back.
import { api } from '../../api/client';
import type { Appointment } from '../../api/types';
import { zoned } from '../../shared/format';
import { t } from '../../shared/i18n.svelte';
import { problemOf, sentence } from '../../shared/problems';
import { say } from '../../shared/toasts.svelte';

export interface Move {
  visit: Appointment;
  /** By the wall of the business. */
  startsAt: string;
  durationMin: number;
}

const UNDO_MS = 5_000;

export async function move(wanted: Move, allowOverlap: boolean, onundone: () => void): Promise<'moved' | 'clash' | 'failed'> {
  const { visit, startsAt, durationMin } = wanted;
  try {
    await put(visit.id, startsAt, durationMin, allowOverlap);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'slot_taken') return 'clash';
    say(sentence(problem), { tone: 'bad' });
    return 'failed';
  }
  say(t('ui.visit.moved'), { ms: UNDO_MS, action: { label: t('ui.undo'), run: () => void undo(visit, onundone) } });
  return 'moved';
}

async function undo(visit: Appointment, onundone: () => void): Promise<void> {
  try {
    const before = visit.startsAt ? zoned(visit.startsAt).toPlainDateTime().toString({ smallestUnit: 'minute' }) : '';
    // It stood there before, so whatever shares that hour did so already.
    await put(visit.id, before, visit.durationMin ?? 60, true);
    say(t('ui.undone'));
  } catch (error) {
    say(sentence(problemOf(error)), { tone: 'bad' });
  }
  onundone();
}

async function put(id: string, startsAt: string, durationMin: number, allowOverlap: boolean): Promise<void> {
  const json = { startsAt, durationMin, ...(allowOverlap && { allowOverlap }) };
  await api.post('/api/v1/appointments/{id}/reschedule', { path: { id }, json });
}
