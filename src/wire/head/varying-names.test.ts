// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HpackDecoder } from '../http2/hpack/decoder.ts';
import { HpackEncoder } from '../http2/hpack/encoder.ts';
import { EncoderTables } from '../http2/hpack/encoder-table.ts';
import { DEFAULT_HTTP2_LIMITS } from '../http2/limits.ts';
import { HeaderList, targetOf } from './header-list.ts';
import { HeaderListPool } from './header-list-pool.ts';
import { pathIn, type VolatileFields } from './volatile-fields.ts';

type Line = readonly [name: string, value: string];

/** One connection: an encoder and what it sends to. */
class Wire {
  readonly pool = new HeaderListPool();
  readonly decoder = new HpackDecoder(this.pool, DEFAULT_HTTP2_LIMITS);
  readonly #encoder = new HpackEncoder(new EncoderTables());

  /** Sends a head as it is, without fields of its own. */
  send(lines: readonly Line[], fields: VolatileFields = null): HpackDecoder {
    const list = new HeaderList(
      lines.map(([name]) => name),
      lines.map(([, value]) => value),
    );
    const out = Buffer.alloc(this.#encoder.bound(list, fields));
    const end = this.#encoder.encode(list, fields, out, 0);
    assert.equal(this.decoder.decode(out, 0, end), true);
    return this.decoder;
  }
}

const PSEUDO: readonly Line[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':authority', 'a.example.com'],
];

function lines({ list, fields }: HpackDecoder): string[] {
  const all = list?.names.map((name, at) => `${name}: ${list.values[at]}`) ?? [];
  for (let at = 0; fields !== null && at < fields.length; at += 2) all.push(`${fields[at]}: ${fields[at + 1]}`);
  return all.sort();
}

describe('names that vary on a connection', () => {
  it('leave the list once they brought enough new values, so that equal heads are one list again', () => {
    const wire = new Wire();
    const lists = new Set<HeaderList | null>();
    for (let i = 0; i < 200; i++) {
      const head: Line[] = [...PSEUDO, [':path', '/s/m'], ['authorization', `token ${i}`], ['x-user', `${i}`]];
      const got = wire.send(head);
      assert.deepEqual(lines(got), head.map(([name, value]) => `${name}: ${value}`).sort());
      if (i >= 100) lists.add(got.list);
    }
    assert.equal(lists.size, 1);
  });

  it('are told apart from names with many values that come again', () => {
    const wire = new Wire();
    for (let i = 0; i < 2_000; i++) {
      const { fields } = wire.send([...PSEUDO, [':path', `/s/m${i % 12}`], ['x-rare', `${i >> 5}`]]);
      assert.equal(fields, null);
    }
  });

  it('may be the path, which then comes first among the fields', () => {
    const wire = new Wire();
    for (let i = 0; i < 100; i++) {
      const { list, fields, path } = wire.send([...PSEUDO, [':path', `/s/${i}`], ['grpc-timeout', `${i}m`]]);
      assert.ok(list !== null);
      assert.equal(targetOf(list, fields), `/s/${i}`);
      assert.equal(path, pathIn(fields));
      assert.equal(path !== null, list.get(':path') === undefined, 'it is in one place');
    }
    const index = wire.send([...PSEUDO, [':path', '/']]);
    assert.equal(targetOf(index.list as HeaderList, index.fields), '/', 'also as an entry of the static table');
  });

  it('keep the order of the fields of one name', () => {
    const wire = new Wire();
    for (let i = 0; i < 100; i++) {
      wire.send([...PSEUDO, ['via', 'first'], ['via', `${i}`], ['via', 'last']]);
    }
    const { list, fields } = wire.send([...PSEUDO, ['via', 'first'], ['via', '7'], ['via', 'last']]);
    assert.equal(list?.get('via'), undefined);
    assert.deepEqual(fields, ['via', 'first', 'via', '7', 'via', 'last']);
  });

  it('are never those that others look at, even when they say so later', () => {
    const wire = new Wire();
    wire.pool.steadyNames.add(['x-tenant']);
    for (let i = 0; i < 100; i++) {
      const { list } = wire.send([...PSEUDO, ['x-tenant', `${i}`], ['x-later', `${i}`], ['host', `h${i}`]]);
      assert.equal(list?.get('x-tenant'), `${i}`);
      assert.equal(list?.get('host'), `h${i}`);
    }
    assert.equal(wire.send([...PSEUDO, ['x-later', 'new']]).list?.get('x-later'), undefined);
    wire.pool.steadyNames.add(['x-later']);
    for (const value of ['new', '99', 'newer']) {
      assert.equal(wire.send([...PSEUDO, ['x-later', value]]).list?.get('x-later'), value);
    }
  });

  it('do not push out what others use', () => {
    const wire = new Wire();
    const hot = wire.pool.intern([':method', ':path'], ['POST', '/hot']);
    for (let i = 0; i < 100_000; i++) wire.send([...PSEUDO, [':path', `/s/${i}`], ['authorization', `token ${i}`]]);
    assert.equal(wire.pool.intern([':method', ':path'], ['POST', '/hot']), hot);
  });

  it('do not hide a path that comes twice, or after a regular field', () => {
    const wire = new Wire();
    for (let i = 0; i < 100; i++) wire.send([...PSEUDO, [':path', `/s/${i}`]]);
    assert.equal(wire.send([...PSEUDO, [':path', '/x']]).malformed, false);
    assert.equal(wire.send([...PSEUDO, [':path', '/x'], [':path', '/y']]).malformed, true);
    assert.equal(wire.send([...PSEUDO, ['a', 'b'], [':path', '/x']]).malformed, true);
  });

  it('are sent on with the path before all regular fields', () => {
    const wire = new Wire();
    const { list, fields, malformed } = wire.send([...PSEUDO, ['a', 'b']], [':path', '/s/m', 'x-id', '1']);
    assert.equal(malformed, false);
    assert.equal(targetOf(list as HeaderList, fields), '/s/m');
    assert.equal(list?.names[0], ':path');
    assert.equal(list?.get('x-id'), '1');
  });
});
