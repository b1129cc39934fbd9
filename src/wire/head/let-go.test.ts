// SPDX-License-Identifier: Apache-2.0

/** What is kept of heads by connections that have nothing to do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../../time/until.test-support.ts';
import { HeadListBuilder } from '../http1/head-list.ts';
import { HpackDecoder } from '../http2/hpack/decoder.ts';
import { DEFAULT_HTTP2_LIMITS } from '../http2/limits.ts';
import { HeaderListPool } from './header-list-pool.ts';
import { VaryingNames } from './varying-names.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** `:method: GET`, from the static table. */
const BLOCK = Buffer.from([0x82]);

/** Fills the pool, so that it begins anew; resolves when what it had before is gone. */
async function letGo(pool: HeaderListPool): Promise<void> {
  const before = new WeakRef(pool.root);
  for (let at = 0; pool.root === before.deref(); at++) pool.intern(['x'], [`${at}`]);
  await until(() => {
    collectGarbage();
    return before.deref() === undefined;
  });
}

describe('a pool that began anew', () => {
  it('is held back by no connection that is idle', async () => {
    const pool = new HeaderListPool({ maxBytes: 4_000 });
    const [silent, idle] = [new HpackDecoder(pool, DEFAULT_HTTP2_LIMITS), new HpackDecoder(pool, DEFAULT_HTTP2_LIMITS)];
    assert.equal(idle.decode(BLOCK, 0, BLOCK.length), true);
    await letGo(pool);
    assert.deepEqual([silent.list, idle.list?.values], [null, ['GET']]);
  });

  it('is held back by no connection whose last head was too large', async () => {
    const pool = new HeaderListPool({ maxBytes: 4_000 });
    const decoder = new HpackDecoder(pool, { ...DEFAULT_HTTP2_LIMITS, maxHeaderFields: 1 });
    decoder.decode(Buffer.concat([BLOCK, BLOCK]), 0, 2);
    await letGo(pool);
    assert.deepEqual([decoder.list, decoder.partialList().values], [null, ['GET']]);
  });

  it('is held back by nobody who reads heads of HTTP/1.1', async () => {
    const pool = new HeaderListPool({ maxBytes: 4_000 });
    const builder = new HeadListBuilder(pool);
    builder.begin(null);
    builder.add('a', 'b');
    const list = builder.list();
    await letGo(pool);
    builder.begin(null);
    assert.deepEqual([list.values, builder.list().values], [['b'], []]);
  });
});

describe('names that are counted', () => {
  it('are none that nobody has: they would be kept', () => {
    const becomes = (name: string): boolean => {
      const names = new VaryingNames();
      return Array.from({ length: 100 }, (_, at) => names.isNowVarying(name, at)).includes(true);
    };
    assert.deepEqual([becomes('x'.repeat(64)), becomes('x'.repeat(65))], [true, false]);
  });
});
