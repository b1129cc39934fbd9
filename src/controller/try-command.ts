// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { type CompiledBindings, type ExplainedPlace, explain, type Question } from '../match/index.ts';
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
  /** The development CA vouches for the certificate. */
  readonly isTrusted: boolean;
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

/** Reflection services that `call` and grpcurl ask for the types, in the order in which they do. */
const REFLECTION = [
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];
/** Each is looked up in the compiled routes, which takes milliseconds where there are thousands. */
const MAX_CANDIDATES = 50;

export interface TrySource {
  readonly snapshot: Snapshot;
  readonly gateways: readonly GatewaySummary[];
  /** `address:port` of demo backends, which know their own services only. */
  readonly demoEndpoints: ReadonlySet<string>;
  /** The development CA as PEM; null: there is none. */
  readonly caPem: string | null;
}

interface Candidate {
  readonly binding: Binding;
  readonly listener: Listener;
  readonly call: TryCall;
  /** The route itself names service and method. */
  readonly isNamed: boolean;
}

/**
 * A call that is answered: the routes forward it, and the question for its types, to backends that have endpoints and know
 * the method as far as can be told. Calls of the demo services, and TLS listeners, come first.
 */
export function findTryCall(source: TrySource): TryCall | undefined {
  const { snapshot, gateways } = source;
  const working = new Set(
    gateways.flatMap(({ namespace, name, listeners }) =>
      listeners.filter(one => one.bound !== null).map(one => `${namespace}/${name}/${one.name}`),
    ),
  );
  const candidates = snapshot.bindings.flatMap(binding =>
    binding.listeners.filter(({ id }) => working.has(id)).flatMap(listener => callsOf(binding, listener)),
  );
  candidates.sort((a, b) => rank(a.call) - rank(b.call));
  const answers = new Answers(source.snapshot);
  const found = candidates.slice(0, MAX_CANDIDATES).find(candidate => isAnswered(candidate, source, answers));
  return found && { ...found.call, isTrusted: isTrusted(found, source) };
}

function isAnswered(candidate: Candidate, { demoEndpoints }: TrySource, answers: Answers): boolean {
  const { call, isNamed } = candidate;
  // First, for where one call finds no reflection no other one does.
  const reflecting = REFLECTION.flatMap(question => {
    const endpoints = answers.endpointsOf(candidate, question);
    return endpoints === null ? [] : [endpoints];
  });
  if (reflecting.length === 0) return false;
  const endpoints = answers.endpointsOf(candidate, call.method);
  if (endpoints === null) return false;
  const isDemo = endpoints.every(address => demoEndpoints.has(address));
  const isReal = endpoints.every(address => !demoEndpoints.has(address));
  const [service = '', method] = call.method.split('/');
  if (!(isDemo && DEMO[service]?.method === method) && !(isReal && isNamed)) return false;
  return reflecting.some(places => places.every(address => demoEndpoints.has(address) === isDemo));
}

/** Where calls of a snapshot go. Each is asked once, for an answer takes milliseconds where there are thousands of routes. */
class Answers {
  readonly #snapshot: Snapshot;
  readonly #compiled: CompiledBindings = new Map();
  readonly #known = new Map<string, string[] | null>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The endpoints that `method` is sent to when it is called as `candidate` is; null when it fails or that is not known. */
  endpointsOf({ binding, listener, call }: Candidate, method: string): string[] | null {
    const key = JSON.stringify([binding.id, listener.id, call.authority, call.headers, method]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = { ...this.#snapshot, bindings: [binding] };
    const [place] = explain(asked, questionOf(method, call), this.#compiled).places;
    const endpoints = place?.listener?.id === listener.id ? endpointsAt(place) : null;
    this.#known.set(key, endpoints);
    return endpoints;
  }
}

function questionOf(method: string, call: TryCall): Question {
  const fields = call.headers.map(header => {
    const colon = header.indexOf(': ');
    return [header.slice(0, colon), header.slice(colon + 2)];
  });
  return {
    protocol: 'grpc',
    method: 'POST',
    path: `/${method}`,
    host: call.authority || call.address,
    headers: Object.fromEntries(fields),
    gateway: null,
    listener: null,
  };
}

/** The endpoints that calls go to from there; null when some of them would fail, or when it is not known where they go. */
function endpointsAt({ answer, backends }: ExplainedPlace): string[] | null {
  if (answer.kind !== 'forwarded') return null;
  const found: string[] = [];
  for (const { share, fault, endpoints } of backends) {
    if (share === 0) continue;
    if (fault !== '' || endpoints === 'dns' || endpoints.length === 0) return null;
    found.push(...endpoints.map(endpoint => endpoint.address));
  }
  return found.length === 0 ? null : found;
}

/** True when the development CA has issued every certificate that the listener may show, for the name that is called. */
function isTrusted({ call, listener }: Candidate, { snapshot, caPem }: TrySource): boolean {
  if (caPem === null || listener.kind !== 'https') return false;
  const ca = new X509Certificate(caPem);
  return listener.tls.certificates.every(id => {
    const chain = snapshot.certificates.find(certificate => certificate.id === id)?.chain;
    if (chain === undefined) return false;
    const leaf = new X509Certificate(chain);
    const isNamed = call.authority === '' ? leaf.checkIP(call.address) : leaf.checkHost(call.authority);
    return isNamed !== undefined && leaf.checkIssued(ca) && leaf.verify(ca.publicKey);
  });
}

function rank(call: TryCall): number {
  const isDemo = call.message !== '{}';
  const isFirst = call.method === 'api.Echo/Echo';
  return (isDemo ? 0 : 8) + (isFirst ? 0 : 4) + (call.headers.length > 0 ? 2 : 0) + (call.isTls ? 0 : 1);
}

function callsOf(binding: Binding, listener: Listener): Candidate[] {
  return listener.virtualHosts.flatMap(host =>
    host.entries.flatMap(entry => {
      const called = methodOf(entry);
      if (called === undefined || entry.rule.fault !== null) return [];
      if (entry.match.headers.some(header => header.kind !== 'exact')) return [];
      const call = {
        ...called,
        address: binding.address,
        port: binding.port,
        authority: authorityOf(host.hostname),
        isTls: listener.kind === 'https',
        isTrusted: false,
        headers: entry.match.headers.map(header => `${header.name}: ${header.value}`),
      };
      return [{ binding, listener, call, isNamed: isNamed(entry) }];
    }),
  );
}

function methodOf({ match }: RouteEntry): { method: string; message: string } | undefined {
  if (match.kind !== 'grpc') return undefined;
  const wanted = match.method;
  if (wanted === null) return { method: 'api.Echo/Echo', message: '{"content":"hello"}' };
  if (wanted.kind !== 'exact' || wanted.service === null) return undefined;
  const demo = DEMO[wanted.service];
  const method = wanted.method ?? demo?.method;
  if (method === undefined) return undefined;
  const isDemo = demo !== undefined && demo.method === method;
  return { method: `${wanted.service}/${method}`, message: isDemo ? demo.message : '{}' };
}

function isNamed({ match }: RouteEntry): boolean {
  const method = match.kind === 'grpc' ? match.method : null;
  return method?.kind === 'exact' && method.service !== null && method.method !== null;
}

/** A name that the pattern takes. */
function authorityOf(pattern: string): string {
  if (pattern === ANY_HOST) return '';
  return pattern.startsWith('*.') ? `demo${pattern.slice(1)}` : pattern;
}
