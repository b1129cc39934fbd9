// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { GrpcMethodMatch } from '../../snapshot/index.ts';
import {
  type CountedCall,
  GatewayMetrics,
  type GrpcMethodMetrics,
  type Histogram,
  MethodBudget,
  MetricsReader,
  RuleMetrics,
  type TypeSeries,
  WorkerMetrics,
} from './index.ts';

const ANY = null;
const EXACT: GrpcMethodMatch = { kind: 'exact', service: 's.S', method: 'M' };

/** A call as an exchange counts it. */
class Call implements CountedCall {
  series: TypeSeries | null = null;
  readonly requestMessages = { messages: 0 };
  readonly responseMessages = { messages: 0 };
  readonly outcome: { grpc: number | null; reason: string } = { grpc: null, reason: '' };
  responseIsGrpc = true;
  readonly #method: GrpcMethodMetrics;

  constructor(method: GrpcMethodMetrics) {
    this.#method = method;
    method.started(this);
  }

  received(messages = 1): this {
    this.requestMessages.messages += messages;
    this.#method.received(this, messages);
    return this;
  }

  sent(messages = 1): this {
    this.responseMessages.messages += messages;
    this.#method.sent(this, messages);
    return this;
  }

  end(code = 0, seconds = 0.1): this {
    this.outcome.grpc = code;
    this.#method.handled(this, seconds);
    return this;
  }
}

function start(workers: number) {
  const reader = new MetricsReader();
  const made = Array.from({ length: workers }, (_, at) => {
    const metrics = new WorkerMetrics(series => reader.addSeries(at, series));
    reader.addPage(at, metrics.buffer);
    return metrics;
  });
  return { reader, metrics: made as [WorkerMetrics, ...WorkerMetrics[]] };
}

function gatewayOf(metrics: WorkerMetrics, name = 'default/gw'): GatewayMetrics {
  return new GatewayMetrics(metrics, name, new MethodBudget());
}

function samples(reader: MetricsReader, name: string) {
  return reader.read().find(family => family.name === name)?.samples ?? [];
}

/** `service/method type` → value. */
function byMethod(reader: MetricsReader, name: string): Record<string, unknown> {
  return Object.fromEntries(
    samples(reader, name).map(({ labels, value }) => [
      `${labels['grpc_service']}/${labels['grpc_method']} ${labels['grpc_type']}`,
      typeof value === 'number' ? value : value.count,
    ]),
  );
}

describe('metrics', () => {
  it('adds up the workers', async () => {
    const { reader, metrics } = start(2);
    for (const worker of metrics) worker.count('daemun_tls_handshakes_total', { result: 'ok' });
    metrics[0].count('daemun_tls_handshakes_total', { result: 'failed' });
    await turn();
    assert.deepEqual(
      samples(reader, 'daemun_tls_handshakes_total').map(sample => [sample.labels['result'], sample.value]),
      [
        ['ok', 2],
        ['failed', 1],
      ],
    );
  });

  it('keeps the counters of a worker that is gone, and forgets its gauges', async () => {
    const { reader, metrics } = start(2);
    for (const worker of metrics) {
      worker.count('daemun_tls_handshakes_total', { result: 'ok' });
      worker.values[worker.slot('daemun_downstream_connections', { binding: 'b' })] = 3;
    }
    await turn();
    reader.retirePage(1);
    assert.deepEqual(
      [
        samples(reader, 'daemun_tls_handshakes_total')[0]?.value,
        samples(reader, 'daemun_downstream_connections')[0]?.value,
      ],
      [2, 3],
    );
    reader.retirePage(0);
    assert.equal(samples(reader, 'daemun_tls_handshakes_total')[0]?.value, 2);
    assert.equal(samples(reader, 'daemun_downstream_connections').length, 0);
  });

  it('shows histograms as cumulative buckets', async () => {
    const { reader, metrics } = start(1);
    const method = gatewayOf(metrics[0]).method('/s.S/M', EXACT);
    new Call(method).end(0, 0.005);
    new Call(method).end(0, 0.2);
    new Call(method).end(5, 99);
    await turn();
    const [sample] = samples(reader, 'grpc_server_handling_seconds');
    const histogram = sample?.value as Histogram;
    assert.equal(histogram.count, 3);
    assert.deepEqual([histogram.buckets[0], histogram.buckets[5], histogram.buckets.at(-1)], [1, 2, 3]);
    assert.ok(Math.abs(histogram.sum - 99.205) < 1e-9);
    assert.deepEqual(
      samples(reader, 'grpc_server_handled_total').map(one => one.labels['grpc_code']),
      ['OK', 'NotFound'],
    );
  });

  it('learns the type of a method from its first call', async () => {
    const { reader, metrics } = start(1);
    const method = gatewayOf(metrics[0]).method('/s.S/M', EXACT);
    new Call(method).received().sent().sent().end();
    await turn();
    for (const name of ['grpc_server_started_total', 'grpc_server_handled_total']) {
      assert.deepEqual(byMethod(reader, name), { 's.S/M server_stream': 1 });
    }
    assert.deepEqual(byMethod(reader, 'grpc_server_msg_sent_total'), { 's.S/M server_stream': 2 });
  });

  it('counts a call under one type from start to end, whatever is learned meanwhile', async () => {
    const { reader, metrics } = start(1);
    const method = gatewayOf(metrics[0]).method('/s.S/M', EXACT);
    new Call(method).received().sent().end();
    const [one, two] = [new Call(method), new Call(method)];
    one.received().received().sent().sent();
    const three = new Call(method).received().received().sent().sent();
    for (const call of [one, two, three]) call.end();
    await turn();
    const expected = { 's.S/M unary': 3, 's.S/M bidi_stream': 1 };
    assert.deepEqual(byMethod(reader, 'grpc_server_started_total'), expected);
    assert.deepEqual(byMethod(reader, 'grpc_server_handled_total'), expected);
    assert.deepEqual(byMethod(reader, 'grpc_server_handling_seconds'), expected);
  });

  it('shows a first stream while it lives once it is certainly one, and any call when there are two', async () => {
    const { reader, metrics } = start(1);
    const gateway = gatewayOf(metrics[0]);
    new Call(gateway.method('/s.S/Watch', { ...EXACT, method: 'Watch' })).received().sent(8);
    const other = gateway.method('/s.S/M', EXACT);
    new Call(other);
    await turn();
    assert.deepEqual(byMethod(reader, 'grpc_server_started_total'), { 's.S/Watch server_stream': 1 });
    new Call(other);
    await turn();
    assert.deepEqual(byMethod(reader, 'grpc_server_started_total'), { 's.S/Watch server_stream': 1, 's.S/M unary': 2 });
  });

  it('names a method that no rule names once an endpoint has answered it', async () => {
    const { reader, metrics } = start(1);
    const gateway = gatewayOf(metrics[0]);
    new Call(gateway.method('/s.S/Not', ANY)).end(12);
    new Call(gateway.method('/s.S/Login', ANY)).end(16);
    const down = new Call(gateway.method('/s.S/Down', ANY));
    down.outcome.reason = 'no_endpoint';
    down.end(14);
    new Call(gateway.method('/s.S/Found', ANY)).end(5);
    new Call(gateway.method('/s.S/Said', ANY)).received().sent().end(12);
    new Call(gateway.method('/s.S/NoRule', undefined)).end(12);
    await turn();
    const expected = { 'other/other unknown': 4, 's.S/Found unary': 1, 's.S/Said unary': 1 };
    assert.deepEqual(byMethod(reader, 'grpc_server_started_total'), expected);
    assert.deepEqual(byMethod(reader, 'grpc_server_handling_seconds'), expected);
    assert.deepEqual(byMethod(reader, 'grpc_server_msg_received_total')['s.S/Said unary'], 1);
  });

  it('counts unproven methods under the service that a rule names', async () => {
    const { reader, metrics } = start(1);
    new Call(gatewayOf(metrics[0]).method('/s.S/Nope', { ...EXACT, method: null })).end(12);
    await turn();
    assert.deepEqual(byMethod(reader, 'grpc_server_handled_total'), { 's.S/other unknown': 1 });
  });

  it('bounds learned names, in number and length, without hiding those that rules name', async () => {
    const { reader, metrics } = start(2);
    for (const [at, worker] of metrics.entries()) {
      const gateway = gatewayOf(worker);
      for (let i = 0; i < 1_005; i++) new Call(gateway.method(`/s.S/M${at}${i}`, ANY)).end();
      new Call(gateway.method(`/s.S/${'x'.repeat(60_000)}`, ANY)).end();
      new Call(gateway.method('/s.S/a\u009bb', ANY)).end();
      new Call(gateway.method('/s.S/M', EXACT)).end();
      for (let i = 0; i < 4_000; i++) {
        new Call(gateway.method(`/c.C/M${at}${i}`, { kind: 'exact', service: 'c.C', method: `M${at}${i}` })).end();
      }
    }
    await turn();
    const started = byMethod(reader, 'grpc_server_started_total');
    const names = Object.keys(started);
    // One of 4,000 is s.S/M.
    assert.equal(names.filter(name => name.startsWith('c.C/')).length, 3_999);
    // The workers learned different names: together they show no more than one may.
    assert.equal(names.filter(name => /^s\.S\/M\d+ unary$/.test(name)).length, 1_000);
    assert.equal(started['s.S/M unary'], 2);
    assert.ok(names.every(name => name.length < 100));
    const total = Object.values(started).reduce((sum: number, value) => sum + Number(value), 0);
    assert.equal(total, 2 * 5_008);
  });

  it('times requests that are not gRPC, by known methods only', async () => {
    const { reader, metrics } = start(1);
    const gateway = gatewayOf(metrics[0]);
    const over = (method: string, scheme: 'http' | 'https', status: number): void => {
      const one = gateway.http(method, scheme);
      one.started();
      one.finished({ status, seconds: 0.2, requestBytes: 0, responseBytes: 257 });
    };
    over('GET', 'https', 404);
    over('BREW', 'http', 0);
    over('BREW2', 'http', 0);
    gateway.http('GET', 'http').started();
    await turn();
    const shown = samples(reader, 'http_server_request_duration_seconds');
    assert.deepEqual(
      shown.map(one => [Object.values(one.labels).sort(), (one.value as Histogram).count]),
      [
        [['404', 'GET', 'default/gw', 'https'], 1],
        [['499', '_OTHER', 'default/gw', 'http'], 2],
      ],
    );
    const sizesOf = (side: string): Histogram =>
      samples(reader, `http_server_${side}_body_size_bytes`)[0]?.value as Histogram;
    const { bounds, buckets, sum } = sizesOf('response');
    assert.deepEqual([bounds[0], bounds[1], bounds.at(-1)], [256, 1_024, 268_435_456]);
    assert.deepEqual([buckets[0], buckets[1], sum], [0, 1, 257]);
    assert.equal(sizesOf('request').buckets[0], 1);
    const active = samples(reader, 'http_server_active_requests');
    assert.deepEqual(
      active.map(one => [one.labels['http_request_method'], one.labels['url_scheme'], one.value]).sort(),
      [
        ['GET', 'http', 1],
        ['GET', 'https', 0],
        ['_OTHER', 'http', 0],
      ],
    );
  });

  it('forgets the series of a rule that is gone, requests that it took included', async () => {
    const { reader, metrics } = start(1);
    const rule = new RuleMetrics(metrics[0], { kind: 'HTTPRoute', route: 'default/r', rule: '0' });
    rule.callFinished(0);
    rule.requestFinished(204);
    rule.requestFinished(0);
    rule.failed('overload', 'internal');
    await turn();
    assert.deepEqual(
      samples(reader, 'daemun_route_requests_total')
        .map(({ labels }) => labels['code'])
        .sort(),
      ['204', '499', 'OK'],
    );
    rule.release();
    rule.callFinished(0);
    rule.callFinished(14);
    rule.requestFinished(200);
    rule.failed('overload', 'internal');
    await turn();
    assert.deepEqual(samples(reader, 'daemun_route_requests_total'), []);
    assert.deepEqual(samples(reader, 'daemun_request_failures_total'), []);
  });

  it('never grows past its page, says what it left out, and uses released slots again', async () => {
    const reader = new MetricsReader();
    const metrics = new WorkerMetrics(series => reader.addSeries(0, series), 20);
    reader.addPage(0, metrics.buffer);
    for (let i = 0; i < 100; i++) metrics.count('daemun_limit_hits_total', { limit: String(i) });
    await turn();
    const shown = samples(reader, 'daemun_limit_hits_total').length;
    assert.ok(shown < 20);
    assert.equal(samples(reader, 'daemun_metrics_dropped_series_total')[0]?.value, 100 - shown);
    metrics.release('daemun_limit_hits_total', { limit: '0' });
    metrics.count('daemun_limit_hits_total', { limit: 'new' });
    await turn();
    const labels = samples(reader, 'daemun_limit_hits_total').map(sample => [sample.labels['limit'], sample.value]);
    assert.deepEqual(labels.at(-1), ['new', 1]);
    assert.equal(labels.length, shown);
  });
});
