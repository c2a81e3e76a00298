// What waits for her decision, as the menu, Today and a client's card show it: asked for once, and again when anything changes.
import { api } from '../api/client';
import type { Conflict } from '../api/types';

const MOST = 100;
let open = $state.raw<readonly Conflict[]>([]);
let isMore = $state(false);

export const openConflicts = {
  get all(): readonly Conflict[] {
    return open;
  },
  /** «3», or «100+». */
  get count(): string {
    return open.length === 0 ? '' : `${open.length}${isMore ? '+' : ''}`;
  },
  /** Those that name a person, a visit or a note. */
  about(id: string): readonly Conflict[] {
    return open.filter((conflict) => conflict.about.includes(id));
  },
};

/** A hint beside other things: while it cannot be read, the last one stands, and the page of conflicts itself tells why. */
export async function readOpenConflicts(): Promise<void> {
  const page = await api.get('/api/v1/conflicts', { query: { limit: MOST } }).catch(() => undefined);
  if (!page) return;
  open = page.data;
  isMore = !!page.nextCursor;
}

export function forgetConflicts(): void {
  open = [];
  isMore = false;
}
