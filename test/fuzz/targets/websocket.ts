// SPDX-License-Identifier: Apache-2.0

/**
 * What passes through a WebSocket. Promised: no exception; where frames begin does not depend on how bytes come; behind a close frame there
 * is no such place.
 */
import { FrameBoundary, goingAway } from '../../../src/wire/index.ts';
import { type FuzzTarget, promise } from '../target.ts';

const TEXT = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b]);

export const webSocketTarget: FuzzTarget = {
  name: 'websocket',
  dictionary: [
    TEXT,
    Buffer.from([0x82, 0x7e, 0, 200]),
    Buffer.from([0x82, 0x7f]),
    Buffer.alloc(8),
    Buffer.alloc(8, 0xff),
  ],
  seeds: [TEXT, Buffer.concat([TEXT, goingAway(null)]), goingAway(Buffer.from([1, 2, 3, 4])), Buffer.alloc(200, 0x80)],
  run(input) {
    const [whole, pieces] = [new FrameBoundary(), new FrameBoundary()];
    whole.pass(input, 0, input.length);
    for (let at = 0; at < input.length; at++) pieces.pass(input, at, at + 1);
    promise(whole.isHere === pieces.isHere, 'pieces do not matter');
    if (!whole.isHere) return;
    const close = goingAway(null);
    whole.pass(close, 0, close.length);
    promise(!whole.isHere, 'nothing follows a close frame');
  },
};
