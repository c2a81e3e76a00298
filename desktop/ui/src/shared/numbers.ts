// What people type where an amount or a count belongs: «2 500,50», «1500.5». Pure.

/** An amount of money, `undefined` if nothing is typed, `NaN` if it is no number. */
export function amountOf(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0₽$€]/g, '').replace(',', '.');
  if (plain === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

/** How a number is shown in a field that can be typed in. */
export function typed(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** «Аня Петрова» as «АП»; the first letters whatever the alphabet. */
export function initials(name: string): string {
  const letters = name
    .trim()
    .split(/\s+/)
    .map((word) => [...word].find((char) => /[\p{L}\p{N}]/u.test(char)) ?? '');
  return letters.filter(Boolean).slice(0, 2).join('').toUpperCase() || '·';
}
