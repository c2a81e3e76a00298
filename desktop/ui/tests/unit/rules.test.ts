// What the sources must not do, whoever writes the next screen.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !path.endsWith('.test.ts') && path !== 'api/schema.ts')
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: code(readFileSync(join(SRC, path), 'utf8')) }));

/** Without comments. */
function code(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

const where = (pattern: RegExp, but: string[] = []) =>
  files.filter(({ path, text }) => !but.includes(path) && pattern.test(text)).map(({ path }) => path);

/** What a file imports, as paths below `src`. */
function imports({ path, text }: { path: string; text: string }): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? join('/', path, '..', target).slice(1).replaceAll('\\', '/') : target,
  );
}

describe('requests', () => {
  test('only the client sends them, so each is plain and typed', () => {
    expect(where(/\bfetch\s*\(/, ['api/client.ts', 'api/shell.ts'])).toEqual([]);
    expect(where(/XMLHttpRequest|sendBeacon|EventSource/)).toEqual([]);
  });

  test('no body is a form or a file: the web view of the desktop falls over', () => {
    expect(where(/\bFormData\b/)).toEqual([]);
    // Something for her own disk is no request.
    expect(where(/new (Blob|File)\b/, ['shared/files.ts'])).toEqual([]);
    const client = files.find(({ path }) => path === 'api/client.ts')?.text ?? '';
    expect(client).toContain('let body: string | Uint8Array<ArrayBuffer> | undefined;');
    expect(client.match(/\bbody\s*[:=]/g)).toHaveLength(4);
  });

  test('nothing comes from elsewhere', () => {
    expect(where(/https?:\/\/(?!127\.0\.0\.1)/)).toEqual([]);
  });
});

describe('rooms', () => {
  test('a screen imports no other screen', () => {
    const broken = files.flatMap((file) => {
      const mine = /^screens\/([^/]+)\//.exec(file.path)?.[1];
      if (!mine) return [];
      return imports(file)
        .filter((target) => target.startsWith('screens/') && !target.startsWith(`screens/${mine}/`))
        .map((target) => `${file.path} -> ${target}`);
    });
    expect(broken).toEqual([]);
  });

  test('shared knows no slice, parts know no screen', () => {
    const broken = files.flatMap((file) => {
      const never = file.path.startsWith('shared/')
        ? ['parts/', 'screens/', 'shell/']
        : file.path.startsWith('parts/')
          ? ['screens/', 'shell/']
          : [];
      return imports(file)
        .filter((target) => never.some((room) => target.startsWith(room)))
        .map((target) => `${file.path} -> ${target}`);
    });
    expect(broken).toEqual([]);
  });

  test('one folder touches the code of Materialize, one file that of FullCalendar', () => {
    const using = (name: string) =>
      files.filter((file) => imports(file).some((target) => target.startsWith(name) && !target.endsWith('.css'))).map(({ path }) => path);
    expect(using('@materializecss').every((path) => path.startsWith('materialize/'))).toBe(true);
    expect(using('fullcalendar')).toEqual(['screens/calendar/engine.ts']);
  });

  test('every room says in its first line what it is', () => {
    const silent = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|svelte)$/.test(path) && !path.endsWith('.test.ts'))
      .filter((path) => !/^(\/\/|<!--)/.test(readFileSync(join(SRC, path), 'utf8')));
    expect(silent).toEqual([]);
  });
});

test('words stand in the catalogue and not in the pages', () => {
  const isAllowed = (path: string) => ['parts/quick_line.ts', 'shared/LangSwitch.svelte', 'parts/ClientSheet.svelte'].includes(path);
  const russian = files.filter(({ path, text }) => !isAllowed(path) && /[а-яё]{3,}/i.test(text)).map(({ path }) => path);
  expect(russian).toEqual([]);
});
