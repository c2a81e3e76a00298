// How the work stands on a device that answers by itself: how much the server has not got yet, whether there is a way to it, and the
// lock of the window.
import { hearShell, hereNow, isShell, lock, type Standing, standing } from '../api/shell';

let now = $state.raw<Standing>({});
let isLockSet = $state(false);

export const device = {
  /** Whether these pages stand on a device of their own, and not in a browser. */
  get isOwn(): boolean {
    return isShell;
  },
  /** Edits, requests and pictures that the server has not got yet. */
  get pending(): number {
    return (now.pending ?? 0) + (now.pictures ?? 0);
  },
  get server(): string {
    return now.server ?? '';
  },
  /** Whether this device stays with its server. */
  get isFixed(): boolean {
    return now.isFixed ?? true;
  },
  get lastContact(): string | undefined {
    return now.lastContact ?? undefined;
  },
  /** The server was tried and did not answer. */
  get isAway(): boolean {
    return isShell && now.isReached === false;
  },
  get others(): { devices: number; upToDate: boolean } | undefined {
    return now.others ?? undefined;
  },
  /** How much is here so far, while the first sync runs. */
  get firstSync(): number | undefined {
    return now.firstSync ?? undefined;
  },
  get needsYou(): number {
    return now.needsYou ?? 0;
  },
  /** Whether the window can be locked. */
  get isLockSet(): boolean {
    return isLockSet;
  },
};

export async function readStanding(): Promise<void> {
  now = await standing();
}

export function tookLock(isSet: boolean): void {
  isLockSet = isSet;
}

/** Hears of every change until the returned function is called. */
export function hearDevice(changed: () => void): () => void {
  void readStanding();
  return hearShell((next) => {
    const isNews = next.news === undefined || next.news !== now.news;
    now = next;
    // How the sync goes is told more often than something changes.
    if (isNews) changed();
  });
}

const SEEN_EVERY_MS = 15_000;

/** Tells the shell that she is here, as long as she is, so that the window stays open; until the returned function is called. */
export function watchHer(): () => void {
  let told = 0;
  void lock().then(
    ({ isSet }) => tookLock(isSet),
    () => tookLock(false),
  );
  const seen = (event: Event) => {
    if (!isLockSet || event.timeStamp - told < SEEN_EVERY_MS) return;
    told = event.timeStamp;
    void hereNow();
  };
  const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
  for (const kind of kinds) window.addEventListener(kind, seen, { passive: true });
  return () => {
    for (const kind of kinds) window.removeEventListener(kind, seen);
  };
}
