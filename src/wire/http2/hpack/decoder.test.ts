// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeaderListPool } from '../../head/header-list-pool.ts';
import { DEFAULT_HTTP2_LIMITS } from '../limits.ts';
import { HpackDecoder } from './decoder.ts';

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
}

function decoder(pool = new HeaderListPool()): HpackDecoder {
  return new HpackDecoder(pool, DEFAULT_HTTP2_LIMITS);
}

/** `name: value` lines, stable ones first. */
function lines(of: HpackDecoder, hex: string): string[] {
  const block = bytes(hex);
  assert.equal(of.decode(block, 0, block.length), true);
  const result = of.list?.names.map((name, at) => `${name}: ${of.list?.values[at]}`) ?? [];
  const fields = of.fields ?? [];
  for (let i = 0; i < fields.length; i += 2) result.push(`${fields[i]}: ${fields[i + 1]}`);
  return result;
}

const FIRST = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];

describe('HPACK decoder', () => {
  it('decodes RFC 7541 C.3, requests without Huffman coding', () => {
    const d = decoder();
    assert.deepEqual(lines(d, '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d'), FIRST);
    assert.deepEqual(lines(d, '8286 84be 5808 6e6f 2d63 6163 6865'), [...FIRST, 'cache-control: no-cache']);
    assert.deepEqual(lines(d, '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65'), [
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  it('decodes RFC 7541 C.4, requests with Huffman coding', () => {
    const d = decoder();
    assert.deepEqual(lines(d, '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'), FIRST);
    assert.deepEqual(lines(d, '8286 84be 5886 a8eb 1064 9cbf'), [...FIRST, 'cache-control: no-cache']);
  });

  it('evicts the oldest entries when the table is full (RFC 7541 C.5, a table of 256)', () => {
    const d = decoder();
    // A table of 256 by a size update; then the three responses of C.5.
    assert.deepEqual(
      lines(
        d,
        `3fe101 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120
        474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      ),
      [
        ':status: 302',
        'cache-control: private',
        'location: https://www.example.com',
        'date: Mon, 21 Oct 2013 20:13:21 GMT',
      ],
    );
    assert.deepEqual(lines(d, '4803 3330 37c1 c0bf'), [
      ':status: 307',
      'cache-control: private',
      'location: https://www.example.com',
      'date: Mon, 21 Oct 2013 20:13:21 GMT',
    ]);
    const gone = bytes('c2');
    assert.equal(d.decode(gone, 0, 1), false, 'the fifth entry was evicted');
  });

  it('gives equal lists of one pool as the same object, whatever bytes they came in', () => {
    const pool = new HeaderListPool();
    const [one, other] = [decoder(pool), decoder(pool)];
    lines(one, '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d');
    const list = one.list;
    lines(one, '8286 84be');
    assert.equal(one.list, list);
    lines(other, '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff');
    assert.equal(other.list, list);
    assert.equal(pool.intern(list?.names ?? [], list?.values ?? []), list);
  });

  it('splits fields that change per call off, and keeps the list the same', () => {
    const d = decoder();
    const name = `40 0c ${Buffer.from('grpc-timeout').toString('hex')}`;
    assert.deepEqual(lines(d, `82 ${name} 02 3153`), [':method: GET', 'grpc-timeout: 1S']);
    const list = d.list;
    assert.deepEqual(lines(d, '82 7e 02 3253'), [':method: GET', 'grpc-timeout: 2S']);
    assert.equal(d.list, list);
    assert.deepEqual(lines(d, '82 be'), [':method: GET', 'grpc-timeout: 2S']);
    assert.equal(d.list, list);
    assert.equal(d.malformed, false);
  });

  it('tells the content-length of a block that it remembers', () => {
    const d = decoder();
    const block = '82 04 02 2f61 0f0d 02 3137'; // a GET of /a with content-length 17, not indexed
    const decoded = [':method: GET', ':path: /a', 'content-length: 17'];
    for (let times = 0; times < 3; times++) {
      assert.deepEqual(lines(d, block), decoded);
      assert.equal(d.contentLength, 17);
    }
    assert.deepEqual(lines(d, '82 04 02 2f61 0f0d 02 3138'), [':method: GET', ':path: /a', 'content-length: 18']);
    assert.equal(d.contentLength, 18);
  });

  it('reads blocks that come again as what the table says now', () => {
    // Each step is an insertion of a name's value, an index from the newest entry on, or a block of such indices that comes often.
    const insertion = fc.record({ name: fc.constantFrom('a', 'b', 'date'), value: fc.integer({ min: 0, max: 3 }) });
    const indices = fc.constantFrom<(readonly number[])[]>([0], [1, 0], [0, 1], [2, 1, 0]);
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 1, arbitrary: insertion }, { weight: 6, arbitrary: indices })), steps => {
        const d = decoder();
        const table: string[] = [];
        for (const step of steps) {
          if ('name' in step) {
            const [name, value] = [Buffer.from(step.name), Buffer.from(`${step.value}`)];
            const block = Buffer.from([0x40, name.length, ...name, value.length, ...value]);
            assert.deepEqual(lines(d, block.toString('hex')), [`${step.name}: ${step.value}`]);
            table.unshift(`${step.name}: ${step.value}`);
          } else if (step.every(back => back < table.length)) {
            const block = Buffer.from(step.map(back => 0x80 + 62 + back));
            const said = step.map(back => table[back] as string);
            assert.deepEqual(lines(d, block.toString('hex')).sort(), said.sort());
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps an empty grpc-message in the list', () => {
    const d = decoder();
    const trailers = `00 0b ${Buffer.from('grpc-status').toString('hex')} 01 30 00 0c ${Buffer.from('grpc-message').toString('hex')} 00`;
    assert.deepEqual(lines(d, trailers), ['grpc-status: 0', 'grpc-message: ']);
    assert.equal(d.fields, null);
  });

  it('remembers names that must never be indexed', () => {
    const d = decoder();
    lines(d, '82 1f 08 01 78'); // authorization: x
    assert.deepEqual(d.list?.sensitive, ['authorization']);
  });

  it('marks malformed fields', () => {
    const malformed = (hex: string): boolean => {
      const d = decoder();
      lines(d, hex);
      return d.malformed;
    };
    assert.equal(malformed('00 01 41 00'), true, 'upper case name');
    assert.equal(malformed('00 01 61 01 0a'), true, 'line feed in a value');
    assert.equal(malformed('00 01 61 03 200a78'), true, 'leading space before a line feed');
    assert.equal(malformed('04 02 202f'), true, ':path that begins with a space');
    assert.equal(malformed('41 02 6120'), true, ':authority that ends with a space');
    assert.equal(malformed('66 02 6120'), true, 'host that ends with a space');
    assert.equal(malformed('0f 0d 02 3120'), true, 'content-length that ends with a space');
    assert.equal(malformed('00 00 00'), true, 'no name');
    assert.equal(malformed('0f 0d 01 61'), true, 'content-length: a');
    assert.equal(malformed('0f 0d 01 31 0f 0d 01 31'), true, 'two content-lengths');
    assert.equal(malformed('0f 12 01 78 82'), true, 'a pseudo-header after date');
    assert.equal(malformed('0f 0d 01 31'), false);
  });

  it('takes the blanks around a value off, and keeps the size that both tables count', () => {
    const d = decoder();
    const padded = '03 20 61 09'; // ' a\t'
    assert.deepEqual(lines(d, `40 01 78 ${padded}`), ['x: a'], 'indexed');
    assert.deepEqual(lines(d, 'be be'), ['x: a', 'x: a'], 'from the table');
    assert.deepEqual(lines(d, `1f 08 ${padded}`), ['authorization: a'], 'never indexed');
    assert.deepEqual(d.list?.sensitive, ['authorization']);
    assert.deepEqual(lines(d, `0f 12 ${padded}`), ['date: a'], 'volatile');
    assert.deepEqual(d.fields, ['date', 'a']);
    assert.deepEqual(lines(d, '0f 12 02 20 20'), ['date: '], 'nothing but blanks');
    assert.deepEqual([d.fields, d.malformed], [null, false]);
    // x: ' a\t' has 36 bytes: it stays in a table of 36, and goes from one of 35.
    assert.deepEqual(lines(d, '3f 05 be'), ['x: a']);
    assert.equal(d.decode(bytes('3f 04 be'), 0, 3), false);
  });

  it('refuses what cannot be decoded', () => {
    const cases: [string, string][] = [
      ['80', 'index 0'],
      ['be', 'an index that is not there'],
      ['ff ff ff ff ff 0f', 'an endless index'],
      ['40', 'no name'],
      ['41 05 61', 'a short string'],
      ['82 20', 'a size update after a field'],
      ['3f e2 1f', 'a table above 4096'],
      ['41 81 00', 'bad Huffman padding'],
    ];
    for (const [hex, reason] of cases) {
      const block = bytes(hex);
      assert.equal(decoder().decode(block, 0, block.length), false, reason);
    }
  });

  it('stays in step on a list over the limits, and does not keep it', () => {
    const d = decoder();
    const start = Buffer.concat([bytes('40 01 61 7f a11e'), Buffer.alloc(4000, 0x62)]);
    const block = Buffer.concat([start, Buffer.alloc(1000, 0xbe), bytes('40 01 63 01 64')]);
    assert.equal(d.decode(block, 0, block.length), true);
    assert.equal(d.list, null);
    assert.deepEqual(lines(d, 'be'), ['c: d']);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), blocks => {
        const d = decoder();
        for (const block of blocks) d.decode(Buffer.from(block), 0, block.length);
      }),
      { numRuns: 300 },
    );
  });
});
