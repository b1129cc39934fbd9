// SPDX-License-Identifier: Apache-2.0

import type { Service } from '../../resources/index.ts';
import type { Binding, Frontend } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import { compareAge } from '../age.ts';

/** A port of a Service whose socket somebody else has, so that its routes get no connections. */
export interface LostFrontend {
  readonly service: Service;
  readonly frontend: Frontend;
  /** Whose the socket is; null: a Gateway's. */
  readonly holder: Frontend | null;
}

/** A port of a Service, and the socket that it asks for. */
export interface Claim {
  readonly service: Service;
  readonly binding: Binding & { readonly frontend: Frontend };
}

/**
 * One holder for each socket, for two cannot be told apart there: a Gateway before Services, of those the oldest. Bindings are sorted by id.
 */
export function shareSockets(
  claims: Iterable<Claim>,
  ofGateways: readonly Binding[],
): { readonly bindings: readonly Binding[]; readonly lost: readonly LostFrontend[] } {
  const gateways = new Set(ofGateways.map(({ id }) => id));
  const holders = new Map<string, Claim>();
  const losers: Claim[] = [];
  for (const claim of claims) {
    const { id } = claim.binding;
    const other = holders.get(id);
    if (gateways.has(id) || (other !== undefined && compareClaims(other, claim) < 0)) losers.push(claim);
    else {
      if (other !== undefined) losers.push(other);
      holders.set(id, claim);
    }
  }
  return {
    bindings: [...holders.values()].map(({ binding }) => binding).sort((a, b) => compareStrings(a.id, b.id)),
    lost: losers.sort(compareClaims).map(({ service, binding: { id, frontend } }) => ({
      service,
      frontend,
      holder: holders.get(id)?.binding.frontend ?? null,
    })),
  };
}

function compareClaims(a: Claim, b: Claim): number {
  return (
    compareAge(a.service.metadata, b.service.metadata) ||
    a.binding.frontend.port - b.binding.frontend.port ||
    compareStrings(a.binding.frontend.address, b.binding.frontend.address)
  );
}
