// The window of the desktop around these pages: whether there is one, and the little that only it knows. Its answers carry no key.
//
// Beside `client.ts` the only file that calls `fetch`: what only a device knows (`/api/device`) and the shell's own addresses
// (`/shell`) are no part of the API.
import { readProblem } from './problem';

/** How the work on this device stands. */
export interface Standing {
  /** What the server has not got yet. */
  pending?: number;
  /** Pictures that were taken here and wait. */
  pictures?: number;
  /** Where this device signs in. */
  server?: string | null;
  /** Whether it stays with that server. */
  isFixed?: boolean;
  /** When the server last answered. */
  lastContact?: string | null;
  /** Whether it answered when it was last tried; unknown before that. */
  isReached?: boolean | null;
  /** Her other devices, and whether each has everything that the server had. */
  others?: { devices: number; upToDate: boolean } | null;
  /** How much is here so far, while this device has not had everything once. */
  firstSync?: number | null;
  suspended?: boolean;
  /** How much was put aside and needs her. */
  needsYou?: number;
  /** Grows with every change of what is shown. */
  news?: number;
}

/** Something that the server is asked to do. */
export interface Asked {
  id: string;
  action: string;
  target: string;
  state: 'pending' | 'sent' | 'refused' | 'expired';
  createdAt: string | null;
  deadline?: string;
  overdue?: boolean;
  code?: string;
  about?: string;
  amount?: number;
}

/** What the server has not got yet, and what it would not do. */
export interface Waiting {
  edits: Partial<Record<'clients' | 'appointments' | 'notes', number>>;
  pictures: number;
  intents: Asked[];
}

/** A picture that the server has not got, or will not have. */
export interface UnsentPicture {
  id: string;
  state: 'waiting' | 'refused';
}

/** The lock of the window. */
export interface Lock {
  isSet: boolean;
  idleMinutes: number;
  wait: number;
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
  const answer = await fetch('/api/device/standing');
  return answer.ok ? ((await answer.json()) as Standing) : {};
}

/** What the server has not got yet. */
export async function waiting(signal: AbortSignal): Promise<Waiting> {
  const answer = await fetch('/api/device/waiting', { signal });
  if (!answer.ok) throw await readProblem(answer);
  return (await answer.json()) as Waiting;
}

/** Pictures that the server has not got. */
export async function unsentPictures(signal: AbortSignal): Promise<UnsentPicture[]> {
  const answer = await fetch('/api/device/pictures', { signal });
  if (!answer.ok) throw await readProblem(answer);
  return (await answer.json()) as UnsentPicture[];
}

/** Takes back what was not sent. */
export async function takeBack(id: string): Promise<void> {
  const answer = await fetch(`/api/device/intents/${id}`, { method: 'DELETE' });
  if (!answer.ok) throw await readProblem(answer);
}

/** Asks for the next sync now. */
export async function syncNow(): Promise<void> {
  await fetch('/shell/sync', { method: 'POST' });
}

/** The lock of the window. */
export async function lock(): Promise<Lock> {
  const answer = await fetch('/shell/pin');
  if (!answer.ok) throw await readProblem(answer);
  return (await answer.json()) as Lock;
}

/** What came of setting, changing or removing the PIN. */
export type PinAnswer = 'done' | 'wrong' | 'wait' | 'closed' | 'unfit';
const PIN_ANSWERS: Record<number, PinAnswer> = { 204: 'done', 403: 'wrong', 429: 'wait', 409: 'closed', 422: 'unfit' };

/** Sets or changes the PIN; without a new one it is removed. */
export async function putPin(asked: { current?: string; pin?: string; idleMinutes?: number }): Promise<PinAnswer> {
  const answer = await fetch('/shell/pin', { method: 'PUT', body: JSON.stringify(asked) });
  const said = PIN_ANSWERS[answer.status];
  if (!said) throw await readProblem(answer);
  return said;
}

/** After how many minutes without her the window locks itself. */
export async function putIdle(minutes: number): Promise<void> {
  const answer = await fetch('/shell/pin/idle', { method: 'PUT', body: JSON.stringify({ minutes }) });
  if (!answer.ok) throw await readProblem(answer);
}

/** Locks the window; the page that asks for the PIN comes instead of this one. */
export async function lockNow(): Promise<void> {
  const answer = await fetch('/shell/pin/lock', { method: 'POST' });
  if (answer.ok) location.reload();
}

/** She is at the window. */
export async function hereNow(): Promise<void> {
  await fetch('/shell/pin/seen', { method: 'POST' });
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
