// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askEach, type Pod } from './pods.ts';

const COUNT = 100;

const pods = Array.from(
  { length: COUNT },
  (_, at): Pod => ({
    ...{ namespace: 'a', name: `p-${at}`, adminPort: 9900, controllerName: null, problem: '', since: null },
  }),
);

describe('the Pods of a fleet', () => {
  it('are asked a few at a time, and one that hangs holds up none of the others', async () => {
    const hung = Promise.withResolvers<void>();
    let inFlight = 0;
    let most = 0;
    let answered = 0;
    const answers = askEach(pods, async ({ name }) => {
      most = Math.max(most, ++inFlight);
      if (name === 'p-3') await hung.promise;
      else await Promise.resolve();
      inFlight--;
      if (++answered === COUNT - 1) hung.resolve();
      return name;
    });
    assert.deepEqual(
      await answers,
      pods.map(({ name }) => name),
    );
    assert.equal(most, 16);
  });
});
