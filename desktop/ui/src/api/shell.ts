// The window of the desktop around these pages: whether there is one, and the little that only it knows. Its answers carry no key.
//
// Beside `client.ts` the only file that calls `fetch`: the shell's own addresses are no part of the API.

/** How the work on this device stands. */
export interface Standing {
  /** What the server has not got yet. */
  pending?: number;
  /** Where this device signs in. */
  server?: string | null;
  /** Whether it stays with that server. */
  isFixed?: boolean;
}

interface Internals {
  transformCallback: (heard: (event: { payload: Standing }) => void) => number;
  invoke: (command: string, args: object) => Promise<unknown>;
}

const internals = (): Internals | undefined =>
  typeof window === 'undefined' ? undefined : (window as unknown as { __TAURI_INTERNALS__?: Internals }).__TAURI_INTERNALS__;

/** Whether the device itself answers these pages. */
export const isShell = internals() !== undefined;

/** How things stand now. */
export async function standing(): Promise<Standing> {
  const answer = await fetch('/shell/standing');
  return answer.ok ? ((await answer.json()) as Standing) : {};
}

/** Says where to sign in; whether that is an address of a server. */
export async function nameServer(server: string): Promise<boolean> {
  const answer = await fetch('/shell/server', { method: 'PUT', body: JSON.stringify({ server }) });
  return answer.ok;
}

/** Hears of every change on this device, whoever made it, until the returned function is called. */
export function hearShell(heard: (standing: Standing) => void): () => void {
  let isOver = false;
  const shell = internals();
  const handler = shell?.transformCallback(({ payload }) => {
    if (!isOver) heard(payload);
  });
  const listening = shell?.invoke('plugin:event|listen', { event: 'changed', target: { kind: 'Any' }, handler });
  return () => {
    isOver = true;
    void listening?.then((eventId) => shell?.invoke('plugin:event|unlisten', { event: 'changed', eventId }));
  };
}
