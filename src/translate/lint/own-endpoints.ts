// SPDX-License-Identifier: Apache-2.0

/** Endpoints where the Gateways themselves listen: hardly any, among all that there are. */
import { type Binding, type Endpoint, type EndpointSet, endpointsOf } from '../../snapshot/index.ts';
import { compareStrings, isLoopback } from '../../values/index.ts';

/** What was found of each set; sets that stay are not unpacked again, for they may have hundreds of thousands. */
export interface KnownEndpoints {
  /** Where was listened when they were looked for. */
  readonly places: string;
  readonly bySet: WeakMap<EndpointSet, readonly Endpoint[]>;
}

/** Goes on from `previous`, unless something listens elsewhere now. */
export function knownEndpoints(bindings: readonly Binding[], previous: KnownEndpoints | undefined): KnownEndpoints {
  const places = [...new Set(bindings.map(({ address, port }) => `${address} ${port}`))]
    .sort(compareStrings)
    .join('\n');
  return previous?.places === places ? previous : { places, bySet: new WeakMap() };
}

/** Those of a set at the addresses and ports of `bindings`, which are by port. */
export function ownEndpoints(
  set: EndpointSet,
  bindings: ReadonlyMap<number, readonly Binding[]>,
  { bySet }: KnownEndpoints,
): readonly Endpoint[] {
  const known = bySet.get(set);
  if (known !== undefined) return known;
  const isOwn = ({ address, port }: Endpoint): boolean =>
    bindings.get(port)?.some(binding => isReachedAt(binding.address, address)) === true;
  const found = endpointsOf(set).filter(isOwn);
  const own = found.length === 0 ? NONE : found;
  bySet.set(set, own);
  return own;
}

const NONE: readonly Endpoint[] = [];

export function isReachedAt(bound: string, address: string): boolean {
  return bound === address || ((bound === '0.0.0.0' || bound === '::') && isLoopback(address));
}
