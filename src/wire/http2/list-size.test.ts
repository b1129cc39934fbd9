// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../head/header-list.ts';
import { frame, Side } from './connection.test-support.ts';
import { SETTINGS } from './frame.ts';
import { listSize } from './list-size.ts';

/** 32 each, and the text: 32 + 3 + 5. */
const ONE = new HeaderList(['x-a'], ['value']);
const COUNTED = 40;
/** 32 + 1 + 2. */
const VARYING = ['y', 'zz'];
const COUNTED_VARYING = 35;

/** A client to a server that says what it takes. */
function clientOf(maxHeaderListSize: number | null): Side {
  const client = new Side('client');
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(6, 0);
  setting.writeUInt32BE(maxHeaderListSize ?? 0, 2);
  client.receive(frame(SETTINGS, 0, 0, maxHeaderListSize === null ? [] : setting));
  return client;
}

describe('the size of a header list', () => {
  it('counts 32 for each field beside its text (RFC 9113 §6.5.2)', () => {
    assert.equal(listSize(ONE, null, 0), COUNTED);
    assert.equal(listSize(ONE, VARYING, 0), COUNTED + COUNTED_VARYING);
    assert.ok(listSize(ONE, VARYING, 10_000) <= 10_000, 'no more than the limit where it is under it');
  });

  it('is held against what the peer says that it takes, to the byte', () => {
    for (const [limit, alone, together] of [
      [COUNTED - 1, false, false],
      [COUNTED, true, false],
      [COUNTED + COUNTED_VARYING - 1, true, false],
      [COUNTED + COUNTED_VARYING, true, true],
      [0xffff_ffff, true, true],
      [null, true, true],
    ] as const) {
      const { stream } = clientOf(limit).open();
      assert.deepEqual([stream.takesList(ONE, null), stream.takesList(ONE, VARYING)], [alone, together], `${limit}`);
    }
  });
});
