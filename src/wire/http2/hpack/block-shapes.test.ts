// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeaderListPool } from '../../head/header-list-pool.ts';
import { DEFAULT_HTTP2_LIMITS } from '../limits.ts';
import { HpackDecoder } from './decoder.ts';

const LIMITS = { ...DEFAULT_HTTP2_LIMITS, maxHeaderListBytes: 160, maxHeaderFields: 12 };

/** The table has the size that it had: says nothing, but what a decoder remembers of blocks is gone. */
const SIZE_UPDATE = Buffer.from('3fe11f', 'hex');

type Part = Buffer | { readonly name: Buffer };

const PATH = { name: Buffer.from([0x04]) };
const AUTHORIZATION = { name: Buffer.from([0x1f, 0x08]) };
const DATE = { name: Buffer.from([0x0f, 0x12]) };
const CONTENT_LENGTH = { name: Buffer.from([0x0f, 0x0d]) };
const TIMEOUT = { name: Buffer.from([0x00, 12, ...Buffer.from('grpc-timeout')]) };
const USER = { name: Buffer.from([0x00, 6, ...Buffer.from('x-user')]) };
const POST = Buffer.from([0x83]);
const NEWEST = Buffer.from([0xbe]);

/** Inserts a field that is the newest of the table then, a `date` or another. */
function insertion(number: number): Buffer {
  const [name, value] = [Buffer.from(number % 2 === 0 ? 'date' : 'a'), Buffer.from(`${number}`)];
  return Buffer.from([0x40, name.length, ...name, value.length, ...value]);
}

function blockOf(parts: readonly Part[], values: readonly string[]): Buffer {
  const pieces = parts.map((part, at) => {
    if (Buffer.isBuffer(part)) return part;
    const value = Buffer.from(values[at % values.length] ?? '', 'latin1');
    return Buffer.concat([part.name, Buffer.from([value.length]), value]);
  });
  return Buffer.concat(pieces);
}

/** Two connections that get the same blocks: of these, one remembers nothing. */
class Pair {
  readonly #remembering = new HpackDecoder(new HeaderListPool(), LIMITS);
  readonly #forgetful = new HpackDecoder(new HeaderListPool(), LIMITS);

  /** False: the bytes are wrong. */
  decode(block: Buffer): boolean {
    const slow = Buffer.concat([SIZE_UPDATE, block]);
    const isSound = this.#forgetful.decode(slow, 0, slow.length);
    assert.equal(this.#remembering.decode(block, 0, block.length), isSound);
    if (isSound) assert.deepEqual(outcome(this.#remembering), outcome(this.#forgetful));
    return isSound;
  }
}

function outcome({ list, fields, malformed, path, contentLength }: HpackDecoder): object {
  const { names = null, values = null, sensitive = null } = list ?? {};
  return { names, values, sensitive, fields, malformed, path, contentLength };
}

describe('blocks that differ in some values', () => {
  const parts = fc.constantFrom<Part>(PATH, AUTHORIZATION, DATE, CONTENT_LENGTH, TIMEOUT, POST, NEWEST);
  const template = fc.array(parts, { minLength: 1, maxLength: 5 });
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 100 }) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', ' a', 'b\t', 'a\nb', '7', 'a'.repeat(120)) },
  );
  const step = fc.record({
    template: fc.nat({ max: 3 }),
    values: fc.array(value, { minLength: 1, maxLength: 5 }),
    inserts: fc.option(fc.nat({ max: 9 }), { freq: 15 }),
    /** Of a byte that is another one; most blocks have none. */
    broken: fc.option(fc.nat({ max: 60 }), { freq: 20 }),
  });

  it('say the same as if each were read field by field', () => {
    fc.assert(
      fc.property(
        fc.array(template, { minLength: 4, maxLength: 4 }),
        fc.array(step, { minLength: 30, maxLength: 80 }),
        (templates, steps) => {
          const pair = new Pair();
          pair.decode(insertion(1));
          for (let i = 0; i < 20; i++) pair.decode(blockOf([PATH, AUTHORIZATION], [`/s/${i}`, `token ${i}`]));
          for (const { template, values, inserts, broken } of steps) {
            if (inserts !== null) pair.decode(insertion(inserts));
            const block = blockOf(templates[template] ?? [], values);
            if (broken !== null && broken < block.length) block[broken] = (block[broken] as number) ^ 0x11;
            if (!pair.decode(block)) return;
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('have one list, whatever the values', () => {
    const decoder = new HpackDecoder(new HeaderListPool(), LIMITS);
    const lists = new Set<unknown>();
    for (let i = 0; i < 100; i++) {
      const block = blockOf([POST, TIMEOUT, DATE], [`${i}m`, `${i}`]);
      assert.equal(decoder.decode(block, 0, block.length), true);
      assert.deepEqual(decoder.fields?.slice(0, 1), ['grpc-timeout']);
      lists.add(decoder.list);
    }
    assert.equal(lists.size, 1);
  });

  it('are read anew once somebody looks at the name of a value', () => {
    const pool = new HeaderListPool();
    const decoder = new HpackDecoder(pool, LIMITS);
    const userIn = (value: string): string | undefined => {
      const block = blockOf([POST, USER], [value]);
      assert.equal(decoder.decode(block, 0, block.length), true);
      return decoder.list?.get('x-user');
    };
    for (let i = 0; i < 40; i++) userIn(`${i}`);
    assert.equal(userIn('new'), undefined);
    pool.steadyNames.add(['x-user']);
    assert.equal(userIn('newer'), 'newer');
  });

  it('are told apart by what stands between the values', () => {
    const pair = new Pair();
    for (let i = 0; i < 40; i++) {
      for (const method of [0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b])
        pair.decode(blockOf([DATE, Buffer.from([method]), TIMEOUT], [`${i}`, `${i}m`]));
    }
  });

  it('are not remembered where the list is large: it would stay when the pool lets go of it', () => {
    const isKept = (valueBytes: number): boolean => {
      const pool = new HeaderListPool();
      const decoder = new HpackDecoder(pool, DEFAULT_HTTP2_LIMITS);
      const rest = valueBytes - 127;
      const value = Buffer.from([0x40, 1, 0x61, 0x7f, (rest & 127) | 128, rest >> 7, ...Buffer.alloc(valueBytes, 'v')]);
      assert.equal(decoder.decode(value, 0, value.length), true);
      const listOf = (token: string): unknown => {
        const block = blockOf([NEWEST, NEWEST, NEWEST, TIMEOUT], ['', '', '', token]);
        assert.equal(decoder.decode(block, 0, block.length), true);
        return decoder.list;
      };
      const before = [listOf('1m'), listOf('2m')];
      assert.equal(before[0], before[1]);
      pool.charge(20_000_000);
      return listOf('3m') === before[0];
    };
    assert.deepEqual([isKept(640), isKept(4_000)], [true, false]);
  });
});
