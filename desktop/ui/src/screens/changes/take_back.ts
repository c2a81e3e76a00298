// Taking a change back, and saying what came of it; and whom a change names.
import { api } from '../../api/client';
import type { Change } from '../../api/types';
import { fieldName } from '../../parts/change_words';
import { t } from '../../shared/i18n.svelte';
import { problemOf, sentence } from '../../shared/problems';
import { say } from '../../shared/toasts.svelte';

/** Whether anything was taken back; it is said either way. */
export async function takeBack(document: string, change: string): Promise<boolean> {
  try {
    const taken = await api.post('/api/v1/history/undo', { json: { document, change } });
    const kept = taken.kept.map((one) => fieldName(one.field.split('.')[0] ?? ''));
    say(kept.length > 0 ? t('ui.changes.kept', { fields: [...new Set(kept)].join(', ') }) : t('ui.changes.taken_back'));
    return true;
  } catch (error) {
    const problem = problemOf(error);
    say(problem.code === 'conflict' ? t('ui.changes.nothing_left') : sentence(problem), { tone: 'bad' });
    return false;
  }
}

/** The clients whom a change names by their ids. */
export function clientsOf({ fields }: Change): string[] {
  const values = fields.filter((one) => one.field === 'clientId').flatMap(({ from, to }) => [from, to]);
  return values.filter((value): value is string => typeof value === 'string');
}
