// How screens speak to `/api/v1`: typed by the server's own description, one plain `fetch` for browser and desktop alike.
//
// The only file that calls `fetch`. A body is a text or bytes and never a Blob, a File or a form: the desktop's web view
// cannot carry those (a test keeps it so). Who answers, the network or the device itself, is not known here.
import type { paths } from './schema';
import { Problem, offline, readProblem } from './problem';
import { heard, lang, signedOut } from './events';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P][M];

type JsonBody<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type PathParams<O> = O extends { parameters: { path: infer P } } ? P : never;
type Content<R> = R extends { content: { 'application/json': infer B } } ? B : undefined;
type Success<R> = R extends { 200: infer A }
  ? Content<A>
  : R extends { 201: infer A }
    ? Content<A>
    : R extends { 202: infer A }
      ? Content<A>
      : undefined;
export type Answer<P extends keyof paths, M extends Method> = Operation<P, M> extends { responses: infer R } ? Success<R> : never;

export interface Asked<P extends keyof paths, M extends Method> {
  path?: PathParams<Operation<P, M>>;
  query?: Query<Operation<P, M>>;
  json?: JsonBody<Operation<P, M>>;
  /** Raw bytes instead of JSON: pictures and files to import. */
  bytes?: Uint8Array<ArrayBuffer>;
  /** Sent again with the same key, a request has its effect once. */
  key?: string;
  /** Refused if somebody was faster. */
  ifMatch?: string | undefined;
  signal?: AbortSignal;
}

/** An answer together with the tag of the version that it shows. */
export interface Tagged<T> {
  value: T;
  etag: string | undefined;
}

async function send<P extends keyof paths, M extends Method>(method: M, path: P, asked: Asked<P, M> = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': lang() };
  let body: string | Uint8Array<ArrayBuffer> | undefined;
  if (asked.bytes !== undefined) {
    headers['Content-Type'] = 'application/octet-stream';
    body = asked.bytes;
  } else if (asked.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(asked.json);
  }
  if (asked.key) headers['Idempotency-Key'] = asked.key;
  if (asked.ifMatch) headers['If-Match'] = asked.ifMatch;

  let response: Response;
  try {
    response = await fetch(urlOf(path as string, asked.path, asked.query), {
      method: method.toUpperCase(),
      headers,
      body: body ?? null,
      credentials: 'same-origin',
      signal: asked.signal ?? null,
    });
  } catch (cause) {
    if (asked.signal?.aborted) throw cause;
    heard(false);
    throw offline();
  }
  // A gateway that answers for a server which is gone.
  heard(![502, 504].includes(response.status));
  if (response.ok) return response;
  const problem = await readProblem(response);
  // Not a wrong password or a missing code: those belong to the form that asked.
  if (problem.code === 'unauthorized' && !String(path).startsWith('/api/v1/auth/login')) signedOut();
  throw problem;
}

function urlOf(path: string, params: unknown, query: unknown): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown> | undefined)?.[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

async function answer<P extends keyof paths, M extends Method>(method: M, path: P, asked?: Asked<P, M>): Promise<Answer<P, M>> {
  const response = await send(method, path, asked);
  if (response.status === 204 || response.headers.get('Content-Length') === '0') {
    return undefined as Answer<P, M>;
  }
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as Answer<P, M>;
}

export const api = {
  get: <P extends PathOf<'get'>>(path: P, asked?: Asked<P, 'get'>) => answer('get', path, asked),
  post: <P extends PathOf<'post'>>(path: P, asked?: Asked<P, 'post'>) => answer('post', path, asked),
  put: <P extends PathOf<'put'>>(path: P, asked?: Asked<P, 'put'>) => answer('put', path, asked),
  patch: <P extends PathOf<'patch'>>(path: P, asked?: Asked<P, 'patch'>) => answer('patch', path, asked),
  delete: <P extends PathOf<'delete'>>(path: P, asked?: Asked<P, 'delete'>) => answer('delete', path, asked),

  /** One thing with the tag of its version, for an edit that must not overwrite somebody else's. */
  async tagged<P extends PathOf<'get'>>(path: P, asked?: Asked<P, 'get'>): Promise<Tagged<Answer<P, 'get'>>> {
    const response = await send('get', path, asked);
    const etag = response.headers.get('ETag') ?? undefined;
    return { value: (await response.json()) as Answer<P, 'get'>, etag };
  },

  /** A whole file, as bytes. */
  async file<P extends PathOf<'get'>>(path: P, asked?: Asked<P, 'get'>): Promise<ArrayBuffer> {
    return (await send('get', path, asked)).arrayBuffer();
  },
};

/** Every entry of a list, page after page, up to `most`. */
export async function everyPage<T>(
  page: (cursor: string | undefined) => Promise<{ data: T[]; nextCursor?: string | null }>,
  most = 5_000,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    all.push(...next.data);
    cursor = next.nextCursor ?? undefined;
  } while (cursor && all.length < most);
  return all;
}

export { Problem };
