// The live word: the server says that something changed, and what is shown is asked for again. If the word is lost, looking
// at the page again is enough.

import { hearDevice, device } from './shell.svelte';

let head = $state(0);

export const news = {
  /** Grows with every change that anybody made. */
  get head(): number {
    return head;
  },
};

const LONGEST_WAIT_MS = 30_000;
/** Longer than this between the page and the first word, and something may have changed in between. */
const SLOW_START_MS = 1_500;

/** Listens until the returned function is called. */
export function hearNews(): () => void {
  // A device tells its own window; the server it hears itself.
  if (device.isOwn) return hearDevice(() => (head += 1));
  let socket: WebSocket | undefined;
  let wait = 1_000;
  let timer: number | undefined;
  let isOver = false;
  let known: number | undefined;
  const began = performance.now();

  function connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    socket = new WebSocket(`${scheme}://${location.host}/api/v1/sync/live`);
    socket.onmessage = (event) => {
      wait = 1_000;
      const said = JSON.parse(String(event.data)) as { head?: number };
      if (typeof said.head !== 'number') return;
      // The first word after (re)connecting only tells where things stand.
      const wasSlow = known === undefined && performance.now() - began > SLOW_START_MS;
      if (wasSlow || (known !== undefined && said.head > known)) head += 1;
      known = said.head;
      document.documentElement.dataset['live'] = 'yes';
    };
    socket.onclose = () => {
      delete document.documentElement.dataset['live'];
      if (isOver) return;
      timer = window.setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  }

  function looked(): void {
    if (document.visibilityState === 'visible' && socket?.readyState !== WebSocket.OPEN) head += 1;
  }

  connect();
  document.addEventListener('visibilitychange', looked);
  return () => {
    isOver = true;
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', looked);
    socket?.close();
  };
}
