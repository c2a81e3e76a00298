// What she is typing, kept beside the page: a server that is gone, a session that ended, a reload by mistake lose nothing.

const prefix = 'veloria.draft.';

export interface Draft<T> {
  value: T;
  /** The same for every attempt to save this draft, so that an answer that was lost does no harm. */
  readonly key: string;
  /** Something typed earlier was found. */
  readonly isRestored: boolean;
  /** Saved, or thrown away on purpose. */
  clear(): void;
}

/** Must be called while a component starts. */
export function draft<T extends object>(name: string, empty: () => T): Draft<T> {
  const place = prefix + name;
  const stored = read<T>(place);
  let value = $state<T>(stored ? { ...empty(), ...stored.value } : empty());
  let key = stored?.key ?? crypto.randomUUID();
  let isCleared = false;
  const untouched = JSON.stringify(empty());

  $effect(() => {
    const text = JSON.stringify(value);
    if (isCleared) return;
    if (text === untouched) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify({ key, value: JSON.parse(text) as T }));
  });

  return {
    get value() {
      return value;
    },
    set value(next: T) {
      value = next;
    },
    get key() {
      return key;
    },
    isRestored: stored !== undefined,
    clear() {
      isCleared = true;
      sessionStorage.removeItem(place);
      value = empty();
      key = crypto.randomUUID();
      // Written again only once she types again.
      queueMicrotask(() => (isCleared = false));
    },
  };
}

/** Signed out on purpose: the next person at this browser sees nothing of it. */
export function forgetDrafts(): void {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(prefix)) sessionStorage.removeItem(name);
  }
}

function read<T>(place: string): { key: string; value: T } | undefined {
  const text = sessionStorage.getItem(place);
  if (!text) return undefined;
  try {
    return JSON.parse(text) as { key: string; value: T };
  } catch {
    sessionStorage.removeItem(place);
    return undefined;
  }
}
