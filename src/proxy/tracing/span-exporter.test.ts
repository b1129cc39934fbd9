// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { BodyMemory, MemoryBudget } from '../io/index.ts';
import { RateLimitedLog } from '../log/index.ts';
import { WorkerMetrics } from '../metrics/index.ts';
import { cleanUp, startBackend, World } from '../upstream/cluster-pool.test-support.ts';
import { SpanExporter } from './span-exporter.ts';

const COLLECTOR = { kind: 'http', cluster: 'collector', authority: 'otel', headers: [] } as const;

/** An exporter whose worker has room for so many bytes, and what its collector got. */
async function exporting(roomBytes: number): Promise<{ exporter: SpanExporter; memory: MemoryBudget; got(): string }> {
  const backend = await startBackend();
  const parts: Buffer[] = [];
  backend.answer = async stream => {
    stream.on('data', (part: Buffer) => parts.push(part));
    await once(stream, 'end');
    stream.respond({ ':status': 200 }, { endStream: true });
  };
  const world = new World({}, [backend.endpoint]);
  const { clock } = world.environment;
  const silent = (): void => {};
  const memory = new MemoryBudget(roomBytes, silent);
  const exporter = new SpanExporter(sampleTracing({ collector: COLLECTOR }), {
    ...world.environment,
    upstreams: { cluster: () => world.pool },
    metrics: new WorkerMetrics(silent),
    memory,
    bodies: new BodyMemory(),
    log: new RateLimitedLog({ info: silent, warn: silent, error: silent }, clock),
    use: { bytes: 0 },
    onHolding: silent,
    onLateCount: silent,
  });
  return { exporter, memory, got: () => Buffer.concat(parts).toString('latin1') };
}

/** The spans, which are of one letter each. */
function lettersIn(text: string): string {
  return [...text.matchAll(/([ABC])\1{99,}/g)].map(([, letter]) => letter).join('');
}

describe('a span whose worker has no more room', () => {
  afterEach(cleanUp);

  for (const [what, { spanBytes, heldBytes, roomBytes, spans, expected }] of Object.entries({
    'begins a batch': { spanBytes: 100, heldBytes: 10_000, roomBytes: 20_000, spans: 'A', expected: 'AC' },
    'has a full batch sent': {
      spanBytes: 300_000,
      heldBytes: 300_000,
      roomBytes: 800_000,
      spans: 'AB',
      expected: 'ABC',
    },
  }))
    it(`is not lost to that of the request that gives way when it ${what}`, async () => {
      const { exporter, memory, got } = await exporting(roomBytes);
      // All spans of a worker are encoded in one piece of memory.
      const encoded = Buffer.alloc(spanBytes);
      const greedy = {
        heldBytes,
        remeasure: () => {},
        shed: () => {
          memory.add(-greedy.heldBytes);
          greedy.heldBytes = 0;
          exporter.add(encoded.fill('C'));
        },
      };
      memory.join(greedy);
      memory.add(heldBytes);
      for (const letter of spans) exporter.add(encoded.fill(letter));
      await exporter.flush();
      assert.equal(lettersIn(got()), expected);
      assert.equal(memory.bytes, 0);
    });
});
