// Something that a screen shows and that must be asked for: loading, there, or failed. It asks again when what it depends on
// changes, and when somebody else changed something (`news`).
import { problemOf, type Problem } from '../api/problem';
import { news } from './live.svelte';

export interface Resource<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  /** The first answer is not there yet. */
  readonly isLoading: boolean;
  reload(): Promise<void>;
  /** Shows what an edit answered without asking again. */
  put(value: T): void;
}

/** Must be called while a component starts. `ask` may read reactive state: then it is asked again when that changes. */
export function resource<T>(ask: (signal: AbortSignal) => Promise<T>): Resource<T> {
  let value = $state.raw<T | undefined>();
  let problem = $state.raw<Problem | undefined>();
  let isLoading = $state(true);
  let running: AbortController | undefined;

  async function run(): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const answer = await ask(mine.signal);
      if (mine.signal.aborted) return;
      value = answer;
      problem = undefined;
    } catch (error) {
      if (mine.signal.aborted) return;
      problem = problemOf(error);
    }
    isLoading = false;
  }

  $effect(() => {
    void news.head;
    void run();
    return () => running?.abort();
  });

  return {
    get value() {
      return value;
    },
    get problem() {
      return problem;
    },
    get isLoading() {
      return isLoading && !problem;
    },
    reload: run,
    put(next) {
      value = next;
      problem = undefined;
    },
  };
}
