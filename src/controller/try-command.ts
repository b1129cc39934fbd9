// SPDX-License-Identifier: Apache-2.0
import type { Binding, Listener, RouteEntry, Snapshot } from '../snapshot/index.ts';
import { ANY_HOST } from '../values/index.ts';
import type { GatewaySummary } from './summary.ts';

/** A call that the gateway answers, for the start-up table. */
export interface TryCall {
  readonly address: string;
  readonly port: number;
  /** The host that the route wants; '' when any will do. */
  readonly authority: string;
  readonly isTls: boolean;
  /** `pkg.Service/Method`. */
  readonly method: string;
  /** JSON. */
  readonly message: string;
  /** Metadata that the route wants, `name: value`. */
  readonly headers: readonly string[];
}

/** Methods of the demo backends: the message that shows something, and the method of a rule that names only the service. */
const DEMO: Readonly<Record<string, { readonly method: string; readonly message: string }>> = {
  'api.Echo': { method: 'Echo', message: '{"content":"hello"}' },
  'api.Reverse': { method: 'Reverse', message: '{"content":"hello"}' },
};

/** The first route that says which method it takes; calls of the demo services, and TLS listeners, come first. */
export function findTryCall(snapshot: Snapshot, gateways: readonly GatewaySummary[]): TryCall | undefined {
  const working = new Set(
    gateways.flatMap(({ namespace, name, listeners }) =>
      listeners.filter(one => one.bound !== null).map(one => `${namespace}/${name}/${one.name}`),
    ),
  );
  const calls = snapshot.bindings.flatMap(binding =>
    binding.listeners.filter(({ id }) => working.has(id)).flatMap(listener => callsOf(binding, listener)),
  );
  return calls.sort((a, b) => rank(a) - rank(b))[0];
}

function rank(call: TryCall): number {
  const isDemo = call.message !== '{}';
  const isFirst = call.method === 'api.Echo/Echo';
  return (isDemo ? 0 : 8) + (isFirst ? 0 : 4) + (call.headers.length > 0 ? 2 : 0) + (call.isTls ? 0 : 1);
}

function callsOf(binding: Binding, listener: Listener): TryCall[] {
  return listener.virtualHosts.flatMap(host =>
    host.entries.flatMap(entry => {
      const called = methodOf(entry);
      if (called === undefined || entry.rule.fault !== null) return [];
      if (entry.match.headers.some(header => header.kind !== 'exact')) return [];
      return [
        {
          ...called,
          address: binding.address,
          port: binding.port,
          authority: authorityOf(host.hostname),
          isTls: listener.tls !== null,
          headers: entry.match.headers.map(header => `${header.name}: ${header.value}`),
        },
      ];
    }),
  );
}

function methodOf({ match }: RouteEntry): { method: string; message: string } | undefined {
  const wanted = match.method;
  if (wanted === null) return { method: 'api.Echo/Echo', message: '{"content":"hello"}' };
  if (wanted.kind !== 'exact' || wanted.service === null) return undefined;
  const demo = DEMO[wanted.service];
  const method = wanted.method ?? demo?.method;
  if (method === undefined) return undefined;
  const isDemo = demo !== undefined && demo.method === method;
  return { method: `${wanted.service}/${method}`, message: isDemo ? demo.message : '{}' };
}

/** A name that the pattern takes. */
function authorityOf(pattern: string): string {
  if (pattern === ANY_HOST) return '';
  return pattern.startsWith('*.') ? `demo${pattern.slice(1)}` : pattern;
}
