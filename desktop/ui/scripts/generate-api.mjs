// Writes src/api/schema.ts from the server's description of its API; with --check it writes nothing and fails if the file is stale.
import { readFile, writeFile } from 'node:fs/promises';
import openapi, { astToString } from 'openapi-typescript';

const source = new URL('../../../docs/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.ts', import.meta.url);

const banner = '// Generated from docs/openapi.json by `npm run generate`. Do not edit.\n\n';
const ast = await openapi(source, { alphabetize: true, emptyObjectsUnknown: true, silent: true });
// The examples and descriptions stay in the document; here only the types matter.
const wanted = banner + astToString(ast).replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '');

const standing = await readFile(target, 'utf8').catch(() => '');
if (standing === wanted) {
  console.log('src/api/schema.ts is up to date');
} else if (process.argv.includes('--check')) {
  console.error('src/api/schema.ts is not what docs/openapi.json gives: run `npm run generate` in desktop/ui');
  process.exit(1);
} else {
  await writeFile(target, wanted);
  console.log('src/api/schema.ts is written');
}
