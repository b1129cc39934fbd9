// SPDX-License-Identifier: Apache-2.0

/** Collectors that take spans, take them late, refuse them, or are not there. No request waits for any of it. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { RequestListener, SpanAttribute } from '../../snapshot/index.ts';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { httpListener } from './gateway.test-support.ts';
import { type HttpClient, HttpServer } from './http-peers.test-support.ts';
import { type CollectorAnswer, TestCollector } from './tracing.test-support.ts';
import { BATCH_MS, sumOf, TracingBed } from './tracing-bed.test-support.ts';

const UNAVAILABLE: CollectorAnswer = { kind: 'status', code: status.UNAVAILABLE };

/** Attributes that make a span so many KiB long. */
function ballast(kib: number): readonly SpanAttribute[] {
  return Array.from({ length: kib }, (_, at) => ({ source: 'literal', name: `b${at}`, value: 'x'.repeat(1_010) }));
}

/** `version`: one that differs makes a change. */
function untraced(version: number): RequestListener {
  return httpListener('web', { '/shop': 'a', [`/${version}`]: 'a' });
}

/** An endpoint that answers its request when it is told to. */
async function holdingEndpoint(
  bed: TracingBed,
): Promise<{ readonly port: number; readonly asked: Promise<unknown>; answer(): void }> {
  const events = new EventEmitter();
  const held: ServerResponse[] = [];
  const server = await HttpServer.start('HTTP/1.1', (_request, response) => events.emit('asked', held.push(response)));
  bed.closing(server);
  return { port: server.port, asked: once(events, 'asked'), answer: () => held.pop()?.end() };
}

async function ask(client: HttpClient, times: number): Promise<void> {
  for (let at = 0; at < times; at++) assert.equal((await client.ask({ path: '/shop' })).status, 200);
}

for (const kind of ['grpc', 'http'] as const) {
  describe(`a collector by ${kind}`, () => {
    const collector = {
      kind,
      cluster: 'collector',
      authority: 'otel.monitoring.svc',
      headers: [
        { name: 'authorization', value: 'Bearer b' },
        { name: 'content-length', value: '1' },
        { name: 'x-token', value: 't' },
      ],
    } as const;
    const busy: CollectorAnswer = { kind: 'status', code: kind === 'grpc' ? status.UNAVAILABLE : 503 };
    let bed: TracingBed;
    let client: HttpClient;

    beforeEach(async () => {
      bed = await TracingBed.start(kind);
      client = await bed.serve('HTTP/2', { tracing: { collector } });
    });
    afterEach(() => bed.close());

    /** Waits until it is counted what became of so many spans. */
    async function settled(outcomes: Readonly<Record<string, number>>): Promise<void> {
      await bed.counted(sumOf(outcomes));
      assert.deepEqual(bed.outcomes(), outcomes);
    }

    it('gets the fields that the policy gives calls, and no others of ours', async () => {
      await ask(client, 1);
      bed.pass(BATCH_MS);
      await settled({ exported: 1 });
      const headers = bed.collector.exports[0]?.headers ?? {};
      assert.deepEqual([headers['authorization'], headers['x-token']], ['Bearer b', 't']);
      if (kind === 'http') {
        assert.deepEqual([headers['host'], headers['content-type']], ['otel.monitoring.svc', 'application/x-protobuf']);
      }
      assert.equal(headers['traceparent'], undefined);
    });

    it('gets 512 spans at once, and a second later what is left', async () => {
      await Promise.all(Array.from({ length: 10 }, () => ask(client, 52)));
      assert.deepEqual(
        (await bed.collector.exported(1)).map(({ spans }) => spans.length),
        [512],
      );
      bed.pass(BATCH_MS);
      assert.deepEqual(
        (await bed.collector.exported(2)).map(({ spans }) => spans.length),
        [512, 8],
      );
      await settled({ exported: 520 });
      assert.equal(new Set(bed.collector.spans.map(({ spanId }) => spanId)).size, 520);
    });

    it('gets a batch again that it could not take, after a pause, and one at a time', async () => {
      bed.collector.answers.push(busy);
      await ask(client, 1);
      bed.pass(BATCH_MS);
      await bed.collector.exported(1);
      await ask(client, 1);
      await bed.whileTimePasses(bed.collector.exported(3));
      const [first, again, next] = bed.collector.exports.map(({ spans }) => spans.map(({ spanId }) => spanId));
      assert.deepEqual(again, first);
      assert.notDeepEqual(next, first);
      await settled({ exported: 2 });
    });

    it('gets it as late as it asks for', async () => {
      const code = kind === 'grpc' ? status.RESOURCE_EXHAUSTED : 429;
      bed.collector.answers.push({ kind: 'status', code, retryAfterSeconds: 40 });
      await ask(client, 1);
      bed.pass(BATCH_MS);
      const askedMs = bed.clock.nowMs();
      await bed.whileTimePasses(bed.collector.exported(2));
      const waitedMs = bed.clock.nowMs() - askedMs;
      assert.ok(waitedMs >= 40_000 && waitedMs < 50_000, `asked again after ${waitedMs} ms`);
      await settled({ exported: 1 });
    });

    it('loses what it refuses, or takes no part of', async () => {
      bed.collector.answers.push({ kind: 'status', code: kind === 'grpc' ? status.RESOURCE_EXHAUSTED : 400 });
      await ask(client, 2);
      bed.pass(BATCH_MS);
      await settled({ refused: 2 });
      bed.collector.answers.push({ kind: 'ok', rejected: 2, message: 'too old' });
      await ask(client, 3);
      bed.pass(BATCH_MS);
      await settled({ refused: 2, rejected: 2, exported: 1 });
    });

    it('is asked again when it is silent', async () => {
      bed.collector.answers.push({ kind: 'silent' });
      await ask(client, 1);
      bed.pass(BATCH_MS);
      await bed.collector.exported(1);
      await bed.whileTimePasses(bed.collector.exported(2));
      await settled({ exported: 1 });
    });

    it('is asked five times, and the spans are lost', async () => {
      bed.collector.answers.push(busy, busy, busy, busy, busy);
      await ask(client, 1);
      bed.pass(BATCH_MS);
      await bed.whileTimePasses(bed.collector.exported(5));
      await settled({ undelivered: 1 });
    });

    it('costs requests nothing when it is dead, and memory up to a bound', async () => {
      bed.collector.close();
      client = await bed.serve('HTTP/2', { tracing: { collector, attributes: ballast(64) } });
      await ask(client, 100);
      const before = bed.outcomes()['queue_full'] ?? 0;
      assert.ok(before > 20 && before < 50, `${before} of 100 spans of 64 KiB are over 4 MiB`);
      await ask(client, 10);
      assert.equal(bed.outcomes()['queue_full'], before + 10);
    });

    it('costs little memory when it is dead and few requests are traced', async () => {
      bed.collector.close();
      for (let at = 0; at < 300; at++) {
        await ask(client, 1);
        bed.pass(BATCH_MS);
      }
      assert.equal(bed.outcomes()['queue_full'], undefined);
    });

    it('has every span counted, and no longer than until the next change, when no policy names it any more', async () => {
      bed.collector.answers.push({ kind: 'silent' });
      await ask(client, 2);
      await bed.apply(untraced(1), 1);
      await bed.collector.exported(1);
      assert.deepEqual(bed.outcomes(), {});
      bed.gateway.runtime.close();
      await settled({ undelivered: 2 });
    });

    it('is forgotten with the change after the one that has its last spans sent', async () => {
      await ask(client, 1);
      await bed.apply(untraced(1), 1);
      await settled({ exported: 1 });
      await bed.apply(untraced(2), 1);
      await Promise.resolve();
      assert.deepEqual(bed.outcomes(), {});
    });

    it('is not waited for when it is dead and no policy names it any more', async () => {
      bed.collector.close();
      client = await bed.serve('HTTP/2', { tracing: { collector, attributes: ballast(200) } });
      await ask(client, 8);
      await bed.apply(untraced(1), 1);
      const startedMs = bed.clock.nowMs();
      await bed.whileTimePasses(bed.counted(8));
      assert.deepEqual(bed.outcomes(), { undelivered: 8 });
      assert.ok(bed.clock.nowMs() - startedMs < 120_000, `${bed.clock.nowMs() - startedMs} ms`);
    });

    it('gets no span that is longer than a batch', async () => {
      client = await bed.serve('HTTP/2', { tracing: { collector, attributes: ballast(513) } });
      await ask(client, 1);
      assert.deepEqual(bed.outcomes(), { too_large: 1 });
    });

    it('gets the last spans when the gateway ends, and when it is no longer asked for', async () => {
      await ask(client, 1);
      client = await bed.serve('HTTP/2', { tracing: { collector, service: { name: 'other', namespace: '' } } });
      await bed.collector.exported(1);
      await ask(client, 1);
      client.close();
      const drained = bed.gateway.runtime.drain(10_000);
      await bed.collector.exported(2);
      await drained;
      assert.deepEqual(bed.outcomes(), { exported: 2 });
    });

    it('is told of requests that are cut when the gateway ends', async () => {
      const endpoint = await holdingEndpoint(bed);
      await bed.apply(
        { ...httpListener('web', { '/shop': 'a' }), tracing: sampleTracing({ collector }) },
        endpoint.port,
      );
      const answered = bed.client('HTTP/2').ask({ path: '/shop' });
      await endpoint.asked;
      const drained = bed.gateway.runtime.drain(10_000);
      bed.pass(10_000);
      await bed.collector.exported(1);
      await drained;
      assert.equal((await answered).status, 503);
      assert.equal(bed.collector.spans[0]?.attributes['daemun.reason'], 'drain_timeout');
    });
  });
}

describe('a collector that is lost with a call', () => {
  it('is asked again on another connection', async () => {
    const bed = await TracingBed.start('http');
    try {
      const collector = { kind: 'http', cluster: 'collector', authority: 'otel', headers: [] } as const;
      const client = await bed.serve('HTTP/1.1', { tracing: { collector } });
      bed.collector.answers.push({ kind: 'lost' });
      await ask(client, 2);
      bed.pass(BATCH_MS);
      await bed.whileTimePasses(bed.collector.exported(2));
      await bed.counted(2);
      assert.deepEqual(bed.outcomes(), { exported: 2 });
    } finally {
      bed.close();
    }
  });
});

describe('a collector that comes back', () => {
  it('gets what waited for it', async () => {
    const bed = await TracingBed.start();
    try {
      const { port } = bed.collector;
      bed.collector.close();
      const client = await bed.serve('HTTP/2');
      await ask(client, 3);
      bed.pass(BATCH_MS);
      bed.collector = await TestCollector.grpc(port);
      bed.collector.answers.push(UNAVAILABLE);
      await bed.whileTimePasses(bed.collector.exported(2));
      assert.equal(bed.collector.exports[1]?.spans.length, 3);
    } finally {
      bed.close();
    }
  });
});

describe('a collector that no policy names any more', () => {
  it('is forgotten though a request ended after that, with the change after its span is sent', async () => {
    const bed = await TracingBed.start();
    try {
      const { port, asked, answer } = await holdingEndpoint(bed);
      await bed.apply({ ...httpListener('web', { '/shop': 'a' }), tracing: sampleTracing() }, port);
      const late = ask(bed.client('HTTP/2'), 1);
      await asked;
      await bed.apply(untraced(1), port);
      await bed.apply(untraced(2), port);
      answer();
      await late;
      bed.pass(BATCH_MS);
      await bed.counted(1);
      assert.deepEqual(bed.outcomes(), { exported: 1 });
      await bed.apply(untraced(3), port);
      await Promise.resolve();
      assert.deepEqual(bed.outcomes(), {});
    } finally {
      bed.close();
    }
  });
});
