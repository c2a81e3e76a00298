// One server for the whole run, with a database of its own in a folder that goes afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    server: string;
  }
}

const START_LIMIT_MS = 90_000;

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  // While working on the pages one may name a server that is there already.
  const given = process.env['VELORIA_TEST_SERVER'];
  if (given) {
    project.provide('server', given);
    return async () => undefined;
  }
  const binary = process.env['VELORIA_SERVER_BIN'] ?? join(import.meta.dirname, '../../../target/debug/sync-server');
  const data = await mkdtemp(join(tmpdir(), 'veloria-ui-'));
  const port = await freePort();
  const environment: NodeJS.ProcessEnv = { ...process.env };
  delete environment['DATABASE_URL'];
  const server = spawn(binary, ['serve', '--port', String(port), '--data', data, '--stop-on-stdin-eof'], {
    env: environment,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, server);
  project.provide('server', url);
  return async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.stdin?.end();
    await ended;
    await rm(data, { recursive: true, force: true });
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error('the server was not ready in time');
}
