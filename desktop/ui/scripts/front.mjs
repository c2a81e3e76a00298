// @ts-check
// The freshly built pages in front of a server that was compiled with older ones: `npm run build`, then the tests with
// `VELORIA_UI_DIST=dist`, and no Rust is compiled. Everything but files goes to the server as it is, the live word too; the
// policy of the pages is the server's own.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect, createServer as listen } from 'node:net';
import { extname, join } from 'node:path';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const OTHERS = /^\/(api|docs|files|i|readyz|healthz|metrics)(\/|$|\?)/;

/**
 * Listens at a port, and answers how to stop.
 * @param {string} dist
 * @param {number} port
 * @param {string} server
 * @returns {Promise<() => Promise<void>>}
 */
export async function front(dist, port, server) {
  const behind = new URL(server);
  const policy = (await fetch(server, { headers: { Accept: 'text/html' } })).headers.get('content-security-policy') ?? '';

  /** @param {import('node:http').IncomingMessage} asked */
  function fileOf({ url = '/', method }) {
    if (OTHERS.test(url) || (method !== 'GET' && method !== 'HEAD')) return undefined;
    const path = join(dist, decodeURIComponent(url.split('?')[0] ?? '/'));
    if (path.startsWith(dist) && existsSync(path) && statSync(path).isFile()) return path;
    return extname(path) ? undefined : join(dist, 'index.html');
  }

  const listening = createServer((asked, answer) => {
    const path = fileOf(asked);
    if (path) {
      const packed = /\bbr\b/.test(String(asked.headers['accept-encoding'])) && existsSync(`${path}.br`);
      answer.writeHead(200, {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        'Content-Security-Policy': policy,
        'Cache-Control': path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        'X-Content-Type-Options': 'nosniff',
        ...(packed && { 'Content-Encoding': 'br' }),
      });
      answer.end(readFileSync(packed ? `${path}.br` : path));
      return;
    }
    const { method, headers, url } = asked;
    const passed = request({ host: behind.hostname, port: behind.port, path: url, method, headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  listening.on('upgrade', (asked, socket, head) => {
    const passed = connect(Number(behind.port), behind.hostname, () => {
      const lines = asked.rawHeaders.flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${asked.rawHeaders[index + 1]}`] : []));
      passed.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      passed.write(head);
      passed.pipe(socket).pipe(passed);
    });
    passed.on('error', () => socket.destroy());
    socket.on('error', () => passed.destroy());
  });
  await new Promise((resolve) => listening.listen(port, '127.0.0.1', () => resolve(undefined)));
  return () =>
    new Promise((resolve) => {
      listening.closeAllConnections();
      listening.close(() => resolve(undefined));
    });
}

/** A port that nobody has. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = listen();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
