// SPDX-License-Identifier: Apache-2.0

/**
 * What proxies say before a connection begins. Promised: no exception; more bytes never change an answer that was given; a
 * decision comes at the latest when 4,112 bytes are there; what was read is written and read the same again.
 */
import { readProxyHeader, writeProxyHeader } from '../../../src/wire/index.ts';
import { type FuzzTarget, promise } from '../target.ts';

const ENOUGH_BYTES = 4_112;

export const proxyHeaderTarget: FuzzTarget = {
  name: 'proxy-header',
  dictionary: [
    Buffer.from('PROXY TCP4 '),
    Buffer.from('PROXY UNKNOWN\r\n'),
    Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
    Buffer.from('2111000c', 'hex'),
    Buffer.from('21210024', 'hex'),
    Buffer.from('030004', 'hex'),
  ],
  seeds: [
    Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n'),
    Buffer.from('PROXY TCP6 2001:db8::1 ::1 1 65535\r\n'),
    Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c6336402dc0401bb', 'hex'),
    Buffer.from('0d0a0d0a000d0a515549540a21110013c0000201c6336402dc0401bb03000400000000', 'hex'),
  ],
  run(input) {
    const read = readProxyHeader(input);
    for (let length = 0; length < input.length; length++) {
      const early = readProxyHeader(input.subarray(0, length));
      if (early.kind !== 'incomplete')
        promise(JSON.stringify(early) === JSON.stringify(read), `more than ${length} bytes change nothing`);
    }
    const padded = Buffer.concat([input, Buffer.alloc(ENOUGH_BYTES)]);
    promise(readProxyHeader(padded).kind !== 'incomplete', 'nobody waits for ever');
    if (read.kind !== 'read') return;
    promise(read.length <= Math.min(input.length, ENOUGH_BYTES), 'the header lies in the input');
    const again = readProxyHeader(writeProxyHeader('v2', read.header));
    promise(again.kind === 'read' && JSON.stringify(again.header) === JSON.stringify(read.header), 'written as read');
  },
};
