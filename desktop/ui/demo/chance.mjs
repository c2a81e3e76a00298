// @ts-check
// Chance with a seed: the same salon every time, so that pictures of it can be compared.

/** @typedef {{ unit: () => number, below: (n: number) => number, between: (from: number, to: number) => number, is: (share: number) => boolean, one: <T>(list: readonly T[]) => T, weighted: <T>(list: readonly (readonly [number, T])[]) => T }} Chance */

/**
 * A stream of numbers that follows from its seed (mulberry32).
 * @param {number} seed
 * @returns {Chance}
 */
export function chance(seed) {
  let state = seed >>> 0;
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ n) => Math.floor(unit() * n);
  return {
    unit,
    below,
    between: (from, to) => from + below(to - from + 1),
    is: (share) => unit() < share,
    one: (list) => /** @type {any} */ (list[below(list.length)]),
    weighted: (list) => {
      let left = unit() * list.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of list) {
        left -= weight;
        if (left < 0) return value;
      }
      return /** @type {any} */ (list[list.length - 1])[1];
    },
  };
}
