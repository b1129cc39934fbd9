// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Finding } from '../../../errors/index.ts';
import type { Service } from '../../../resources/index.ts';
import { parsed } from '../../environment.test-support.ts';
import { ALPN } from './alpn.ts';
import { type Annotation, readAnnotation } from './annotation.ts';
import { ANNOTATIONS } from './annotations.ts';
import { CONNECT_TIMEOUT } from './connect-timeout.ts';
import { readDnsTargets } from './dns-targets.ts';
import { HEALTH_CHECK } from './health-check.ts';
import { HEALTH_ENDPOINT } from './health-endpoint.ts';
import { LOAD_BALANCER } from './load-balancer.ts';
import { TRUSTED_PROXIES } from './trusted-proxies.ts';

const README = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');
const reading =
  <T>(annotation: Annotation<T>) =>
  (service: Service, findings: Finding[]): T =>
    readAnnotation(service, annotation, findings);

function annotated(name: string, value: string): Service {
  const service = parsed({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', annotations: { [`daemun.dev/${name}`]: value } },
    spec: { ports: [{ port: 80, targetPort: 8080 }] },
  });
  if (service.kind !== 'Service') throw new Error('not a Service');
  return service;
}

/** What `read` says about each value: the result as JSON, or the problem. */
function table(name: string, read: (service: Service, findings: Finding[]) => unknown, values: readonly string[]) {
  return values.map(value => {
    const findings: Finding[] = [];
    const result = read(annotated(name, value), findings);
    const [finding] = findings;
    return finding === undefined
      ? JSON.stringify(result)
      : finding.message.replace(`daemun.dev/${name}: `, '').split(';')[0];
  });
}

describe('the table of annotations', () => {
  it('stands in the README, each once', () => {
    const rows = [...README.matchAll(/^\| `(daemun\.dev\/[a-z-]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(rows.toSorted(), ANNOTATIONS.map(({ name }) => name).toSorted());
  });
});

describe('daemun.dev/load-balancer', () => {
  it('has every balancer in its row of the README', () => {
    const row = README.split('\n').find(line => line.startsWith(`| \`${LOAD_BALANCER.name}\``)) ?? '';
    const names = LOAD_BALANCER.syntax.split(/, | or /).filter(form => !form.includes(':'));
    assert.equal(names.length, 5);
    for (const name of names) assert.ok(row.includes(`\`${name}\``), name);
  });

  it('reads the balancers with their keys', () => {
    assert.deepEqual(
      table('load-balancer', reading(LOAD_BALANCER), ['random', ' least-request ', 'maglev', 'ring-hash:header=X-A']),
      [
        '{"kind":"random"}',
        '{"kind":"least-request"}',
        '{"kind":"maglev","key":{"kind":"source-ip"}}',
        '{"kind":"ring-hash","key":{"kind":"header","name":"x-a"}}',
      ],
    );
  });

  it('says what is wrong with the others', () => {
    const values = ['', 'Random', 'random:header=x', 'maglev:cookie=a', 'maglev:header=', 'maglev:header=a b'];
    assert.deepEqual(table('load-balancer', reading(LOAD_BALANCER), values), [
      '"" is not a load balancer',
      '"Random" is not a load balancer',
      'random takes no key',
      '"cookie=a" is not a key',
      '"header=" is not a key',
      '"header=a b" is not a key',
    ]);
  });
});

describe('daemun.dev/health-check', () => {
  it('reads settings in any order, with defaults for the rest', () => {
    assert.deepEqual(table('health-check', reading(HEALTH_CHECK), ['grpc', 'service=p.S, interval=1m']), [
      '{"intervalMs":10000,"timeoutMs":1000,"healthyThreshold":2,"unhealthyThreshold":2,"service":""}',
      '{"intervalMs":60000,"timeoutMs":1000,"healthyThreshold":2,"unhealthyThreshold":2,"service":"p.S"}',
    ]);
  });

  it('says what is wrong with the others', () => {
    assert.deepEqual(
      table('health-check', reading(HEALTH_CHECK), ['', 'interval', 'interval=0s', 'timeout=5', 'healthy=0', 'port=1']),
      [
        '"" is not one of interval, timeout, healthy, unhealthy, service',
        '"interval" has no value',
        'a zero duration makes no sense here',
        '"5" is not a duration such as 500ms or 1m30s',
        '"0" is not a count from 1 to 9999',
        '"port" is not one of interval, timeout, healthy, unhealthy, service',
      ],
    );
  });
});

describe('daemun.dev/health-endpoint', () => {
  it('reads a path, normalised, and fields on one line or on several', () => {
    const values = [' /healthz ', '/%68//x;', '/h; X-A: 1;b:2, 3', '/h\nx-envoy-livenessprobe: healthz\n'];
    assert.deepEqual(table('health-endpoint', reading(HEALTH_ENDPOINT), values), [
      '{"path":"/healthz","headers":[]}',
      '{"path":"/h/x","headers":[]}',
      '{"path":"/h","headers":[{"name":"x-a","value":"1"},{"name":"b","value":"2, 3"}]}',
      '{"path":"/h","headers":[{"name":"x-envoy-livenessprobe","value":"healthz"}]}',
    ]);
  });

  it('says what is wrong with the others', () => {
    const values = ['', 'healthz', '/h?x', '/a/..%2f', '/h; x', '/h; a b: c', '/h; x:', '/h; x-envoy-internal: true'];
    assert.deepEqual(table('health-endpoint', reading(HEALTH_ENDPOINT), values), [
      '"" does not begin with a slash',
      '"healthz" does not begin with a slash',
      '"/h?x" has a query, and only the path is looked at',
      '"/a/..%2f" is a path that is refused',
      '"x" is not NAME: VALUE',
      '"a b: c" is not NAME: VALUE',
      '"x:" is not NAME: VALUE',
      'x-envoy-internal is dropped when a client sends it',
    ]);
  });
});

describe('daemun.dev/trusted-proxies', () => {
  it('reads addresses and ranges', () => {
    const values = ['10.1.2.3/8, 10.0.0.0/8', '192.0.2.7 2001:DB8::/32'];
    assert.deepEqual(table('trusted-proxies', reading(TRUSTED_PROXIES), values), [
      '["10.0.0.0/8"]',
      '["192.0.2.7/32","2001:db8::/32"]',
    ]);
  });

  it('says what is wrong with the others', () => {
    assert.deepEqual(table('trusted-proxies', reading(TRUSTED_PROXIES), ['', '10.0.0.0/33', 'lb.test, 10.0.0.1']), [
      'it names nobody',
      '"10.0.0.0/33" is not an address or a CIDR range',
      '"lb.test" is not an address or a CIDR range',
    ]);
  });
});

describe('daemun.dev/connect-timeout', () => {
  it('reads a duration above zero', () => {
    assert.deepEqual(table('connect-timeout', reading(CONNECT_TIMEOUT), ['250ms', '0s', 'soon']), [
      '250',
      'a connect timeout cannot be zero',
      '"soon" is not a duration such as 500ms or 1m30s',
    ]);
  });
});

describe('daemun.dev/alpn', () => {
  it('reads names of protocols in their order, each once', () => {
    const values = ['h2', 'h2, http/1.1,h2', 'h2,,x', 'ö', 'a,b,c,d,e,f,g,h,i'];
    assert.deepEqual(table('alpn', reading(ALPN), values), [
      '["h2"]',
      '["h2","http/1.1"]',
      '"" is not the name of a protocol',
      '"ö" is not the name of a protocol',
      'it has more than 8 names',
    ]);
  });
});

describe('daemun.dev/endpoints', () => {
  const read = (service: Service, findings: Finding[]): unknown => {
    const found = readDnsTargets(
      service,
      { port: 80, servicePort: service.spec.ports[0], refusesLocal: false },
      findings,
    );
    return [...(found?.targets ?? []), ...(found?.addresses ?? []).map(({ address, port }) => ({ address, port }))];
  };

  it('reads names to resolve, and addresses that need no resolving', () => {
    assert.deepEqual(table('endpoints', read, ['B.local:1,a.local', '127.0.0.1:1,[::1]:2', '127.0.0.1:1,a.local:2']), [
      '[{"host":"a.local","port":8080},{"host":"b.local","port":1}]',
      '[{"address":"127.0.0.1","port":1},{"address":"::1","port":2}]',
      '[{"host":"127.0.0.1","port":1},{"host":"a.local","port":2}]',
    ]);
  });

  it('says what is wrong with the others', () => {
    assert.deepEqual(
      table('endpoints', read, [
        '',
        'a.local:',
        'a.local:0',
        'a.local:70000',
        'http://a.local',
        '::1:80',
        '[::1::2]:80',
      ]),
      [
        '"" is not host:port',
        '"a.local:" is not host:port',
        '"a.local:0" is not host:port',
        '"a.local:70000" is not host:port',
        '"http://a.local" is not host:port',
        '"::1:80" is not host:port',
        '"[::1::2]:80" is not host:port',
      ],
    );
  });
});
