// SPDX-License-Identifier: Apache-2.0

/** What tracing adds to a request, apart from what it does to the header tables of connections: `node bench/micro/tracing.ts`. */
import { Outcome } from '../../src/proxy/faces/index.ts';
import { BodyMemory, MemoryBudget, SocketLoop } from '../../src/proxy/io/index.ts';
import { RateLimitedLog } from '../../src/proxy/log/index.ts';
import { WorkerMetrics } from '../../src/proxy/metrics/index.ts';
import { Tracers } from '../../src/proxy/tracing/index.ts';
import type { TracedExchange } from '../../src/proxy/tracing/traced-exchange.ts';
import type { Tracing } from '../../src/snapshot/index.ts';
import { sampleTracing } from '../../src/snapshot/tracing.test-support.ts';
import { systemClock, systemRandom } from '../../src/time/index.ts';
import { HeaderList, HeaderListPool, type VolatileFields } from '../../src/wire/index.ts';

const ROUNDS = 400_000;
const WARM_UP = 100_000;
const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0';
const NONE = { numerator: 0, denominator: 1 };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const loop = new SocketLoop(() => systemClock.nowMs());
const tracers = new Tracers({
  loop,
  clock: systemClock,
  random: systemRandom,
  upstreams: { cluster: () => undefined },
  lists: new HeaderListPool(),
  metrics: new WorkerMetrics(() => {}),
  memory: new MemoryBudget(268_435_456, () => {}),
  bodies: new BodyMemory(),
  log: new RateLimitedLog(quiet, systemClock),
});

function exchangeOf(face: 'grpc' | 'http'): TracedExchange {
  const names = [':method', ':scheme', ':path', ':authority', 'content-type', 'user-agent'];
  const values = ['POST', 'http', '/shop.Cart/Add', 'shop.example.com', 'application/grpc', 'grpc-go/1.70'];
  const outcome = new Outcome();
  outcome.http = 200;
  outcome.grpc = 0;
  const path = { kind: 'prefix', value: '/shop.Cart' } as const;
  return {
    clientAddress: '10.0.0.1',
    owner: { peerAddress: '10.0.0.1', peerPort: 40_000, version: 'HTTP/2' },
    decision: {
      head: new HeaderList(names, values),
      listener: 'default/edge/grpc',
      face: { name: face },
      proto: 'http',
      target: null,
      match: { kind: 'http', path, method: null, headers: [], queryParams: [] },
      rule: { rule: { origin: { kind: 'GRPCRoute' } }, route: 'default/cart', ruleName: '0' },
    },
    attempts: { count: 1, current: { endpoint: { key: '10.0.0.2:9000' } } },
    fields: null,
    outcome,
    startedMs: loop.nowMs,
  };
}

function measure(name: string, tracing: Tracing, fields: VolatileFields, face: 'grpc' | 'http' = 'grpc'): void {
  const tracer = tracers.tracerOf(tracing);
  const exchange = exchangeOf(face);
  const run = (rounds: number): number => {
    const startMs = performance.now();
    for (let at = 0; at < rounds; at++) {
      const trace = tracer?.begin(fields) ?? null;
      if (trace === null) continue;
      trace.passOn(fields);
      trace.owner.end(trace, exchange, loop.nowMs);
    }
    return performance.now() - startMs;
  };
  run(WARM_UP);
  process.stdout.write(`${name}: ${((run(ROUNDS) / ROUNDS) * 1e6).toFixed(0)} ns\n`);
}

const timed = ['grpc-timeout', '1S'];
measure('new trace, not sampled', sampleTracing({ newTraces: NONE }), timed);
measure('unrecorded trace of the client', sampleTracing(), [...timed, 'traceparent', `${PARENT}0`]);
measure('new trace, call', sampleTracing(), timed);
measure('recorded trace of the client, call', sampleTracing(), [...timed, 'traceparent', `${PARENT}1`]);
measure('new trace, request', sampleTracing(), timed, 'http');
const attributes = Array.from({ length: 10 }, (_, at) => ({
  source: 'header' as const,
  name: `h${at}`,
  header: 'user-agent',
}));
measure('new trace, request, 10 attributes of headers', sampleTracing({ attributes }), timed, 'http');
tracers.close();
loop.close();
