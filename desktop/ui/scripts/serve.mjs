// @ts-check
// One server of a run, with a database of its own in a folder that goes afterwards.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './front.mjs';

const START_LIMIT_MS = 90_000;

/**
 * Starts a program on a free port, and waits until it is ready.
 * @param {string} binary
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function serve(binary) {
  const data = await mkdtemp(join(tmpdir(), 'veloria-ui-'));
  const port = await freePort();
  const environment = { ...process.env };
  delete environment['DATABASE_URL'];
  const server = spawn(binary, ['serve', '--port', String(port), '--data', data, '--stop-on-stdin-eof'], {
    env: environment,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, server);
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.stdin?.end();
      await ended;
      await rm(data, { recursive: true, force: true });
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
