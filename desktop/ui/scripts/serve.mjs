// @ts-check
// One server of a run, with a database of its own in a folder that goes afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './front.mjs';

const START_LIMIT_MS = 90_000;

/**
 * Starts a program on a free port, and waits until it is ready. `cut` ends it in order and leaves its data, and `restore` starts it again at the same address.
 * @param {string} binary
 * @param {Record<string, string>} settings further variables of its environment
 * @returns {Promise<{ url: string, cut: () => Promise<void>, restore: () => Promise<void>, stop: () => Promise<void> }>}
 */
export async function serve(binary, settings = {}) {
  const data = await mkdtemp(join(tmpdir(), 'veloria-ui-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let end = await start(binary, port, data, settings);
  return {
    url,
    cut: () => end(),
    restore: async () => {
      end = await start(binary, port, data, settings);
    },
    stop: async () => {
      await end();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/**
 * @param {string} binary
 * @param {number} port
 * @param {string} data
 * @param {Record<string, string>} settings
 * @returns {Promise<() => Promise<void>>} how to end it
 */
async function start(binary, port, data, settings) {
  const environment = { ...process.env, ...settings };
  delete environment['DATABASE_URL'];
  const server = spawn(binary, ['serve', '--port', String(port), '--data', data, '--stop-on-stdin-eof'], {
    env: environment,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  await untilReady(`http://127.0.0.1:${port}`, server);
  return async () => {
    server.stdin?.end();
    await ended;
  };
}

/**
 * Starts the emulators of outside services on a free port.
 * @param {string} binary
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function emulate(binary) {
  const port = await freePort();
  const house = spawn(binary, ['emulators', '--port', String(port), '--stop-on-stdin-eof'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => house.once('exit', resolve));
  const said = await Promise.race([once(house.stdout, 'data').then(([data]) => String(data)), ended]);
  const url = /^ready (\S+)/.exec(String(said))?.[1];
  if (!url) throw new Error('the emulators did not start');
  return {
    url,
    stop: async () => {
      house.stdin.end();
      await ended;
    },
  };
}

/**
 * @param {string} url
 * @param {import('node:child_process').ChildProcess} server
 */
async function untilReady(url, server) {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error('the server was not ready in time');
}
