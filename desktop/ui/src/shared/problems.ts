// What went wrong, in her words. The server says it in her language; what it could not say is in the catalogue.
import { type Problem, problemOf } from '../api/problem';
import { find, t } from './i18n.svelte';

export function sentence(problem: Problem): string {
  // The catalogue first: it follows a switch of the language, the message does not.
  return find(`error.${problem.code}`) ?? (problem.message || t('error.internal'));
}

export { problemOf };
