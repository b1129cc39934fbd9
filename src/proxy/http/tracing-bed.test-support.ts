// SPDX-License-Identifier: Apache-2.0

/** A gateway whose requests are traced, with a collector, and a clock that the test moves. */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestListener, Rule, Tracing } from '../../snapshot/index.ts';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { until } from '../../time/until.test-support.ts';
import { SocketLoop } from '../io/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer, type Version } from './http-peers.test-support.ts';
import { type ReceivedSpan, TestCollector } from './tracing.test-support.ts';

/** A batch is sent when it is a second old; wheels of connections turn twice a second. */
export const BATCH_MS = 1_500;

export interface BedParts {
  readonly tracing?: Partial<Tracing>;
  readonly rule?: Partial<Rule>;
  /** Status of the endpoint's nth answer. Default: always 200. */
  readonly answer?: (count: number) => number;
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export class TracingBed {
  readonly clock = new VirtualClock();
  readonly loop = new SocketLoop(() => this.clock.nowMs());
  readonly gateway: TestGateway = new TestGateway({ accessLog: true }, this.loop, this.clock);
  /** What the endpoint was told. */
  readonly seen: IncomingHttpHeaders[] = [];
  collector: TestCollector;
  readonly #closers: { close(): void }[] = [];

  private constructor(collector: TestCollector) {
    this.collector = collector;
  }

  static async start(kind: 'grpc' | 'http' = 'grpc'): Promise<TracingBed> {
    return new TracingBed(await (kind === 'grpc' ? TestCollector.grpc() : TestCollector.http()));
  }

  /** Serves `/shop` by an endpoint of HTTP/1.1; the client speaks `version`. */
  async serve(version: Version, { tracing, rule, answer = () => 200 }: BedParts = {}): Promise<HttpClient> {
    const server = await HttpServer.start('HTTP/1.1', (request, response) => {
      this.seen.push(request.headers);
      response.writeHead(answer(this.seen.length), { 'x-cache': 'miss' }).end('ok');
    });
    this.#closers.push(server);
    await this.apply({ ...httpListener('web', { '/shop': 'a' }, rule), tracing: sampleTracing(tracing) }, server.port);
    return this.client(version);
  }

  async apply(listener: RequestListener, port: number): Promise<void> {
    const isHttp = listener.tracing?.collector.kind === 'http';
    await this.gateway.apply({
      listeners: [listener],
      clusters: { a: [port], collector: [this.collector.port] },
      protocols: {
        a: listener.virtualHosts[0]?.entries[0]?.match.kind === 'grpc' ? 'h2' : 'h1',
        collector: isHttp ? 'h1' : 'h2',
      },
    });
  }

  client(version: Version): HttpClient {
    const client = new HttpClient(version, this.gateway.port);
    this.#closers.push(client);
    return client;
  }

  closing(one: { close(): void }): void {
    this.#closers.push(one);
  }

  /** Time passes. */
  pass(ms: number): void {
    this.clock.advance(ms);
    this.loop.refresh();
    this.loop.deadlines.advance(this.clock.nowMs());
    this.loop.connectionTimers.advance(this.clock.nowMs());
  }

  /** Time passes, and what it sets off happens, until `event` does. */
  async whileTimePasses(event: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = event.finally(() => {
      isOver = true;
    });
    await until(
      () => isOver,
      () => this.pass(250),
    );
    await over;
  }

  /** Resolves when it is counted what became of so many spans. */
  async counted(spans: number): Promise<void> {
    await until(() => sumOf(this.outcomes()) >= spans);
  }

  /** The only span that the collector gets. */
  async span(): Promise<ReceivedSpan> {
    this.pass(BATCH_MS);
    await this.collector.exported(1);
    const [span, ...others] = this.collector.spans;
    if (span === undefined || others.length > 0) throw new Error(`one span is expected, not ${1 + others.length}`);
    return span;
  }

  /** Spans by what became of them. */
  outcomes(): Readonly<Record<string, number>> {
    const names = ['exported', 'rejected', 'refused', 'undelivered', 'queue_full', 'too_large'];
    const counted = names.map(
      outcome => [outcome, this.gateway.metric('daemun_trace_spans_total', { outcome })] as const,
    );
    return Object.fromEntries(counted.filter(([, count]) => count > 0));
  }

  close(): void {
    this.gateway.close();
    this.collector.close();
    for (const one of this.#closers.splice(0)) one.close();
  }
}
