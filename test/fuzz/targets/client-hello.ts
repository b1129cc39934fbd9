// SPDX-License-Identifier: Apache-2.0

/**
 * The first bytes of TLS clients. Promised: no exception; more bytes never change an answer that was given; a decision
 * comes at the latest when a whole record and more is there.
 */
import { readClientHello } from '../../../src/proxy/listeners/client-hello.ts';
import { type FuzzTarget, promise } from '../target.ts';

/** What one record holds at most, twice: nobody waits for more. */
const ENOUGH_BYTES = 2 * 16_389;

export const clientHelloTarget: FuzzTarget = {
  name: 'client-hello',
  dictionary: [
    Buffer.from('1603010200', 'hex'),
    Buffer.from('160303', 'hex'),
    Buffer.from('0000', 'hex'),
    Buffer.from('0000000e000c0000096c6f63616c686f7374', 'hex'),
    Buffer.from('0010000e000c02683208687474702f312e31', 'hex'),
  ],
  seeds: [hello('grpc.example.com'), hello('EXAMPLE.com.'), hello('')],
  run(input) {
    const whole = JSON.stringify(readClientHello(input));
    for (let length = 0; length < input.length; length++) {
      const early = readClientHello(input.subarray(0, length));
      if (early.kind !== 'undecided')
        promise(JSON.stringify(early) === whole, `more than ${length} bytes change nothing`);
    }
    const padded = Buffer.concat([input, Buffer.alloc(ENOUGH_BYTES)]);
    promise(readClientHello(padded).kind !== 'undecided', 'nobody waits for ever');
  },
};

/** A ClientHello with one extension, in one record. */
function hello(serverName: string): Buffer {
  const name = Buffer.from(serverName, 'latin1');
  const entry = Buffer.concat([Buffer.of(0), uint16(name.length), name]);
  const list = Buffer.concat([uint16(entry.length), entry]);
  const extension = Buffer.concat([uint16(0), uint16(list.length), list]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.of(0),
    uint16(2),
    Buffer.from([0x13, 0x01]),
    Buffer.from([1, 0]),
    uint16(extension.length),
    extension,
  ]);
  const message = Buffer.concat([Buffer.of(1, 0), uint16(body.length), body]);
  return Buffer.concat([Buffer.of(22, 3, 1), uint16(message.length), message]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
