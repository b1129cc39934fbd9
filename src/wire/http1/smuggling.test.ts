// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServerSide } from './connection.test-support.ts';
import { REFUSED, SOUND } from './smuggling-corpus.test-support.ts';

/** Sizes of the parts that bytes come in. */
const SIZES = [1_000_000, 1, 7];

/** All bytes in parts, each request answered when it is whole. */
function serve(bytes: string, size: number): ServerSide {
  const side = new ServerSide();
  side.answerAll();
  for (let at = 0; at < bytes.length; at += size) side.receive(bytes.slice(at, at + size));
  return side;
}

describe('HTTP/1.1 requests that are ambiguous', () => {
  for (const { what, bytes, status } of REFUSED) {
    it(`answers ${status} to ${what}, and ends`, () => {
      for (const size of SIZES) {
        const side = new ServerSide();
        for (let at = 0; at < bytes.length; at += size) side.receive(bytes.slice(at, at + size));
        assert.match(side.take(), new RegExp(`^HTTP/1.1 ${status} .*\\r\\nconnection: close\\r\\n`, 's'));
        assert.equal(side.isFinished, true);
        const whole = side.streams.filter(stream => stream.isEnded && stream.end === null);
        assert.deepEqual(whole, []);
        assert.ok(side.streams.length <= 1);
      }
    });
  }
});

describe('HTTP/1.1 requests that are unusual', () => {
  for (const { what, bytes, requests, body } of SOUND) {
    it(`takes ${what}`, () => {
      for (const size of SIZES) {
        const side = serve(bytes, size);
        assert.equal(side.streams.length, requests);
        assert.equal(side.streams[0]?.text, body);
        assert.ok(side.streams.every(stream => stream.isEnded && stream.end === null));
        assert.equal(side.isFinished, false);
      }
    });
  }
});
