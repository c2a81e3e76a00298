// Work for when the page stands and the browser has nothing better to do.

const AT_LATEST_MS = 4_000;
/** For browsers that do not tell when they rest. */
const WITHOUT_WORD_MS = 1_500;

/** Does it once; the returned function takes it back. */
export function afterwards(work: () => void): () => void {
  if (typeof window.requestIdleCallback === 'function') {
    const handle = window.requestIdleCallback(work, { timeout: AT_LATEST_MS });
    return () => window.cancelIdleCallback(handle);
  }
  const timer = window.setTimeout(work, WITHOUT_WORD_MS);
  return () => window.clearTimeout(timer);
}
