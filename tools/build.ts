// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run build`: src and the packages that it uses → dist, a few files of JavaScript for Node ≥ 22.18. See
 * docs/decisions/0028-the-package-is-bundled.md for why; `main.js` and `worker-thread.js` are where the two kinds of
 * threads begin. Places in stack traces are those of the sources with `NODE_OPTIONS=--enable-source-maps`.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { licensesOf } from './licenses.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts', 'src/proxy/workers/worker-thread.ts'],
  outdir: dist,
  // Flat: a worker thread's file is looked for beside the file that starts it.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  // What only one command needs is loaded by that command.
  splitting: true,
  format: 'esm',
  platform: 'node',
  // A package in both forms comes as ESM: the other one has no named exports when a command imports it later.
  mainFields: ['module', 'main'],
  target: 'node22.18',
  // Comments would stay in memory with the code, which is in Latin-1 or takes twice the room. Names stay, for stack traces.
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  // Packages in CommonJS ask for Node's own modules by `require`.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(join(dist, 'licenses.txt'), licensesOf(root, Object.keys(metafile.inputs)));
