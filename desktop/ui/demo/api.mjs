// @ts-check
// The public API as the demo uses it: plain requests with a key; whoever is told to wait waits.

/** A server that said no, in its own words. */
export class Refused extends Error {
  /** @param {string} what @param {number} status @param {string} body */
  constructor(what, status, body) {
    super(`${what}: ${status} ${body}`);
    this.status = status;
    this.body = body;
  }
}

export class Api {
  /** @param {string} server */
  constructor(server) {
    this.server = server;
    this.token = '';
    /** How often each path was posted to: the place of a post in the run is its key, so a run that was cut can be repeated. */
    this.posts = new Map();
  }

  /** @param {string} path */
  get(path) {
    return this.#send('GET', path, undefined, 'application/json');
  }

  /** @param {string} path @param {unknown} body */
  post(path, body = undefined) {
    const count = (this.posts.get(path) ?? 0) + 1;
    this.posts.set(path, count);
    const key = path.startsWith('/auth/') ? undefined : `demo ${path} ${count}`;
    return this.#send('POST', path, body === undefined ? undefined : JSON.stringify(body), 'application/json', key);
  }

  /** @param {string} path @param {unknown} body */
  put(path, body) {
    return this.#send('PUT', path, JSON.stringify(body), 'application/json');
  }

  /** @param {string} path @param {unknown} body */
  patch(path, body) {
    return this.#send('PATCH', path, JSON.stringify(body), 'application/json');
  }

  /** @param {string} path @param {Uint8Array | string} bytes @param {string} type */
  upload(path, bytes, type) {
    return this.#send('POST', path, bytes, type);
  }

  /**
   * Everything of a list, page by page.
   * @param {string} path
   * @returns {Promise<any[]>}
   */
  async all(path) {
    const found = [];
    let cursor = '';
    do {
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor}`);
      found.push(...page.data);
      cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : '';
    } while (cursor);
    return found;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {any} body
   * @param {string} type
   * @param {string} [key]
   * @returns {Promise<any>}
   */
  async #send(method, path, body, type, key) {
    for (;;) {
      /** @type {Record<string, string>} */
      const headers = { 'accept-language': 'ru' };
      if (body !== undefined) headers['content-type'] = type;
      if (key) headers['idempotency-key'] = encodeURIComponent(key);
      if (this.token) headers['authorization'] = `Bearer ${this.token}`;
      const answer = await fetch(`${this.server}/api/v1${path}`, { method, headers, body });
      const text = await answer.text();
      if (answer.status === 429 || answer.status === 503) {
        const seconds = Number(answer.headers.get('retry-after') ?? '1');
        await new Promise((done) => setTimeout(done, Math.max(1, seconds) * 1000));
        continue;
      }
      if (!answer.ok) throw new Refused(`${method} ${path}`, answer.status, text);
      return text ? JSON.parse(text) : null;
    }
  }
}
