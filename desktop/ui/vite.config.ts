// How the front end is built: one set of hashed files for the browser and for the desktop, nothing of it from elsewhere.
import { rm, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
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

export default defineConfig({
  plugins: [svelte(), compressed()],
  // Texts are shared with server and devices and lie outside of this folder.
  server: { fs: { allow: ['../..'] }, proxy: { '/api': { target: server, ws: true } } },
  build: {
    target: 'es2022',
    emptyOutDir: false,
    // A strict policy for styles and scripts allows no data inside of pages, fonts and pictures included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: { include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'], environment: 'node' },
});
