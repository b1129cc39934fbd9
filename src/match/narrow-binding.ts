// SPDX-License-Identifier: Apache-2.0

import {
  type Binding,
  type GrpcMethodMatch,
  type HttpPathMatch,
  type Listener,
  type RequestMatch,
  routesRequests,
} from '../snapshot/index.ts';

/**
 * The binding with only those entries that may take requests for a path, patterns among them. A request for it is answered
 * as by the whole binding, and few entries are quickly compiled: for who asks once, where there are thousands of routes.
 * Linear in the entries.
 */
export function narrowBinding(binding: Binding, path: string): Binding {
  const mark = path.indexOf('?');
  const asked = mark < 0 ? path : path.slice(0, mark);
  return {
    ...binding,
    listeners: binding.listeners.map(listener => narrowListener(listener, asked)),
  };
}

function narrowListener(listener: Listener, asked: string): Listener {
  if (!routesRequests(listener)) return listener;
  const virtualHosts = listener.virtualHosts.map(host => ({
    ...host,
    entries: host.entries.filter(({ match }) => mayTake(match, asked)),
  }));
  return { ...listener, virtualHosts };
}

function mayTake(match: RequestMatch, path: string): boolean {
  switch (match.kind) {
    case 'grpc':
      return mayTakeMethod(match.method, path);
    case 'http':
      return mayTakePath(match.path, path);
  }
}

function mayTakeMethod(method: GrpcMethodMatch | null, path: string): boolean {
  if (method === null || method.kind === 'regex') return true;
  return (
    (method.service === null || path.startsWith(`/${method.service}/`)) &&
    (method.method === null || path.endsWith(`/${method.method}`))
  );
}

function mayTakePath({ kind, value }: HttpPathMatch, path: string): boolean {
  switch (kind) {
    case 'exact':
      return path === value;
    case 'prefix':
      return path.startsWith(value);
    case 'regex':
      return true;
  }
}
