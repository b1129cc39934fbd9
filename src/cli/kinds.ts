// SPDX-License-Identifier: Apache-2.0
import { usageError } from './exit-code.ts';

/** How a kind is called on the command line, as `kubectl api-resources` lists it. */
export interface KindNames {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** '' for the core group. */
  readonly group: string;
  readonly isNamespaced: boolean;
}

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** Every kind that `get` knows, in the order of `get all`. */
export const KINDS: readonly KindNames[] = [
  { kind: 'GatewayClass', plural: 'gatewayclasses', shortNames: ['gc'], group: GATEWAY_GROUP, isNamespaced: false },
  { kind: 'Gateway', plural: 'gateways', shortNames: ['gtw'], group: GATEWAY_GROUP, isNamespaced: true },
  { kind: 'GRPCRoute', plural: 'grpcroutes', shortNames: [], group: GATEWAY_GROUP, isNamespaced: true },
  {
    kind: 'ReferenceGrant',
    plural: 'referencegrants',
    shortNames: ['refgrant'],
    group: GATEWAY_GROUP,
    isNamespaced: true,
  },
  { kind: 'Service', plural: 'services', shortNames: ['svc'], group: '', isNamespaced: true },
  {
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    shortNames: [],
    group: 'discovery.k8s.io',
    isNamespaced: true,
  },
  { kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'], group: '', isNamespaced: true },
  { kind: 'Secret', plural: 'secrets', shortNames: [], group: '', isNamespaced: true },
  { kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], group: '', isNamespaced: true },
  { kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], group: '', isNamespaced: false },
  { kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'], group: 'apps', isNamespaced: true },
];

/** Finds kinds by what a user may call them: kind, singular, plural, short name, `plural.group`, a comma list, `all`. */
export function findKinds(text: string): readonly KindNames[] {
  if (text.toLowerCase() === 'all') return KINDS;
  return text.split(',').map(findKind);
}

function findKind(text: string): KindNames {
  const wanted = text.trim().toLowerCase();
  const found = KINDS.find(names => namesOf(names).includes(wanted));
  if (found !== undefined) return found;
  const known = KINDS.map(names => names.plural).join(', ');
  throw usageError(`unknown kind "${text}"`, `Kinds: all, ${known}`);
}

function namesOf({ kind, plural, shortNames, group }: KindNames): string[] {
  const names = [kind.toLowerCase(), plural, ...shortNames];
  return group === '' ? names : [...names, `${kind.toLowerCase()}.${group}`, `${plural}.${group}`];
}
