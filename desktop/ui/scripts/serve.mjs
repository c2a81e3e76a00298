// @ts-check
// One server of a run, with a database of its own in a folder that goes afterwards.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './front.mjs';

const START_LIMIT_MS = 90_000;

/**
 * Starts a program on a free port, and waits until it is ready. `cut` ends it in order and leaves its data, and `restore` starts it again at the same address.
 * @param {string} binary
 * @returns {Promise<{ url: string, cut: () => Promise<void>, restore: () => Promise<void>, stop: () => Promise<void> }>}
 */
export async function serve(binary) {
  const data = await mkdtemp(join(tmpdir(), 'veloria-ui-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let end = await start(binary, port, data);
  return {
    url,
    cut: () => end(),
    restore: async () => {
      end = await start(binary, port, data);
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
 * @returns {Promise<() => Promise<void>>} how to end it
 */
async function start(binary, port, data) {
  const environment = { ...process.env };
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
