// Names and warnings of the clients whom visits, notes and payments name, asked for in one request for all that are missing.
import { api } from '../api/client';
import type { Client } from '../api/types';

let known = $state.raw<ReadonlyMap<string, Client>>(new Map());
const MOST = 150;

export const people = {
  find(id: string | null | undefined): Client | undefined {
    return id ? known.get(id) : undefined;
  },
};

/** Makes sure that these can be found; those that were removed stay unknown. */
export async function meet(ids: Iterable<string | null | undefined>, signal?: AbortSignal): Promise<void> {
  const missing = [...new Set(ids)].filter((id): id is string => !!id && !known.has(id));
  for (let start = 0; start < missing.length; start += MOST) {
    const some = missing.slice(start, start + MOST);
    const page = await api.get('/api/v1/clients', {
      query: { 'filter[id][in]': some.join(','), limit: 200 },
      ...(signal && { signal }),
    });
    remember(page.data);
  }
}

export function remember(clients: readonly Client[]): void {
  known = new Map([...known, ...clients.map((client) => [client.id, client] as const)]);
}

/** Somebody changed something: what is shown next is asked for again. */
export function forgetPeople(): void {
  known = new Map();
}
