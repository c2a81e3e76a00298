import { expect, test } from 'vitest';
import type { Conflict } from '../../api/types';
import { deedOf, newTimeOf, sidesOf } from './choices';

const version = (id: string) => ({ id, says: id, device: 'phone', at: null });
const conflict = (versions: string[], choices: string[]) =>
  ({ versions: versions.map(version), resolutions: choices.map((id) => ({ id, does: id })) }) as unknown as Conflict;

test('what is done to a visit stands with the visit, the rest beside both', () => {
  const { sides, common } = sidesOf(conflict(['a', 'b'], ['keepBoth', 'move:a:2026-12-01T10:00[Europe/Moscow]', 'cancel:b']));
  expect(sides.map(({ choices }) => choices.map(({ id }) => id))).toEqual([['move:a:2026-12-01T10:00[Europe/Moscow]'], ['cancel:b']]);
  expect(common.map(({ id }) => id)).toEqual(['keepBoth']);
});

test('two words about one visit have their choices in common', () => {
  const { sides, common } = sidesOf(conflict(['a', 'a'], ['status:completed', 'status:cancelled']));
  expect(sides.every(({ choices }) => choices.length === 0)).toBe(true);
  expect(common).toHaveLength(2);
});

test('a new time is read by the wall', () => {
  const choice = { id: 'move:a:2026-12-01T10:30[Europe/Moscow]', does: '' };
  expect([deedOf(choice), newTimeOf(choice)?.toString()]).toEqual(['move', '2026-12-01T10:30:00']);
  expect(newTimeOf({ id: 'move:a:nonsense', does: '' })).toBeUndefined();
});
