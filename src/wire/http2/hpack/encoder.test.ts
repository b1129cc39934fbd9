// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeaderList } from '../../head/header-list.ts';
import { HeaderListPool } from '../../head/header-list-pool.ts';
import { VOLATILE_NAMES, type VolatileFields } from '../../head/volatile-fields.ts';
import { DEFAULT_HTTP2_LIMITS } from '../limits.ts';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder } from './encoder.ts';
import { EncoderTables } from './encoder-table.ts';

function encode(encoder: HpackEncoder, list: HeaderList, fields: VolatileFields = null): Buffer {
  const out = Buffer.alloc(encoder.bound(list, fields));
  const end = encoder.encode(list, fields, out, 0);
  assert.ok(end <= out.length, 'the bound holds');
  return out.subarray(0, end);
}

function check(decoder: HpackDecoder, block: Buffer, list: HeaderList, fields: VolatileFields): void {
  assert.equal(decoder.decode(block, 0, block.length), true);
  assert.deepEqual(decoder.list?.names, list.names);
  assert.deepEqual(decoder.list?.values, list.values);
  assert.deepEqual(decoder.fields, fields);
}

const HEAD = new HeaderList([':status', 'content-type', 'x-a'], ['200', 'application/grpc', 'b']);

describe('HPACK encoder', () => {
  it('indexes stable fields once, then sends one byte for each', () => {
    const encoder = new HpackEncoder(new EncoderTables());
    assert.ok(encode(encoder, HEAD).length > 20);
    assert.equal(encode(encoder, HEAD).length, 3);
    assert.equal(encode(encoder, HEAD).length, 3);
  });

  it('writes volatile fields behind the remembered block and does not index them', () => {
    const encoder = new HpackEncoder(new EncoderTables());
    const decoder = new HpackDecoder(new HeaderListPool(), DEFAULT_HTTP2_LIMITS);
    for (let call = 0; call < 5; call++) {
      const fields = ['grpc-timeout', `${call}S`, 'date', 'now'];
      check(decoder, encode(encoder, HEAD, fields), HEAD, fields);
    }
    assert.equal(encode(encoder, HEAD).length, 3);
  });

  it('writes every volatile field as never indexed', () => {
    const encoder = new HpackEncoder(new EncoderTables());
    const block = encode(encoder, HEAD, [':path', '/p', 'x-request-id', 'r', 'set-cookie', 's']);
    // A path (4), a name of its own, and one of the static table (55): pattern 0001.
    assert.ok(block.includes(Buffer.from('\x14\x02/p', 'latin1')));
    assert.ok(block.includes(Buffer.from('\x10\x0cx-request-id\x01r', 'latin1')));
    assert.ok(block.includes(Buffer.from([0x1f, 55 - 15, 1, 's'.charCodeAt(0)])));
  });

  it('keeps secrets and what arrived as never indexed out of the table', () => {
    const list = new HeaderList(['authorization', 'x-key'], ['secret', 'secret'], ['x-key']);
    const encoder = new HpackEncoder(new EncoderTables());
    const block = encode(encoder, list);
    assert.deepEqual(encode(encoder, list), block);
    const decoder = new HpackDecoder(new HeaderListPool(), DEFAULT_HTTP2_LIMITS);
    check(decoder, block, list, null);
    assert.deepEqual([...(decoder.list?.sensitive ?? [])].sort(), ['authorization', 'x-key']);
  });

  it('announces a smaller table before the next field, and works without one', () => {
    const encoder = new HpackEncoder(new EncoderTables());
    const decoder = new HpackDecoder(new HeaderListPool(), DEFAULT_HTTP2_LIMITS);
    check(decoder, encode(encoder, HEAD), HEAD, null);
    encoder.setPeerTableBytes(0);
    const block = encode(encoder, HEAD);
    assert.equal(block[0], 0x20);
    check(decoder, block, HEAD, null);
    assert.notEqual(encode(encoder, HEAD).length, 3);
    encoder.setPeerTableBytes(1 << 20);
    check(decoder, encode(encoder, HEAD), HEAD, null);
    check(decoder, encode(encoder, HEAD), HEAD, null);
    assert.equal(encode(encoder, HEAD).length, 3);
  });

  it('shares tables: a second connection that sends the same uses the same bytes, whatever a third one does', () => {
    const tables = new EncoderTables();
    const other = new HeaderList([':status', 'x-b'], ['200', 'c']);
    const [one, two, three] = [new HpackEncoder(tables), new HpackEncoder(tables), new HpackEncoder(tables)];
    const sent = [encode(one, HEAD), encode(one, other), encode(one, HEAD)];
    encode(three, other);
    assert.deepEqual([encode(two, HEAD), encode(two, other), encode(two, HEAD)], sent);
    const decoder = new HpackDecoder(new HeaderListPool(), DEFAULT_HTTP2_LIMITS);
    check(decoder, encode(new HpackEncoder(tables), other), other, null);
    check(decoder, encode(three, HEAD), HEAD, null);
  });

  it('fills its table anew when too much misses it', () => {
    const encoder = new HpackEncoder(new EncoderTables());
    const pool = new HeaderListPool();
    pool.steadyNames.add(['x-order']);
    const decoder = new HpackDecoder(pool, DEFAULT_HTTP2_LIMITS);
    for (let i = 0; i < 3000; i++) {
      const list = new HeaderList(['x-order'], [`/orders/${i}/${'x'.repeat(40)}`]);
      check(decoder, encode(encoder, list), list, null);
    }
    check(decoder, encode(encoder, HEAD), HEAD, null);
  });

  it('round-trips any lists, in any order, with table changes in between', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).filter(n => !VOLATILE_NAMES.has(n));
    const value = fc.oneof(fc.stringMatching(/^[!-~]{0,40}$/), fc.constantFrom('a'.repeat(500), '\xe4\xff'));
    const list = fc.array(fc.tuple(name, value), { maxLength: 12 }).map(
      pairs =>
        new HeaderList(
          pairs.map(p => p[0]),
          pairs.map(p => p[1]),
        ),
    );
    const step = fc.record({
      pick: fc.nat(),
      timeout: fc.option(fc.stringMatching(/^[0-9]{1,8}[mun]$/), { nil: null }),
      table: fc.option(fc.constantFrom(0, 64, 1000, 4096), { nil: null, freq: 10 }),
    });
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), fc.array(step, { maxLength: 40 }), (lists, steps) => {
        const encoder = new HpackEncoder(new EncoderTables());
        const decoder = new HpackDecoder(new HeaderListPool({ maxBytes: 40_000 }), DEFAULT_HTTP2_LIMITS);
        for (const { pick, timeout, table } of steps) {
          if (table !== null) encoder.setPeerTableBytes(table);
          const chosen = lists[pick % lists.length] ?? HEAD;
          const fields = timeout === null ? null : ['grpc-timeout', timeout];
          check(decoder, encode(encoder, chosen, fields), chosen, fields);
        }
      }),
      { numRuns: 200 },
    );
  });
});
