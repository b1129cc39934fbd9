// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderViolations } from '../../src/snapshot/order.ts';
import { translate } from '../../src/translate/index.ts';
import {
  expectedOutput,
  goldenCases,
  OUTPUTS,
  readCase,
  renderTranslation,
  resourcesOf,
  runCase,
} from './golden-case.ts';

describe('golden cases', () => {
  for (const name of goldenCases()) {
    it(name, async () => {
      const golden = readCase(name);
      const actual = await runCase(golden);
      for (const output of OUTPUTS) {
        assert.equal(
          actual[output],
          expectedOutput(name, output),
          `${name}/${output} (npm run golden:update rewrites it)`,
        );
      }
    });

    it(`${name}: the order of the objects does not matter`, async () => {
      const golden = readCase(name);
      const reversed = await runCase(golden, golden.objects.toReversed());
      assert.deepEqual(reversed, await runCase(golden));
    });

    it(`${name}: changing it step by step gives the same as starting with it`, async () => {
      const golden = readCase(name);
      let translation = translate(await resourcesOf([]), golden.environment);
      for (let count = 1; count <= golden.objects.length; count++) {
        translation = translate(await resourcesOf(golden.objects.slice(0, count)), golden.environment, translation);
      }
      const resources = await resourcesOf(golden.objects);
      assert.deepEqual(renderTranslation(golden, translation, resources), await runCase(golden));
      assert.deepEqual(orderViolations(translation.snapshot), []);
    });
  }
});
