// SPDX-License-Identifier: Apache-2.0

/** Evaluates alert rules on what a running gateway really writes, with promtool: names, labels and values fit together. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { callCommand } from '../../src/cli/call-command.ts';
import { recordingTerminal } from '../../src/cli/recording-terminal.test-support.ts';
import { startStandalone } from '../../src/controller/index.ts';

const OURS = join(import.meta.dirname, '../../packaging/prometheus/daemun-rules.yaml');
/** The usual rule for gRPC servers, as guides for Gateways of other implementations have it. */
const USUAL = `
groups:
  - name: grpc-gateway
    rules:
      - alert: GRPCHighErrorRate
        expr: |
          sum(rate(grpc_server_handled_total{grpc_code!="OK"}[5m])) by (grpc_service)
          /
          sum(rate(grpc_server_handled_total[5m])) by (grpc_service)
          > 0.05
        for: 5m
        labels: { severity: warning }
`;
/** One service whose backend answers, and one whose backend is not there. */
const MANIFESTS = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec: { gatewayClassName: daemun, listeners: [{ name: grpc, port: 8080, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: route }
spec:
  parentRefs: [{ name: gw }]
  rules:
    - matches: [{ method: { service: api.Echo } }, { method: { service: grpc.reflection.v1.ServerReflection } }]
      backendRefs: [{ name: echo, port: 80 }]
    - matches: [{ method: { service: shop.Cart, method: Add } }]
      backendRefs: [{ name: missing, port: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: echo }
spec: { ports: [{ port: 80 }] }
`;
const PROTO = 'syntax = "proto3"; package shop; message Empty {} service Cart { rpc Add(Empty) returns (Empty); }';
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

/** The samples of /metrics before and after some calls, by series. */
async function scrapes(t: TestContext, folder: string): Promise<readonly Map<string, number>[]> {
  writeFileSync(join(folder, 'manifests.yaml'), MANIFESTS);
  writeFileSync(join(folder, 'cart.proto'), PROTO);
  const gateway = await startStandalone({
    paths: [join(folder, 'manifests.yaml')],
    demo: true,
    ports: 'ephemeral',
    stateDirectory: join(folder, 'state'),
    drainTimeoutMs: 0,
    admin: { host: '127.0.0.1', port: 0 },
  });
  t.after(() => gateway.stop());
  const { address, port } = gateway.gateways()[0]?.listeners[0]?.bound ?? assert.fail('not bound');
  const scrape = async (): Promise<Map<string, number>> =>
    samples(await (await fetch(`http://${gateway.adminAddress}/metrics`)).text());
  const call = async (...args: string[]): Promise<void> => {
    const command = callCommand(recordingTerminal()).exitOverride();
    await command.parseAsync([`http://${address}:${port}`, ...args], { from: 'user' }).catch(() => undefined);
  };
  await call('api.Echo/Echo', '{}');
  await call('shop.Cart/Add', '{}', '--proto', join(folder, 'cart.proto'));
  const before = await scrape();
  for (let calls = 0; calls < 3; calls++) {
    await call('api.Echo/Echo', '{}');
    await call('shop.Cart/Add', '{}', '--proto', join(folder, 'cart.proto'));
  }
  return [before, await scrape()];
}

function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Each minute as much again as between the two scrapes, for a quarter of an hour. */
function series(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): unknown[] {
  return [...after].map(([name, value]) => {
    const step = /_total|_count|_sum|_bucket/.test(name) ? value - (before.get(name) ?? 0) : 0;
    return { series: name, values: `${value}+${step}x15` };
  });
}

describe('alert rules on the metrics of a running gateway', {
  skip: !hasPromtool && 'promtool is not installed',
}, () => {
  it('fire for the service whose calls fail, ours and the usual one, and for no other', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'daemun-rules-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [before = new Map(), after = new Map()] = await scrapes(t, folder);
    writeFileSync(join(folder, 'usual.yaml'), USUAL);
    const firing = (alert: string) => ({
      expr: `ALERTS{alertname="${alert}", alertstate="firing"}`,
      eval_time: '12m',
      exp_samples: [
        {
          labels: `ALERTS{alertname="${alert}", alertstate="firing", severity="warning", grpc_service="shop.Cart"}`,
          value: 1,
        },
      ],
    });
    const unitTest = {
      rule_files: [OURS, 'usual.yaml'],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: series(before, after),
          promql_expr_test: [firing('DaemunGrpcErrorRatio'), firing('GRPCHighErrorRate')],
        },
      ],
    };
    const file = join(folder, 'test.yaml');
    writeFileSync(file, JSON.stringify(unitTest));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });
});
