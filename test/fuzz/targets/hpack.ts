// SPDX-License-Identifier: Apache-2.0

/**
 * Header blocks. The input is a list of blocks, each behind its length in one byte, decoded one after the other with one
 * dynamic table. Promised: no exception, a bounded table, the same outcome without what is remembered of equal blocks,
 * and that what was decoded comes out of our encoder and a new decoder as it was.
 */
import { HeaderListPool } from '../../../src/wire/head/header-list-pool.ts';
import { HpackDecoder } from '../../../src/wire/http2/hpack/decoder.ts';
import { HpackEncoder } from '../../../src/wire/http2/hpack/encoder.ts';
import { EncoderTables } from '../../../src/wire/http2/hpack/encoder-table.ts';
import { DEFAULT_HTTP2_LIMITS } from '../../../src/wire/http2/limits.ts';
import { type FuzzTarget, promise } from '../target.ts';

export const hpackTarget: FuzzTarget = {
  name: 'hpack',
  dictionary: [
    Buffer.from('82868441', 'hex'),
    Buffer.from('3fe11f', 'hex'),
    Buffer.from('20', 'hex'),
    Buffer.from('4088', 'hex'),
    Buffer.from('10', 'hex'),
    Buffer.from('be', 'hex'),
    Buffer.from('\0\x0ccontent-type\x10application/grpc', 'latin1'),
    Buffer.from('\0\x0econtent-length\x015', 'latin1'),
    Buffer.from('f1e3c2e5f23a6ba0ab90f4ff', 'hex'),
  ],
  // RFC 7541 C.3 and C.4: requests with and without Huffman coding.
  seeds: [
    blocks('828684410f7777772e6578616d706c652e636f6d', '828684be58086e6f2d6361636865'),
    blocks(
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ),
  ],
  run(input) {
    const first = decodeAll(input);
    const second = decodeAll(input);
    promise(JSON.stringify(first) === JSON.stringify(second), 'equal blocks decode to equal lists');
  },
};

type Outcome = readonly (readonly string[] | 'refused' | 'broken' | 'malformed')[];

function decodeAll(input: Buffer): Outcome {
  const decoder = new HpackDecoder(new HeaderListPool(), DEFAULT_HTTP2_LIMITS);
  const outcomes: (readonly string[] | 'refused' | 'broken' | 'malformed')[] = [];
  for (let at = 0; at < input.length; ) {
    const length = input[at] ?? 0;
    const end = Math.min(input.length, at + 1 + length);
    const isWhole = decoder.decode(input, at + 1, end);
    at = end;
    if (!isWhole) {
      outcomes.push('broken');
      break;
    }
    const { list, fields, malformed } = decoder;
    if (list === null) outcomes.push('refused');
    else if (malformed) outcomes.push('malformed');
    else {
      outcomes.push([...list.names, ...list.values, ...(fields ?? [])]);
      roundTrip(list, fields);
    }
  }
  return outcomes;
}

function roundTrip(list: NonNullable<HpackDecoder['list']>, fields: string[] | null): void {
  const encoder = new HpackEncoder(new EncoderTables());
  const decoder = new HpackDecoder(new HeaderListPool(), DEFAULT_HTTP2_LIMITS);
  // Twice: from the second time on the encoder uses its table.
  for (const _ of [1, 2]) {
    const buffer = Buffer.alloc(encoder.bound(list, fields));
    const end = encoder.encode(list, fields, buffer, 0);
    promise(end <= buffer.length, 'a block is no longer than the encoder foresees');
    promise(decoder.decode(buffer, 0, end), 'what we encode can be decoded');
    promise(decoder.list !== null && same(decoder.list.names, list.names), 'names survive');
    promise(decoder.list !== null && same(decoder.list.values, list.values), 'values survive');
    promise(same(decoder.fields ?? [], fields ?? []), 'per-request fields survive');
    const secret = new Set(decoder.list?.sensitive ?? []);
    promise(
      (list.sensitive ?? []).every(name => secret.has(name)),
      'what is never indexed stays so',
    );
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

function blocks(...hex: readonly string[]): Buffer {
  return Buffer.concat(hex.flatMap(one => [Buffer.of(one.length / 2), Buffer.from(one, 'hex')]));
}
