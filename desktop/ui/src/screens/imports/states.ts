// How an import stands, in words.
import { type Key, t } from '../../shared/i18n.svelte';

const STATES: Record<string, Key> = {
  preview: 'ui.import.state.preview',
  running: 'ui.import.state.running',
  done: 'ui.import.state.done',
  undoing: 'ui.import.state.undoing',
  undone: 'ui.import.state.undone',
  failed: 'ui.import.state.failed',
};

export function stateName(state: string): string {
  const key = STATES[state];
  return key ? t(key) : state;
}
