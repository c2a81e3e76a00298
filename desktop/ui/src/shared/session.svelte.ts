// Who is signed in here, what the plan has, and whether the server answers. Every screen may read it.
import { api } from '../api/client';
import { listen } from '../api/events';
import { problemOf } from '../api/problem';
import type { BillingPlan, Feature, Me } from '../api/types';
import { i18n, speakFor } from './i18n.svelte';

type State = 'unknown' | 'out' | 'in' | 'ended' | 'unreachable';

let state = $state<State>('unknown');
let me = $state.raw<Me | undefined>();
let plan = $state.raw<BillingPlan | undefined>();
let isOnline = $state(true);

export const session = {
  /** `ended`: she was signed in and is not any more; the screen stays, so that nothing typed is lost. */
  get state(): State {
    return state;
  },
  /** Only read where somebody is signed in. */
  get me(): Me {
    if (!me) throw new Error('nobody is signed in');
    return me;
  },
  get maybe(): Me | undefined {
    return me;
  },
  get plan(): BillingPlan | undefined {
    return plan;
  },
  get zone(): string {
    return me?.tenant.timezone ?? 'Europe/Moscow';
  },
  get currency(): string {
    return me?.tenant.currency ?? 'RUB';
  },
  get isOnline(): boolean {
    return isOnline;
  },
  has(feature: Feature): boolean {
    return plan?.features.find((shown) => shown.id === feature)?.included ?? false;
  },
};

const RETRY_MS = 4_000;
/** That somebody signed in with this browser; no secret, only so that the door need not ask the server who a stranger is. */
const SEEN = 'veloria.seen';
const remember = (isIn: boolean) => (isIn ? localStorage.setItem(SEEN, 'yes') : localStorage.removeItem(SEEN));

/** At the door of a browser in which nobody was ever signed in there is nobody to ask about. */
export function enterAsGuest(): boolean {
  if (localStorage.getItem(SEEN) !== null) return false;
  state = 'out';
  return true;
}

export function startSession(): void {
  listen({
    heard(isHere) {
      if (isOnline && !isHere) window.setTimeout(() => void askAgain(), RETRY_MS);
      isOnline = isHere;
    },
    signedOut() {
      state = state === 'in' || state === 'ended' ? 'ended' : 'out';
    },
    lang: () => i18n.lang,
  });
  window.addEventListener('offline', () => (isOnline = false));
  window.addEventListener('online', () => void askAgain());
}

async function askAgain(): Promise<void> {
  try {
    await api.get('/api/v1/auth/me');
  } catch (error) {
    if (problemOf(error).code === 'offline') window.setTimeout(() => void askAgain(), RETRY_MS);
  }
}

/** Finds out whether this browser is signed in. */
export async function enter(): Promise<void> {
  try {
    [me, plan] = await Promise.all([api.get('/api/v1/auth/me'), api.get('/api/v1/billing/plan')]);
    await speakFor(me.user.locale);
    state = 'in';
    remember(true);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'unauthorized') {
      state = state === 'ended' ? 'ended' : 'out';
      remember(false);
    } else if (state !== 'in') state = 'unreachable';
  }
}

export async function readPlan(): Promise<void> {
  plan = await api.get('/api/v1/billing/plan');
}

export function tookPlan(next: BillingPlan): void {
  plan = next;
}

export async function leave(): Promise<void> {
  await api.post('/api/v1/auth/logout');
  remember(false);
  me = undefined;
  plan = undefined;
  state = 'out';
}
