// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run build`: src → dist, as plain JavaScript with declarations, for Node ≥ 22.18 without type stripping
 * (which Node refuses below node_modules). Data files that the sources read at run time are copied beside them.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
);
for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
  if (/\.(proto|json|html|css)$/.test(name)) cpSync(join(root, 'src', name), join(root, 'dist/src', name));
}
