// The sentence of a conflict in two pieces: what it is, and what it is about. Pure.

/** The sentence before the colon: what stands behind it is told by the sides. */
export function headOf(title: string): string {
  const colon = title.indexOf(': ');
  return colon > 0 ? title.slice(0, colon) : title;
}

/** What stands behind the colon. */
export function restOf(title: string): string {
  const colon = title.indexOf(': ');
  return colon > 0 ? title.slice(colon + 2) : '';
}
