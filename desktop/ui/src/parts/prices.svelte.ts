// Her price list, read once and again when anything changes.
import { api, everyPage } from '../api/client';
import type { Service } from '../api/types';

let all = $state.raw<readonly Service[]>([]);
let isRead = false;

export const prices = {
  get all(): readonly Service[] {
    return all;
  },
  /** What she still offers. */
  get offered(): readonly Service[] {
    return all.filter((service) => service.active);
  },
  find(id: string | null | undefined): Service | undefined {
    return id ? all.find((service) => service.id === id) : undefined;
  },
};

export async function readPrices(signal?: AbortSignal): Promise<readonly Service[]> {
  all = await everyPage((cursor) =>
    api.get('/api/v1/services', { query: { sort: 'name', limit: 200, cursor }, ...(signal && { signal }) }),
  );
  isRead = true;
  return all;
}

/** Only if nobody has read it yet. */
export async function knowPrices(signal?: AbortSignal): Promise<void> {
  if (!isRead) await readPrices(signal);
}

export function forgetPrices(): void {
  isRead = false;
}
