// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Gateway } from '../../resources/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { indexGrants } from '../resolve/reference-grants.ts';
import { judgeFrontend } from './client-validation.ts';
import { findConflicts } from './conflicts.ts';
import { backendContext, judgeListener } from './listeners.ts';

/** Listeners as `name protocol port hostname`; written after parsing, since an API server refuses some of them. */
function conflictsOf(...lines: readonly string[]): Readonly<Record<string, string>> {
  const gateway = parsed({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw' },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'one', port: 80, protocol: 'HTTP' }] },
  }) as Gateway;
  const resources = resourceSet([]);
  const reader = {
    resources,
    grants: indexGrants(resources),
    environment: ENVIRONMENT,
    previous: new Map(),
    read: new Map(),
    tls: new Map(),
    xBackends: new Map(),
    telemetry: new Map(),
    trust: { resources, grants: indexGrants(resources), environment: ENVIRONMENT, inspected: new WeakMap() },
  };
  const frontend = judgeFrontend(gateway, reader.trust);
  const context = { reader, frontend, backends: backendContext(null, reader) };
  const judged = lines.map((line, index) => {
    const [name = '', protocol = '', port = '', hostname] = line.split(' ');
    const spec = { name, protocol, port: Number(port), allowedRoutes: { namespaces: { from: 'Same' as const } } };
    const written = hostname === undefined ? spec : { ...spec, hostname };
    return judgeListener({ gateway, owner: gateway, index, spec: written }, context);
  });
  const conflicts = findConflicts(judged);
  return Object.fromEntries([...conflicts].map(([id, problem]) => [id.slice('default/gw/'.length), problem.reason]));
}

describe('findConflicts', () => {
  it('lets hostnames and ports tell listeners apart', () => {
    assert.deepEqual(conflictsOf('a HTTP 80 a.org', 'b HTTP 80 *.org', 'c HTTP 80', 'd HTTP 81'), {});
    assert.deepEqual(conflictsOf('a HTTP 80', 'b HTTPS 443'), {});
  });

  it('lets all listeners with one port and hostname lose', () => {
    assert.deepEqual(conflictsOf('a HTTP 80 a.org', 'b HTTP 80 a.org', 'c HTTP 80'), {
      a: 'HostnameConflict',
      b: 'HostnameConflict',
    });
    assert.deepEqual(conflictsOf('a HTTPS 443', 'b HTTPS 443'), { a: 'HostnameConflict', b: 'HostnameConflict' });
  });

  it('lets cleartext and TLS on one port lose, whatever their hostnames', () => {
    assert.deepEqual(conflictsOf('a HTTP 80 a.org', 'b HTTPS 80 b.org', 'c HTTP 81'), {
      a: 'ProtocolConflict',
      b: 'ProtocolConflict',
    });
  });

  it('lets TCP share a port with nothing', () => {
    const lost = 'ProtocolConflict';
    assert.deepEqual(conflictsOf('a HTTP 80', 'b TCP 80', 'c TCP 81'), { a: lost, b: lost });
    assert.deepEqual(conflictsOf('a TLS 80 a.org', 'b HTTPS 80 b.org', 'c TCP 80'), { a: lost, b: lost, c: lost });
    assert.deepEqual(conflictsOf('a TCP 80', 'b TCP 80'), { a: lost, b: lost });
  });

  it('lets hostnames tell TLS and HTTPS apart', () => {
    assert.deepEqual(conflictsOf('a TLS 443 a.org', 'b HTTPS 443 b.org', 'c TLS 443'), {});
    assert.deepEqual(conflictsOf('a TLS 443 a.org', 'b HTTPS 443 a.org'), {
      a: 'HostnameConflict',
      b: 'HostnameConflict',
    });
  });

  it('leaves protocols that are not served out of it', () => {
    assert.deepEqual(conflictsOf('a HTTP 80', 'b example.com/foo 80'), {});
  });
});
