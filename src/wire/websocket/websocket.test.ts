// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameBoundary, goingAway, PONG } from './frame-boundary.ts';
import { acceptOf, isKey, newKey } from './handshake.ts';

function frame(first: number, payload: number, mask: boolean): Buffer {
  const size =
    payload < 126
      ? [payload]
      : payload < 65_536
        ? [126, payload >> 8, payload & 255]
        : [127, 0, 0, 0, 0, payload >>> 24, (payload >>> 16) & 255, (payload >>> 8) & 255, payload & 255];
  if (mask) size[0] = (size[0] ?? 0) | 0x80;
  return Buffer.concat([Buffer.from([first, ...size]), Buffer.alloc(mask ? 4 : 0, 0x55), Buffer.alloc(payload, 0x88)]);
}

/** Where a control frame might stand: offsets from the start. */
function boundariesOf(bytes: Buffer): number[] {
  const boundary = new FrameBoundary();
  const found: number[] = boundary.isHere ? [0] : [];
  for (let at = 0; at < bytes.length; at++) {
    boundary.pass(bytes, at, at + 1);
    if (boundary.isHere) found.push(at + 1);
  }
  return found;
}

describe('where frames of a WebSocket begin', () => {
  for (const mask of [false, true]) {
    it(`is found behind frames of every kind of length, ${mask ? 'masked' : 'plain'}, byte by byte and in one piece`, () => {
      const frames = [0, 1, 125, 126, 127, 65_535, 65_536, 0].map(length => frame(0x82, length, mask));
      const expected = [0];
      for (const one of frames) expected.push((expected.at(-1) ?? 0) + one.length);
      const bytes = Buffer.concat(frames);
      assert.deepEqual(boundariesOf(bytes), expected);
      const whole = new FrameBoundary();
      whole.pass(bytes, 0, bytes.length);
      assert.equal(whole.isHere, true);
      whole.pass(bytes, 0, 1);
      assert.equal(whole.isHere, false);
    });
  }

  it('is between the parts of a message, and nowhere behind a close frame', () => {
    assert.deepEqual(boundariesOf(Buffer.concat([frame(0x01, 3, false), frame(0x80, 2, false)])), [0, 5, 9]);
    assert.deepEqual(boundariesOf(Buffer.concat([frame(0x88, 2, false), frame(0x81, 1, false)])), [0]);
    assert.deepEqual(boundariesOf(frame(0x88, 0, true)), [0]);
  });

  it('is never found in what no frame can be as long as', () => {
    const endless = Buffer.concat([Buffer.from([0x82, 127]), Buffer.alloc(8, 0xff), Buffer.alloc(1_000)]);
    assert.deepEqual(boundariesOf(endless), [0]);
  });
});

describe('a pong that nobody asked for', () => {
  it('is one whole frame that may stand between others', () => {
    assert.deepEqual([...PONG], [0x8a, 0]);
    assert.deepEqual(boundariesOf(PONG), [0, 2]);
  });
});

describe('the close frame of a proxy', () => {
  it('says 1001, masked toward a server', () => {
    assert.deepEqual([...goingAway(null)], [0x88, 2, 0x03, 0xe9]);
    assert.deepEqual([...goingAway(Buffer.from([1, 2, 3, 4]))], [0x88, 0x82, 1, 2, 3, 4, 0x02, 0xeb]);
  });
});

describe('the handshake of a WebSocket (RFC 6455 §1.3)', () => {
  it('answers the key of the example', () => {
    assert.equal(acceptOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it('takes 16 bytes in base64 for a key, and makes such', () => {
    assert.equal(isKey('dGhlIHNhbXBsZSBub25jZQ=='), true);
    for (const wrong of [
      '',
      'dGhlIHNhbXBsZSBub25jZQ=',
      'dGhlIHNhbXBsZSBub25jZR==',
      'dGhlIHNhbXBsZSBub25jZQ==x',
      '*GhlIHNhbXBsZSBub25jZQ==',
    ])
      assert.equal(isKey(wrong), false, wrong);
    let count = 0;
    const key = newKey(() => count++ / 16);
    assert.equal(key, Buffer.from(Array.from({ length: 16 }, (_, at) => at * 16)).toString('base64'));
    assert.equal(isKey(key), true);
  });
});
