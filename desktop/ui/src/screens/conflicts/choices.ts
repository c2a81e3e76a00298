// A conflict in pieces that a page can put in their places: what the sentence says, and what is done to which side. Pure.
import { Temporal } from 'temporal-polyfill';
import type { Conflict } from '../../api/types';

export type Choice = Conflict['resolutions'][number];

export interface Side {
  version: Conflict['versions'][number];
  /** What is done to this side. */
  choices: readonly Choice[];
}

/** Each side with what is done to it, and the choices that concern all. */
export function sidesOf(conflict: Conflict): { sides: Side[]; common: Choice[] } {
  const isOf = (choice: Choice, id: string) => choice.id.split(':')[1] === id;
  const ids = conflict.versions.map(({ id }) => id);
  // Two words about one thing are no two things to act on.
  const isSplit = new Set(ids).size === ids.length && ids.length > 1;
  const mine = (id: string) => (isSplit ? conflict.resolutions.filter((choice) => isOf(choice, id)) : []);
  const sides = conflict.versions.map((version) => ({ version, choices: mine(version.id) }));
  const taken = new Set(sides.flatMap(({ choices }) => choices));
  return { sides, common: conflict.resolutions.filter((choice) => !taken.has(choice)) };
}

/** What is done: `move`, `cancel`, `cancelAndTell`, `merge`, ... */
export function deedOf(choice: Choice): string {
  return choice.id.split(':')[0] ?? '';
}

/** Where a visit would be moved, by the wall: the third piece of `move:VISIT:2026-12-01T10:30[Europe/Moscow]`. */
export function newTimeOf(choice: Choice): Temporal.PlainDateTime | undefined {
  const text = choice.id.split(':').slice(2).join(':');
  const [wall = ''] = text.split('[');
  try {
    return Temporal.PlainDateTime.from(wall);
  } catch {
    return undefined;
  }
}
