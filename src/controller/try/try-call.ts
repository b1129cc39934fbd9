// SPDX-License-Identifier: Apache-2.0
import type { RouteEntry } from '../../snapshot/index.ts';
import {
  Answers,
  boundEntries,
  isTrusted,
  placeOf,
  type TryEntry,
  type TryPlace,
  type TrySource,
} from './try-place.ts';

/** A call that the gateway answers, for the start-up table. */
export interface TryCall extends TryPlace {
  /** `pkg.Service/Method`. */
  readonly method: string;
  /** JSON. */
  readonly message: string;
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
/** Each is looked up among all routes, which takes a millisecond where there are thousands. */
const MAX_CANDIDATES = 50;

interface Candidate {
  readonly at: TryEntry;
  readonly call: TryCall;
  /** The route itself names service and method. */
  readonly isNamed: boolean;
}

/**
 * A call that is answered: the routes forward it, and the question for its types, to backends that have endpoints and know
 * the method as far as can be told. Calls of the demo services, and TLS listeners, come first.
 */
export function findTryCall(source: TrySource): TryCall | undefined {
  const candidates = Array.from(boundEntries(source), candidateOf).filter(candidate => candidate !== undefined);
  candidates.sort((a, b) => rank(a.call) - rank(b.call));
  const answers = new Answers(source.snapshot);
  const found = candidates.slice(0, MAX_CANDIDATES).find(candidate => isAnswered(candidate, source, answers));
  return found && { ...found.call, isTrusted: isTrusted(found.call, found.at.listener, source) };
}

function isAnswered({ at, call, isNamed }: Candidate, { demoEndpoints }: TrySource, answers: Answers): boolean {
  const endpointsOf = (method: string): string[] | null =>
    answers.endpointsOf(at, call, { protocol: 'grpc', method: 'POST', path: `/${method}` });
  // First, for where one call finds no reflection no other one does.
  const reflecting = REFLECTION.flatMap(question => {
    const endpoints = endpointsOf(question);
    return endpoints === null ? [] : [endpoints];
  });
  if (reflecting.length === 0) return false;
  const endpoints = endpointsOf(call.method);
  if (endpoints === null) return false;
  const isDemo = endpoints.every(address => demoEndpoints.has(address));
  const isReal = endpoints.every(address => !demoEndpoints.has(address));
  const [service = '', method] = call.method.split('/');
  if (!(isDemo && DEMO[service]?.method === method) && !(isReal && isNamed)) return false;
  return reflecting.some(places => places.every(address => demoEndpoints.has(address) === isDemo));
}

function rank(call: TryCall): number {
  const isDemo = call.message !== '{}';
  const isFirst = call.method === 'api.Echo/Echo';
  return (isDemo ? 0 : 8) + (isFirst ? 0 : 4) + (call.headers.length > 0 ? 2 : 0) + (call.isTls ? 0 : 1);
}

function candidateOf(at: TryEntry): Candidate | undefined {
  const { entry } = at;
  const called = methodOf(entry);
  const place = placeOf(at);
  if (called === undefined || place === undefined || entry.rule.fault !== null) return undefined;
  return { at, call: { ...place, ...called }, isNamed: isNamed(entry) };
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
