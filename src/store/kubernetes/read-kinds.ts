// SPDX-License-Identifier: Apache-2.0

import { KINDS, type KindDeclaration, type Resource, SERVICE_PARAMETER_KEYS } from '../../resources/index.ts';

type Kind = Resource['kind'];

/** What there is a use for. */
export interface ReadNeeds {
  readonly xBackends: Iterable<Resource>;
  readonly clients: ClientPods;
  /** False: nothing that is served needs any, and who cannot read them cannot lose them. */
  readonly secrets: boolean;
}

/** Pods whose namespaces matter as clients of a mesh: those of one node, where its agent is; of all; or of none without a mesh. */
export type ClientPods =
  | { readonly of: 'none' }
  | { readonly of: 'all' }
  | { readonly of: 'node'; readonly node: string };

/** How a kind is read from a cluster. */
export interface ReadKind {
  readonly kind: Kind;
  readonly declaration: KindDeclaration;
  /** Which objects are read: sent with lists and watches, '' for all. null: none is wanted while `needs` are these. */
  fieldSelector(needs: ReadNeeds): string | null;
  /** Media types of lists and of watches. */
  readonly accept: { readonly list: string; readonly watch: string };
  /** Of `data`, the keys whose values are kept, of ConfigMaps beside the names of the others; null: all fields are. */
  readonly dataKeys: ReadonlySet<string> | null;
  /** Whether the object's status matters to us: it is ours to write. */
  readonly hasStatus: boolean;
}

/** EndpointSlices mirror the one; the other is only asked by `--demo`. */
const UNREAD: ReadonlySet<string> = new Set(['Endpoints', 'Deployment']);

const CERTIFICATE_KEYS: ReadonlySet<string> = new Set(['tls.crt', 'tls.key', 'ca.crt', 'crl']);
/** ConfigMaps hold certificates of authorities, and parameters. */
const CONFIG_KEYS: ReadonlySet<string> = new Set(['ca.crt', 'ca.crl', ...SERVICE_PARAMETER_KEYS]);

/** Large, many, and never referred to by what we serve. */
const SECRET_FILTER = 'type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token';

const JSON_ONLY = { list: 'application/json', watch: 'application/json' };
const METADATA_ONLY = {
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  watch: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
};

/** The kinds that a gateway reads from a cluster. */
export const READ_KINDS: readonly ReadKind[] = [...KINDS].flatMap(([name, declaration]) =>
  UNREAD.has(name) ? [] : [readKind(name as Kind, declaration)],
);

function readKind(kind: Kind, declaration: KindDeclaration): ReadKind {
  const dataKeys = kind === 'Secret' ? CERTIFICATE_KEYS : kind === 'ConfigMap' ? CONFIG_KEYS : null;
  return {
    kind,
    declaration,
    fieldSelector: selectorOf(kind),
    accept: kind === 'Namespace' ? METADATA_ONLY : JSON_ONLY,
    dataKeys,
    hasStatus: declaration.group.startsWith('gateway.networking.'),
  };
}

function selectorOf(kind: Kind): ReadKind['fieldSelector'] {
  switch (kind) {
    case 'Pod':
      return podSelector;
    case 'Secret':
      return ({ secrets }) => (secrets ? SECRET_FILTER : null);
    default:
      return () => '';
  }
}

/** Pods are many and change often: they are read only where an XBackend selects some, or where they are clients of a mesh. */
function podSelector({ xBackends, clients }: ReadNeeds): string | null {
  if (clients.of === 'all' || selectsPods(xBackends)) return '';
  return clients.of === 'node' ? `spec.nodeName=${clients.node}` : null;
}

function selectsPods(xBackends: Iterable<Resource>): boolean {
  for (const one of xBackends) if (one.kind === 'XBackend' && one.spec.type === 'EndpointSelector') return true;
  return false;
}

/** Where a kind's objects are: of one namespace, or all without one. */
export function collectionPath({ group, plural }: KindDeclaration, version: string, namespace = ''): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === '' ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}
