// The desktop's window as a person has it: the real program on a screen of its own, driven through WebDriver.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../scripts/front.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const OUTPUT = join(import.meta.dirname, '../test-output');
const LIMIT_MS = 30_000;
/** A fifth of a second apart. */
const REMOVALS = 25;
/** The last of what is shown with such a text: a sheet lies over the page. */
const SEEK = `const [selector, text] = arguments;
  return [...document.querySelectorAll(selector)].findLast((node) =>
    node.innerText.includes(text) && node.getClientRects().length > 0) ?? null;`;

export function program(): string {
  return resolve(process.env['VELORIA_DESKTOP_BIN'] ?? join(import.meta.dirname, '../../../target/debug/veloria-desktop'));
}

/** A computer of hers: a screen, and folders that outlive the program. */
export class Computer {
  readonly folder = mkdtempSync(join(tmpdir(), 'veloria-window-'));
  readonly home = join(this.folder, 'device/home');
  private constructor(
    private readonly screen: ChildProcess,
    readonly display: string,
  ) {
    mkdirSync(join(this.folder, 'run'), { mode: 0o700 });
  }

  static async start(): Promise<Computer> {
    // It says which number was free.
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const display = await new Promise<string>((told, failed) => {
      screen.once('error', failed);
      screen.once('exit', (code) => failed(new Error(`Xvfb ended with ${code}`)));
      screen.stdio[3]?.once('data', (number: Buffer) => told(`:${String(number).trim()}`));
    });
    return new Computer(screen, display);
  }

  environment(server: string): NodeJS.ProcessEnv {
    const { PATH = '' } = process.env;
    return {
      PATH,
      HOME: this.folder,
      XDG_RUNTIME_DIR: join(this.folder, 'run'),
      DISPLAY: this.display,
      LANG: 'C.UTF-8',
      LC_ALL: 'ru_RU.UTF-8',
      TZ: 'Europe/Moscow',
      LIBGL_ALWAYS_SOFTWARE: '1',
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      TAURI_AUTOMATION: 'true',
      TAURI_WEBVIEW_AUTOMATION: 'true',
      VELORIA_HOME: this.home,
      VELORIA_SERVER: server,
    };
  }

  stop(): void {
    this.screen.kill();
    // The session may have mounted something of its own below `run`, which goes when its last program has ended.
    for (let tries = 0; ; tries += 1) {
      try {
        rmSync(this.folder, { recursive: true, force: true });
        return;
      } catch (error) {
        if (tries === REMOVALS) return console.warn(`${this.folder} stays: ${String(error)}`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      }
    }
  }
}

/** One run of the program. */
export class Window {
  private constructor(
    private readonly driver: ChildProcess,
    private readonly session: string,
    private readonly computer: Computer,
    private readonly server: string,
  ) {}

  static async open(computer: Computer, server: string): Promise<Window> {
    const port = await freePort();
    // Where its bus is, so that a second copy can be started beside it.
    const told = join(computer.folder, 'bus');
    const script = 'printf %s "$DBUS_SESSION_BUS_ADDRESS" > "$1"; exec WebKitWebDriver "--port=$2"';
    const driver = spawn('dbus-run-session', ['--', 'sh', '-c', script, 'sh', told, String(port)], {
      env: computer.environment(server),
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/status`).catch(() => undefined))?.ok, 'the driver of the window');
    const options = { binary: program(), args: [] };
    const { sessionId } = await call<{ sessionId: string }>('POST', `${url}/session`, {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    });
    return new Window(driver, `${url}/session/${sessionId}`, computer, server);
  }

  /** Starts the program once more while this one runs; with what it ended. */
  async second(): Promise<number | null> {
    const bus = readFileSync(join(this.computer.folder, 'bus'), 'utf8');
    const env: NodeJS.ProcessEnv = { ...this.computer.environment(this.server), DBUS_SESSION_BUS_ADDRESS: bus };
    delete env['TAURI_AUTOMATION'];
    delete env['TAURI_WEBVIEW_AUTOMATION'];
    const copy = spawn(program(), [], { env, stdio: 'ignore' });
    const ended = new Promise<number | null>((end) => copy.once('exit', (code) => end(code)));
    const late = new Promise<null>((end) => setTimeout(() => end(null), LIMIT_MS).unref());
    const code = await Promise.race([ended, late]);
    if (code === null) copy.kill('SIGKILL');
    return code;
  }

  /** Asks the device as a script of its pages would: the status, and the answer if it is JSON. */
  async fetch<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    return this.run(
      `const [method, path, body] = arguments;
       const headers = { 'Content-Type': 'application/json' };
       return fetch(path, { method, headers, body: body ?? null }).then(async (answer) => {
         const text = await answer.text();
         let said;
         try { said = JSON.parse(text); } catch { said = text; }
         return { status: answer.status, body: said };
       });`,
      method,
      path,
      body === undefined ? null : JSON.stringify(body),
    );
  }

  /** Ends the program as a power failure would. */
  kill(): void {
    for (const id of this.programs()) process.kill(id, 'SIGKILL');
    this.close();
  }

  close(): void {
    try {
      // The driver and everything it has started.
      if (this.driver.pid) process.kill(-this.driver.pid, 'SIGKILL');
    } catch {
      // They have ended by themselves.
    }
  }

  private programs(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((id) => {
        try {
          const isHers = readFileSync(`/proc/${id}/environ`, 'utf8').includes(`VELORIA_HOME=${this.computer.home}\0`);
          return isHers && readlinkSync(`/proc/${id}/exe`) === program();
        } catch {
          return false;
        }
      });
  }

  private ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return call<T>(method, this.session + path, body);
  }

  async run<T>(script: string, ...args: unknown[]): Promise<T> {
    return this.ask('POST', '/execute/sync', { script, args });
  }

  private async find(selector: string, text = '', seek = SEEK, limit = LIMIT_MS): Promise<string> {
    let found: string | undefined;
    let trouble = '';
    await until(
      async () => {
        const element = await this.run<Record<string, string> | null>(seek, selector, text).catch((error: unknown) => {
          // While the page is being changed for another there is nothing to find.
          trouble = String(error);
          return null;
        });
        found = element?.[ELEMENT];
        return found !== undefined;
      },
      `${selector} ${text}`,
      limit,
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)} ${trouble}; on the screen: ${await this.words()}`);
    });
    return found ?? '';
  }

  /** The first start on a computer without a keychain: she chooses a passphrase, and to keep it; then she signs in. */
  async signIn({ email, password }: { email: string; password: string }, passphrase: string): Promise<void> {
    await this.type('Пароль', passphrase);
    await this.press('#keep');
    await this.press('#ask button');
    // The web view speaks the language of the system, and this one may have only English.
    // A press lands where the button was: of a page that is still being laid out it may have moved from there.
    const speak = async (): Promise<boolean> => {
      await this.press('button[lang="ru"]');
      return this.run<boolean>(`return document.documentElement.lang === 'ru';`);
    };
    await until(speak, 'the page to speak Russian');
    await this.type('Почта', email);
    await this.type('Пароль', password);
    await this.press('[data-testid="sign-in"]');
  }

  /** Waits until it is shown. */
  async sees(selector: string, text = '', limit = LIMIT_MS): Promise<void> {
    await this.find(selector, text, SEEK, limit);
  }

  async press(selector: string, text = ''): Promise<void> {
    let trouble = '';
    const press = async (): Promise<boolean> => {
      const element = await this.find(selector, text);
      return this.ask('POST', `/element/${element}/click`, {}).then(
        () => true,
        (error: unknown) => {
          // It was drawn anew or is still moving: a person would press again.
          trouble = String(error);
          return false;
        },
      );
    };
    await until(press, `${selector} ${text} to be pressed`).catch(async (error: unknown) => {
      await this.keep('desktop-not-pressed');
      throw new Error(`${String(error)} ${trouble}`);
    });
  }

  /** Types into the field with this label. */
  async type(label: string, text: string): Promise<void> {
    const element = await this.find('label', label, `${SEEK.replace(' ?? null', '?.control ?? null')}`);
    await this.ask('POST', `/element/${element}/clear`, {});
    await this.ask('POST', `/element/${element}/value`, { text });
  }

  async words(): Promise<string> {
    return this.run<string>('return document.body.innerText').catch(() => '');
  }

  /** A picture of the window, kept beside the results of the run. */
  async keep(name: string): Promise<void> {
    mkdirSync(OUTPUT, { recursive: true });
    writeFileSync(join(OUTPUT, `${name}.png`), Buffer.from(await this.ask<string>('GET', '/screenshot'), 'base64'));
  }
}

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = (await answer.json()) as { value: T };
  if (!answer.ok) throw new Error(`${method} ${url}: ${JSON.stringify(value)}`);
  return value;
}

/** Waits for something to become true. */
export async function until(is: () => Promise<boolean | undefined>, what: string, limit = LIMIT_MS): Promise<void> {
  const end = Date.now() + limit;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((later) => setTimeout(later, 100));
  }
}
