// One server for the whole run, and freshly built pages before it if asked for.
import { join, resolve as resolvePath } from 'node:path';
import type { TestProject } from 'vitest/node';
import { front, freePort } from '../scripts/front.mjs';
import { serve } from '../scripts/serve.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    server: string;
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  // While working on the pages one may name a server that is there already.
  const given = process.env['VELORIA_TEST_SERVER'];
  if (given) {
    project.provide('server', given);
    return async () => undefined;
  }
  const binary = process.env['VELORIA_SERVER_BIN'] ?? join(import.meta.dirname, '../../../target/debug/sync-server');
  const { url, stop } = await serve(binary);
  const dist = process.env['VELORIA_UI_DIST'];
  const port = dist ? await freePort() : undefined;
  const stopPages = dist && port ? await front(resolvePath(dist), port, url) : async () => undefined;
  project.provide('server', port ? `http://127.0.0.1:${port}` : url);
  return async () => {
    await stopPages();
    await stop();
  };
}
