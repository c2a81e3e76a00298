// How the work stands on a device that answers by itself: how much the server has not got yet.
import { hearShell, isShell, type Standing, standing } from '../api/shell';

let now = $state.raw<Standing>({});

export const device = {
  /** Whether these pages stand on a device of their own, and not in a browser. */
  get isOwn(): boolean {
    return isShell;
  },
  get pending(): number {
    return now.pending ?? 0;
  },
  get server(): string {
    return now.server ?? '';
  },
  /** Whether this device stays with its server. */
  get isFixed(): boolean {
    return now.isFixed ?? true;
  },
};

export async function readStanding(): Promise<void> {
  now = await standing();
}

/** Hears of every change until the returned function is called. */
export function hearDevice(changed: () => void): () => void {
  void readStanding();
  return hearShell((next) => {
    now = next;
    changed();
  });
}
