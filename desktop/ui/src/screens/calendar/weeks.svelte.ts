// The visits of the stretches she walks through: each is asked for once, the next one before she gets there, and all of them
// again when anybody changes anything.
import { untrack } from 'svelte';
import { api, everyPage } from '../../api/client';
import type { Appointment } from '../../api/types';
import { problemOf, type Problem } from '../../api/problem';
import { meet } from '../../parts/people.svelte';
import { knowPrices } from '../../parts/prices.svelte';
import { news } from '../../shared/live.svelte';

export interface Stretch {
  from: string;
  to: string;
}

/** More than a person walks through before looking at one of them. */
const MOST = 12;
const keyOf = ({ from, to }: Stretch) => `${from}/${to}`;

export interface Weeks {
  /** Of a stretch, as far as it is known. */
  of(stretch: Stretch): readonly Appointment[];
  find(id: string): Appointment | undefined;
  readonly problem: Problem | undefined;
  /** Nothing of what she looks at has ever come. */
  readonly isUnknown: boolean;
  reload(): Promise<void>;
}

/** Must be called while a component starts. `looking` and `next` may read reactive state. */
export function weeks(looking: () => Stretch | undefined, next: () => Stretch | undefined): Weeks {
  let known = $state.raw<ReadonlyMap<string, readonly Appointment[]>>(new Map());
  let problem = $state.raw<Problem | undefined>();
  /** Stretches whose answer is as new as the last word from the server. */
  const fresh = new Set<string>();
  let running: AbortController | undefined;

  async function ask(stretch: Stretch, signal: AbortSignal): Promise<void> {
    const { from, to } = stretch;
    const found = await everyPage((cursor) => api.get('/api/v1/appointments', { query: { from, to, limit: 200, cursor }, signal }));
    await Promise.all([
      meet(
        found.map((visit) => visit.clientId),
        signal,
      ),
      knowPrices(signal),
    ]);
    if (signal.aborted) return;
    const kept = [...known].filter(([key]) => key !== keyOf(stretch)).slice(1 - MOST);
    for (const [key] of known) if (!kept.some(([other]) => other === key)) fresh.delete(key);
    fresh.add(keyOf(stretch));
    known = new Map([...kept, [keyOf(stretch), found]]);
  }

  async function run(): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    for (const stretch of [looking(), next()]) {
      if (!stretch || fresh.has(keyOf(stretch))) continue;
      try {
        await ask(stretch, mine.signal);
        problem = undefined;
      } catch (error) {
        // The next stretch is only a guess; whoever goes there asks again.
        if (mine.signal.aborted || stretch !== looking()) return;
        problem = problemOf(error);
        return;
      }
    }
  }

  async function reload(): Promise<void> {
    fresh.clear();
    await run();
  }

  $effect(() => {
    void news.head;
    fresh.clear();
  });
  $effect(() => {
    void [news.head, looking(), next()];
    untrack(() => void run());
    return () => running?.abort();
  });

  return {
    of: (stretch) => known.get(keyOf(stretch)) ?? [],
    find: (id) => [...known.values()].flat().find((visit) => visit.id === id),
    get problem() {
      return problem;
    },
    get isUnknown() {
      const stretch = looking();
      return !!stretch && !known.has(keyOf(stretch));
    },
    reload,
  };
}
