// Hours as people type them. Pure.

/** `09:30` for «9:30», «9.30», «930», «9»; `undefined` if there is no such time. */
export function timeTyped(text: string): string | undefined {
  const found = /^(\d{1,2})(?:[:.\s-]?(\d{2}))?$/.exec(text.trim());
  if (!found) return undefined;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  if (minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return undefined;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
