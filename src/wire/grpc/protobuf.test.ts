// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type FieldMask, FieldMaskSchema, StructSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { ProtobufReader } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

describe('writing Protocol Buffers', () => {
  it('writes what a library reads: numbers of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.nat(999_999_999), (seconds, nanos) => {
        const writer = new ProtobufWriter(1);
        writer.number(2, nanos);
        writer.number(1, seconds);
        const read = fromBinary(TimestampSchema, writer.result());
        assert.deepEqual([read.seconds, read.nanos], [BigInt(seconds), nanos]);
      }),
    );
    const writer = new ProtobufWriter(16);
    writer.minusOne(1);
    assert.equal(fromBinary(TimestampSchema, writer.result()).seconds, -1n);
  });

  it('writes strings, the last one first, whatever the room', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 })), fc.integer({ min: 1, max: 64 }), (paths, capacity) => {
        const writer = new ProtobufWriter(capacity);
        for (const path of paths.toReversed()) writer.text(1, Buffer.from(path).toString('latin1'));
        const read: FieldMask = fromBinary(FieldMaskSchema, writer.result());
        assert.deepEqual(read.paths, paths);
      }),
    );
  });

  it('writes bytes that are no text as a reader of text takes them', () => {
    const writer = new ProtobufWriter(8);
    writer.text(1, 'a\xffb\xc3\xa9');
    assert.deepEqual(fromBinary(FieldMaskSchema, writer.result()).paths, ['a!b!!']);
  });

  it('writes times in nanoseconds, exact to the microsecond, numbers of four bytes, and digits as bytes', () => {
    const { root } = protobuf.parse(
      'syntax = "proto3"; message M { fixed64 time = 1; fixed32 flags = 16; bytes id = 3; }',
    );
    const type = root.lookupType('M');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
        fc.nat(0xffffffff),
        fc.uint8Array(),
        (us, flags, id) => {
          const writer = new ProtobufWriter(1);
          writer.number(1, 1);
          writer.clear();
          writer.nanoseconds(1, us / 1_000);
          writer.fixed32(16, flags);
          writer.hex(3, Buffer.from(id).toString('hex'));
          const read = type.toObject(type.decode(writer.result()), { longs: String, bytes: Array, defaults: true });
          assert.deepEqual(read, { time: String(BigInt(us) * 1_000n), flags, id: [...id] });
        },
      ),
    );
  });

  it('nests messages', () => {
    const writer = new ProtobufWriter(8);
    const entry = writer.length;
    const value = writer.length;
    writer.text(3, 'value');
    writer.end(2, value);
    writer.text(1, 'name');
    writer.end(1, entry);
    const { fields } = fromBinary(StructSchema, writer.result());
    assert.deepEqual(fields['name']?.kind, { case: 'stringValue', value: 'value' });
  });
});

describe('reading Protocol Buffers', () => {
  it('reads what a library wrote', () => {
    const reader = new ProtobufReader(
      Buffer.from(
        toBinary(TimestampSchema, { $typeName: 'google.protobuf.Timestamp', seconds: 1_800_000_000n, nanos: 7 }),
      ),
    );
    assert.deepEqual([reader.next(), reader.field, reader.number], ['field', 1, 1_800_000_000]);
    assert.deepEqual([reader.next(), reader.field, reader.number], ['field', 2, 7]);
    assert.equal(reader.next(), 'end');
  });

  it('passes over what it has no name for', () => {
    const reader = new ProtobufReader(Buffer.from('0d01020304' + '090102030405060708' + '1203616263', 'hex'));
    assert.deepEqual([reader.next(), reader.field], ['field', 1]);
    assert.deepEqual([reader.next(), reader.field], ['field', 1]);
    assert.deepEqual([reader.next(), reader.field, reader.bytes.toString()], ['field', 2, 'abc']);
    assert.equal(reader.next(), 'end');
  });

  it('comes to an end of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        const reader = new ProtobufReader(Buffer.from(bytes));
        let fields = 0;
        while (reader.next() === 'field') fields++;
        assert.ok(fields <= 32);
      }),
    );
    for (const broken of ['0a05ab', '0b', '08', '00', '08ffffffffffffffffffffff01', '0d0102']) {
      assert.equal(new ProtobufReader(Buffer.from(broken, 'hex')).next(), 'broken', broken);
    }
  });
});
