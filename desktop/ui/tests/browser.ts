// The thin driver on which scenarios stand: what a person does at a screen, and nothing of the program that does it for her.
// A second implementation (WebDriver, for the desktop's window) needs only this surface.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

export type Size = 'phone' | 'desk';
export type Lang = 'ru' | 'en';

export const SIZES: Record<Size, { width: number; height: number }> = {
  phone: { width: 390, height: 844 },
  desk: { width: 1440, height: 900 },
};

const OUTPUT = join(import.meta.dirname, '../test-output');
const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The same names in the same order as in `xtask/src/setup/packages.rs`. */
function browserPath(): string {
  const given = process.env['VELORIA_CHROMIUM'];
  if (given) return given;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error('no Chromium: `cargo xtask setup` does not bring one, `cargo xtask test` does');
}

let running: Browser | undefined;

async function browser(): Promise<Browser> {
  running ??= await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox', '--force-color-profile=srgb'] });
  return running;
}

/** Signs somebody in, and answers with what a browser keeps of it. */
export async function signIn(server: string, { email, password }: { email: string; password: string }): Promise<Keys> {
  const screen = await Screen.open({ server });
  await screen.go('/login');
  await screen.type('Почта', email);
  await screen.type('Пароль', password);
  await screen.pressPart('sign-in');
  await screen.page.locator('.shell').waitFor();
  const keys = await screen.keys();
  await screen.close();
  return keys;
}

export async function closeBrowser(): Promise<void> {
  await running?.close();
  running = undefined;
}

/** What somebody signed in with. */
export type Keys = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface Opened {
  server: string;
  size?: Size;
  lang?: Lang;
  theme?: 'light' | 'dark';
  keys?: Keys;
  /** A browser in which nobody has chosen a language yet. */
  isFresh?: boolean;
}

export class Screen {
  /** Whatever the page complained about: a test ends with this empty. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly server: string,
    readonly size: Size,
  ) {}

  static async open({ server, size = 'desk', lang = 'ru', theme = 'light', keys, isFresh = false }: Opened): Promise<Screen> {
    const context = await (
      await browser()
    ).newContext({
      viewport: SIZES[size],
      hasTouch: size === 'phone',
      isMobile: size === 'phone',
      locale: lang === 'ru' ? 'ru-RU' : 'en-US',
      timezoneId: 'Europe/Moscow',
      reducedMotion: 'reduce',
      ...(keys && { storageState: keys }),
    });
    await context.addInitScript(
      ([chosenLang, chosenTheme]) => {
        if (chosenLang) localStorage.getItem('veloria.lang') ?? localStorage.setItem('veloria.lang', chosenLang ?? 'ru');
        localStorage.getItem('veloria.theme') ?? localStorage.setItem('veloria.theme', chosenTheme ?? 'light');
      },
      [isFresh ? '' : lang, theme],
    );
    const page = await context.newPage();
    const screen = new Screen(page, server, size);
    page.on('pageerror', (error) => screen.complaints.push(String(error)));
    page.on('console', (message) => {
      // A refused request is the server's word, and the test looks at what the page makes of it.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) screen.complaints.push(message.text());
    });
    return screen;
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.server + path);
    await this.settled();
  }

  /** Nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(() => document.getElementById('app')?.childElementCount !== 0);
    await this.page.waitForFunction(() => document.querySelector('[data-testid="loading"]') === null, undefined, { timeout: 15_000 });
  }

  /** The live word has been heard, so whatever changes from now on is told. */
  async listening(): Promise<void> {
    await this.page.waitForFunction(() => document.documentElement.dataset['live'] === 'yes');
  }

  /** A part of the screen by the name that tests know it by. */
  part(name: string): Locator {
    return this.page.getByTestId(name);
  }

  async press(name: string | RegExp, role: 'button' | 'link' | 'switch' = 'button'): Promise<void> {
    await this.page
      .getByRole(role, { name, exact: typeof name === 'string' })
      .first()
      .click();
  }

  async pressPart(name: string): Promise<void> {
    await this.part(name).first().click();
  }

  async type(label: string | RegExp, text: string): Promise<void> {
    await this.page
      .getByLabel(label, { exact: typeof label === 'string' })
      .first()
      .fill(text);
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout: 15_000 });
  }

  /** A picture of the screen, kept beside the results of the run. */
  async keep(name: string): Promise<void> {
    mkdirSync(OUTPUT, { recursive: true });
    await this.page.screenshot({ path: join(OUTPUT, `${name}.png`), animations: 'disabled' });
  }

  /** What would keep somebody from using this screen: serious findings of axe, and what sticks out at the side. */
  async hindrances(): Promise<string[]> {
    await this.page.evaluate(await axe);
    const found = await this.page.evaluate(async () => {
      const runner = (window as unknown as { axe: { run: (options: object) => Promise<AxeResult> } }).axe;
      interface AxeResult {
        violations: { id: string; impact: string; nodes: { target: unknown[]; failureSummary: string }[] }[];
      }
      const { violations } = await runner.run({ resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes
            // FullCalendar's own: it names the cell of a day by its date, and an empty day has nothing to focus while it scrolls.
            .filter(
              ({ target }) =>
                !['label-content-name-mismatch', 'scrollable-region-focusable'].includes(id) ||
                !document.querySelector(String(target[0]))?.closest('.sheet-of-days'),
            )
            .map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
        );
    });
    const wide = await this.page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      return document.documentElement.scrollWidth > room + 1
        ? [`the page is ${document.documentElement.scrollWidth} px wide on ${room} px`]
        : [];
    });
    return [...found, ...wide];
  }

  /** Every picture is drawn and every font is here. */
  async calm(): Promise<void> {
    await this.page.waitForLoadState('networkidle').catch(() => undefined);
    await this.page.evaluate(() => document.fonts.ready);
  }

  /** Texts of buttons and tags that do not fit into them. */
  async clipped(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, .tag, h1, h2, label, .figure b')]
        .filter((node) => node.offsetParent !== null && getComputedStyle(node).overflowX !== 'auto' && !node.closest('.sheet-of-days'))
        .filter((node) => node.scrollWidth > node.clientWidth + 2 && node.clientWidth > 0 && !node.classList.contains('sr-only'))
        .map((node) => `${node.tagName} ${node.innerText.slice(0, 40)}: ${node.scrollWidth} in ${node.clientWidth}`),
    );
  }

  /** Russian words on the screen. */
  async foreign(): Promise<string[]> {
    return (await this.words()).match(/[а-яё][а-яё-]+/gi) ?? [];
  }

  async words(): Promise<string> {
    return this.page.evaluate(() => document.body.innerText);
  }

  async keys(): Promise<Keys> {
    // Only who is signed in: language and theme are each screen's own.
    return { cookies: (await this.page.context().storageState()).cookies, origins: [] };
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
