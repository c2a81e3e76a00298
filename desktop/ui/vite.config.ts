// How the front end is built: one set of hashed files for the browser and for the desktop, nothing of it from elsewhere.
import { rm, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { parse } from 'postcss';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const server = process.env['VELORIA_SERVER'] ?? 'http://127.0.0.1:8080';

/** Clears what an older build left, but not the folder, and writes each text a second and a third time, compressed. */
function compressed(): Plugin {
  let dist = 'dist';
  const texts = /\.(js|css|html|svg|json|txt)$/;
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      dist = config.build.outDir;
    },
    async buildStart() {
      const old = await readdir(dist).catch(() => []);
      await Promise.all(old.filter((name) => !name.startsWith('.')).map((name) => rm(join(dist, name), { recursive: true })));
    },
    async closeBundle() {
      for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !texts.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const text = await readFile(path);
        const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } };
        await writeFile(`${path}.br`, await promisify(brotliCompress)(text, best));
        await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
      }
    },
  };
}

/** Of Materialize's styles those that can apply: the ones whose every class is named in our sources or made by its calendar. */
function onlyUsed(): Plugin {
  const words = new Set<string>();
  /** What the calendar writes itself, into a page that none of our files shows. */
  const isOfCalendar = /^(datepicker|is-|has-|month-|select|btn-flat|waves|hide|caret|dropdown|input-field|optgroup|active|disabled|hover)/;
  const isUsed = (name: string) => words.has(name) || isOfCalendar.test(name);
  return {
    name: 'only-used',
    apply: 'build',
    enforce: 'pre',
    async buildStart() {
      for (const entry of await readdir('src', { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(svelte|ts)$/.test(entry.name)) continue;
        const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
        for (const [word] of text.matchAll(/[A-Za-z][\w-]*/g)) words.add(word);
      }
    },
    transform(code, id) {
      if (!/materialize\.min\.css$/.test(id.split('?')[0] ?? '')) return undefined;
      const sheet = parse(code);
      sheet.walkRules((rule) => {
        const kept = rule.selectors.filter((selector) =>
          (selector.match(/\.[A-Za-z_][\w-]*/g) ?? []).every((name) => isUsed(name.slice(1))),
        );
        if (kept.length > 0) rule.selectors = kept;
        else rule.remove();
      });
      return { code: sheet.toString(), map: null };
    },
  };
}

/** Few files, each needed whole: on a telephone every request more costs a way there and back. */
const SHARED_BY_ALL =
  'afterwards|draft|form|i18n|problems|resource|live|router|session|shell|theme|toasts|Button|Empty|Icon|TextField|Toasts|Wrong';
const BASE = new RegExp(
  String.raw`node_modules/(svelte|esm-env|clsx|@mdi)/|/src/api/|/src/rooms|/src/parts/open_conflicts|/src/shell/Unreachable|/src/shared/(${SHARED_BY_ALL})\.`,
);
/** What Today shows at once; the other parts come with the sheets. */
const AT_ONCE = 'conflict_words|debts|hours|people|prices|sheets|StatusTag|VisitEntry';
const HOUSE = new RegExp(String.raw`temporal-polyfill|/src/(shell|shared)/|/src/parts/(${AT_ONCE})\.`);
const groups = [
  { name: 'base', test: BASE, priority: 4 },
  { name: 'door', test: /\/src\/(screens\/auth\/|shared\/(LangSwitch|ThemeSwitch|SignInForm))/, priority: 3 },
  { name: 'house', test: HOUSE, priority: 2 },
  { name: 'sheets', test: /\/src\/(parts\/|materialize\/(DateField|dates))/, priority: 1 },
];

export default defineConfig({
  plugins: [onlyUsed(), svelte(), compressed()],
  // Texts are shared with server and devices and lie outside of this folder.
  server: { fs: { allow: ['../..'] }, proxy: { '/api': { target: server, ws: true }, '/i/': server, '/files': server } },
  build: {
    target: 'es2022',
    emptyOutDir: false,
    // A strict policy for styles and scripts allows no data inside of pages, fonts and pictures included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  test: { include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'], environment: 'node' },
});
