// Who wrote something, as people say it.
import { type Key, t } from '../shared/i18n.svelte';

/** A device by its name; `api` is this page, or a program of hers; what an import brought nobody typed. */
export function deviceName(device: string): string {
  const ours: Record<string, Key> = { api: 'ui.journal.rest', import: 'ui.journal.import', Import: 'ui.journal.import' };
  const key = ours[device];
  return key ? t(key) : device;
}
