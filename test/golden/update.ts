// SPDX-License-Identifier: Apache-2.0

/** Rewrites what the golden cases expect: `npm run golden:update [CASE…]`. Review reads the difference. */
import { writeFileSync } from 'node:fs';
import { expectedOutput, goldenCases, OUTPUTS, outputPath, readCase, runCase } from './golden-case.ts';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : goldenCases()) {
  const actual = await runCase(readCase(name));
  for (const output of OUTPUTS) {
    if (actual[output] === expectedOutput(name, output)) continue;
    writeFileSync(outputPath(name, output), actual[output]);
    process.stdout.write(`${name}/${output}\n`);
  }
}
