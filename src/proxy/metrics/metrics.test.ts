// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { GatewayMetrics, type Histogram, MetricsReader, WorkerMetrics } from './index.ts';

describe('metrics', () => {
  function start(workers: number) {
    const reader = new MetricsReader();
    const made = Array.from({ length: workers }, (_, at) => {
      const metrics = new WorkerMetrics(series => reader.addSeries(at, series));
      reader.addPage(at, metrics.buffer);
      return metrics;
    });
    return { reader, metrics: made as [WorkerMetrics, ...WorkerMetrics[]] };
  }

  function samples(reader: MetricsReader, name: string) {
    return reader.read().find(family => family.name === name)?.samples ?? [];
  }

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

  it('shows histograms as cumulative buckets', async () => {
    const { reader, metrics } = start(1);
    const method = new GatewayMetrics(metrics[0], 'default/gw').method('/s.S/M');
    method.handled(0, 0.005);
    method.handled(0, 0.2);
    method.handled(5, 99);
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

  it('learns the type of a method from its messages', async () => {
    const { reader, metrics } = start(1);
    const method = new GatewayMetrics(metrics[0], 'default/gw').method('/s.S/M');
    method.started();
    method.sent(1, 1);
    method.sent(1, 2);
    method.handled(0, 0.1);
    await turn();
    const [sample] = samples(reader, 'grpc_server_handled_total');
    assert.equal(sample?.labels['grpc_type'], 'server_stream');
  });

  it('counts methods beyond the first 1,000 of a Gateway as other', async () => {
    const { reader, metrics } = start(1);
    const gateway = new GatewayMetrics(metrics[0], 'default/gw');
    for (let i = 0; i < 1_005; i++) gateway.method(`/s.S/M${i}`).started();
    await turn();
    const started = samples(reader, 'grpc_server_started_total');
    assert.equal(started.length, 1_001);
    assert.equal(started.find(sample => sample.labels['grpc_service'] === 'other')?.value, 5);
  });

  it('times requests that are not gRPC, by known methods only', async () => {
    const { reader, metrics } = start(1);
    const gateway = new GatewayMetrics(metrics[0], 'default/gw');
    gateway.http('GET', 'https').finished(404, 0.2);
    gateway.http('BREW', 'http').finished(0, 0.1);
    gateway.http('BREW2', 'http').finished(0, 0.1);
    await turn();
    const shown = samples(reader, 'http_server_request_duration_seconds');
    assert.deepEqual(
      shown.map(one => [Object.values(one.labels).sort(), (one.value as Histogram).count]),
      [
        [['404', 'GET', 'default/gw', 'https'], 1],
        [['499', '_OTHER', 'default/gw', 'http'], 2],
      ],
    );
  });

  it('never grows past its page', () => {
    const metrics = new WorkerMetrics(() => {}, 20);
    for (let i = 0; i < 100; i++) metrics.count('daemun_limit_hits_total', { limit: String(i) });
    assert.ok(metrics.overflowed > 80);
  });
});
