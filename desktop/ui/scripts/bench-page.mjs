// @ts-check
// What the figures of the pages have in common, in a browser and in the window of the desktop. `open` and `search` run in the page, so
// they know nothing but what they are given.

/**
 * Goes to an address without loading anew; how many milliseconds until what it went for is shown.
 * @param {[to: string, selector: string]} where
 * @returns {Promise<number>}
 */
export function open([to, selector]) {
  return new Promise((done) => {
    const start = performance.now();
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
    const look = () => (document.querySelector(selector) ? done(performance.now() - start) : requestAnimationFrame(look));
    look();
  });
}

/**
 * Types a text; how many milliseconds until who is found by it is shown.
 * @param {string} words
 * @returns {Promise<number>}
 */
export function search(words) {
  return new Promise((done, failed) => {
    const field = /** @type {HTMLInputElement} */ (document.querySelector('input[type=search]'));
    const ask = window.fetch;
    let isAnswered = false;
    // The list before may hold the same people, so the answer is waited for; the list is drawn in the frame after it.
    window.fetch = async (...asked) => {
      const answer = await ask(...asked);
      isAnswered ||= String(asked[0] instanceof Request ? asked[0].url : asked[0]).includes('search=');
      return answer;
    };
    field.value = words;
    const start = performance.now();
    field.dispatchEvent(new Event('input', { bubbles: true }));
    const look = () => {
      const names = [...document.querySelectorAll('[data-testid=clients] strong')].map((node) => node.textContent ?? '');
      const isThere = isAnswered && names.some((name) => name.toLowerCase().includes(words.toLowerCase()));
      const took = performance.now() - start;
      if (!isThere && took < 5_000) return requestAnimationFrame(look);
      window.fetch = ask;
      return isThere ? done(took) : failed(new Error(`nobody is found by ${words}`));
    };
    look();
  });
}

/**
 * @param {number[]} took milliseconds
 */
export function spread(took) {
  const sorted = took.toSorted((one, other) => one - other);
  const at = (/** @type {number} */ part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { runs: took.length, p50_ms: at(0.5), p95_ms: at(0.95) };
}
