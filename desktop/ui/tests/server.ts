// One server for the whole run with a house of emulators beside it, and freshly built pages before it if asked for.
import { join, resolve as resolvePath } from 'node:path';
import type { TestProject } from 'vitest/node';
import { front, freePort } from '../scripts/front.mjs';
import { emulate, serve } from '../scripts/serve.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    server: string;
    /** Where outside services are played; empty beside a server that somebody named. */
    emulators: string;
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  // While working on the pages one may name a server that is there already.
  const given = process.env['VELORIA_TEST_SERVER'];
  if (given) {
    project.provide('server', given);
    project.provide('emulators', '');
    return async () => undefined;
  }
  const binary = process.env['VELORIA_SERVER_BIN'] ?? join(import.meta.dirname, '../../../target/debug/sync-server');
  const house = await emulate(binary);
  const { url, stop } = await serve(binary, { YOOKASSA_URL: `${house.url}/yookassa/v3`, YOOKASSA_SOURCES: '127.0.0.0/8,::1/128' });
  project.provide('emulators', house.url);
  const dist = process.env['VELORIA_UI_DIST'];
  const port = dist ? await freePort() : undefined;
  const stopPages = dist && port ? await front(resolvePath(dist), port, url) : async () => undefined;
  project.provide('server', port ? `http://127.0.0.1:${port}` : url);
  return async () => {
    await stopPages();
    await stop();
    await house.stop();
  };
}
