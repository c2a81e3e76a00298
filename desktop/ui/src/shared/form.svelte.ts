// Saving what was typed: one attempt at a time, what is wrong beside its field, and everything else in one sentence above.
import { type Problem, problemOf } from '../api/problem';
import { sentence } from './problems';

export interface Saving {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** One sentence over the form, unless the fields say everything. */
  readonly message: string | undefined;
  field(name: string): string | undefined;
  run(work: () => Promise<void>): Promise<boolean>;
  reset(): void;
  /** Something the form found itself, before asking anybody. */
  complain(name: string, text: string): void;
}

export function saving(): Saving {
  let isBusy = $state(false);
  let problem = $state.raw<Problem | undefined>();
  let own = $state.raw<Record<string, string>>({});
  return {
    get isBusy() {
      return isBusy;
    },
    get problem() {
      return problem;
    },
    get message() {
      return problem ? sentence(problem) : undefined;
    },
    field(name) {
      return own[name] ?? problem?.fields[name];
    },
    async run(work) {
      if (isBusy || Object.keys(own).length > 0) return false;
      isBusy = true;
      try {
        await work();
        problem = undefined;
        return true;
      } catch (error) {
        problem = problemOf(error);
        return false;
      } finally {
        isBusy = false;
      }
    },
    reset() {
      problem = undefined;
      own = {};
    },
    complain(name, text) {
      own = { ...own, [name]: text };
    },
  };
}
