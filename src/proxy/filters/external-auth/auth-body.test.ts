// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BodyMemory, MemoryBudget } from '../../io/index.ts';
import type { SteppedRequest } from '../step.ts';
import { AuthCheck, type AuthServerUse } from './auth-check.ts';
import type { AuthEnvironment } from './auth-environment.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PIECES = 200_000;
const PIECE = Buffer.from('x');

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a body that an authorization server is to be told', () => {
  it('costs what it is charged with, in however many pieces it comes', () => {
    const memory = new MemoryBudget(1_000_000_000, () => {});
    const environment: Partial<AuthEnvironment> = { memory, bodies: new BodyMemory() };
    const request: Partial<SteppedRequest> = {
      owner: { client: {} },
      isApart: false,
      fields: null,
      invite() {},
      watch() {},
      awaitMore() {},
    };
    const use: Partial<AuthServerUse> = { maxBodyBytes: 1_048_576, environment: environment as AuthEnvironment };
    const check = new AuthCheck(use as AuthServerUse, request as SteppedRequest);
    check.begin();
    const before = heldBytes();
    for (let at = 0; at < PIECES; at++) check.data(PIECE, 0, 1, false);
    const grown = heldBytes() - before;
    assert.ok(memory.bytes >= PIECES && memory.bytes < 2 * PIECES, `${memory.bytes} bytes are charged`);
    assert.ok(grown < 2_000_000, `${grown} bytes are held`);
    // Once more, so that it is held until here.
    check.data(PIECE, 0, 1, false);
  });
});
