// A list that comes page after page: the first by itself, the others by a press.
import { problemOf, sentence } from './problems';
import { resource, type Resource } from './resource.svelte';
import { say } from './toasts.svelte';

export interface OnePage<T> {
  data: T[];
  nextCursor?: string | null;
}

export interface Pages<T> {
  readonly list: Resource<OnePage<T>>;
  readonly isBusy: boolean;
  /** The next page, below those that stand there. */
  more(): Promise<void>;
}

/** Must be called while a component starts. `ask` may read reactive state: then the first page is asked for again when that changes. */
export function pages<T>(ask: (cursor?: string, signal?: AbortSignal) => Promise<OnePage<T>>): Pages<T> {
  const list = resource((signal) => ask(undefined, signal));
  let isBusy = $state(false);
  return {
    list,
    get isBusy() {
      return isBusy;
    },
    async more() {
      const standing = list.value;
      if (!standing?.nextCursor || isBusy) return;
      isBusy = true;
      try {
        const next = await ask(standing.nextCursor);
        // Something else was asked for meanwhile: this page belongs to a list that is gone.
        if (list.value === standing) list.put({ data: [...standing.data, ...next.data], nextCursor: next.nextCursor ?? null });
      } catch (error) {
        say(sentence(problemOf(error)), { tone: 'bad' });
      } finally {
        isBusy = false;
      }
    },
  };
}
