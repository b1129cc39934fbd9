// SPDX-License-Identifier: Apache-2.0

import type {
  Binding,
  GrpcMethodMatch,
  HeaderMatch,
  Listener,
  RequestListener,
  RouteEntry,
  Rule,
  VirtualHost,
} from '../snapshot/index.ts';
import { PLAIN_EDGE } from '../snapshot/listener.test-support.ts';
import { sampleRule } from '../snapshot/rule.test-support.ts';
import { splitGrpcPath } from './grpc/grpc-path.ts';
import type { RequestView } from './request-view.ts';

/** Builders of snapshot parts for tests of matching. */
export function binding(...listeners: readonly Listener[]): Binding {
  return {
    id: '127.0.0.1:80/tcp',
    address: '127.0.0.1',
    port: 80,
    admission: 'first-bytes',
    frontend: null,
    proxyProtocolFrom: [],
    listeners,
  };
}

export function listener(name: string, hostname: string, ...virtualHosts: readonly VirtualHost[]): RequestListener {
  const identity = { id: `ns/gw/${name}`, gateway: { namespace: 'ns', name: 'gw' }, name, hostname };
  return { kind: 'http', ...identity, ...PLAIN_EDGE, virtualHosts };
}

export function virtualHost(hostname: string, ...entries: readonly RouteEntry[]): VirtualHost {
  return { hostname, entries };
}

export function rule(id: string, change: Partial<Rule> = {}): Rule {
  const origin = { kind: 'GRPCRoute', namespace: 'ns', name: id, ruleIndex: 0, ruleName: '' };
  return sampleRule(id, { origin, ...change });
}

export function entry(id: string, method: GrpcMethodMatch | null, ...headers: readonly HeaderMatch[]): RouteEntry {
  return { match: { kind: 'grpc', method, headers }, rule: rule(id), matchIndex: 0 };
}

export function exact(service: string | null, method: string | null): GrpcMethodMatch {
  return { kind: 'exact', service, method };
}

export function request(path: string, headers: Readonly<Record<string, string>> = {}): RequestView {
  return { method: 'POST', path, isGrpc: true, called: splitGrpcPath(path), header: name => headers[name] };
}
