// Errors as the server tells them: a closed set of codes to branch on, texts for people, and what is wrong with which field.
import type { components } from './schema';

export type ErrorCode = components['schemas']['ErrorCode'];

export class Problem extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly status: number,
    readonly fields: Record<string, string> = {},
    readonly details: Record<string, unknown> = {},
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'Problem';
  }

  /** Nothing wrong with what was asked: the same may work in a moment. */
  get isPassing(): boolean {
    return ['offline', 'unavailable', 'internal', 'too_many_requests', 'request_running'].includes(this.code);
  }
}

/** No answer at all. Its text comes from the catalogue, because nobody else can say it. */
export function offline(): Problem {
  return new Problem('offline', '', 0);
}

export async function readProblem(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get('Retry-After'));
  const after = Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  try {
    const { error } = (await response.json()) as components['schemas']['ProblemBody'];
    const fields = Object.fromEntries(Object.entries(error.fields).map(([name, field]) => [name, field.message]));
    const details = (error.details ?? {}) as Record<string, unknown>;
    return new Problem(error.code, error.message, response.status, fields, details, after);
  } catch {
    // Not one of our answers: something between us and the server speaks.
    const code = response.status >= 500 ? 'unavailable' : 'internal';
    return new Problem(code, '', response.status, {}, {}, after);
  }
}

/** What went wrong, as a problem, whatever was thrown. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('internal', '', 0);
}
