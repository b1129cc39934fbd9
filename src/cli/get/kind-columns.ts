// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../../controller/index.ts';
import type { Resource } from '../../resources/index.ts';
import { formatAge } from '../age.ts';
import { listAt, textAt, valueAt } from '../json-path.ts';

/** A column of `get`, as the kind's printer columns (CRDs) or kubectl's printers have it. */
export interface Column {
  readonly title: string;
  /** Only with `-o wide`. */
  readonly isWide: boolean;
  readonly cell: (object: ResourceObject) => string;
}

const NONE = '<none>';

/** The columns of a kind, NAME first and AGE where kubectl has it. */
export function columnsOf(kind: string, nowMs: number): readonly Column[] {
  const age = column('AGE', object => formatAge(textAt(object, 'metadata', 'creationTimestamp'), nowMs));
  const name = column('NAME', object => object.metadata.name);
  const [before, after = []] = COLUMNS_OF.get(kind) ?? [[]];
  return [name, ...before, age, ...after];
}

/** Columns before AGE, and wide ones after it. */
type KindColumns = readonly [readonly Column[], (readonly Column[])?];

const PARENTS = [wide('PARENTS', object => parents(object)), wide('ACCEPTED', object => acceptedAt(object, 'parents'))];

const ROUTE: KindColumns = [[column('HOSTNAMES', object => jsonList(valueAt(object, 'spec', 'hostnames')))], PARENTS];

/** A route whose CRD has no column of its own. */
const UNDESCRIBED_ROUTE: KindColumns = [[], PARENTS];

const TARGETS = wide('TARGETS', object => namesAt(object, 'targetRefs').join(',') || NONE);
const ACCEPTED_AT_ANCESTORS = wide('ACCEPTED', object => acceptedAt(object, 'ancestors'));
const POLICY: KindColumns = [[], [TARGETS, ACCEPTED_AT_ANCESTORS]];

const ACCEPTED = column('ACCEPTED', object => conditionStatus(object, 'Accepted'));
const PROGRAMMED = column('PROGRAMMED', object => conditionStatus(object, 'Programmed'));
const LISTENERS = wide('LISTENERS', object => listAt(object, 'spec', 'listeners').map(listenerText).join(','));
const DESCRIPTION = wide('DESCRIPTION', object => textAt(object, 'spec', 'description'));

const KIND_COLUMNS: Readonly<Record<Resource['kind'], KindColumns>> = {
  GatewayClass: [[column('CONTROLLER', object => textAt(object, 'spec', 'controllerName')), ACCEPTED], [DESCRIPTION]],
  Gateway: [
    [
      column('CLASS', object => textAt(object, 'spec', 'gatewayClassName')),
      column('ADDRESS', object => addresses(object)),
      PROGRAMMED,
    ],
    [LISTENERS, wide('DEFAULT', object => textAt(object, 'spec', 'defaultScope') || NONE)],
  ],
  ListenerSet: [
    [ACCEPTED, PROGRAMMED],
    [wide('PARENT', object => textAt(object, 'spec', 'parentRef', 'name')), LISTENERS],
  ],
  HTTPRoute: ROUTE,
  GRPCRoute: ROUTE,
  TLSRoute: UNDESCRIBED_ROUTE,
  TCPRoute: UNDESCRIBED_ROUTE,
  UDPRoute: UNDESCRIBED_ROUTE,
  BackendTLSPolicy: [
    [],
    [TARGETS, wide('HOSTNAME', object => textAt(object, 'spec', 'validation', 'hostname')), ACCEPTED_AT_ANCESTORS],
  ],
  XBackend: [
    [],
    [
      wide('TYPE', object => textAt(object, 'spec', 'type')),
      wide('PORT', object => textAt(object, 'spec', 'port', 'number')),
      ACCEPTED_AT_ANCESTORS,
    ],
  ],
  XBackendTrafficPolicy: POLICY,
  XTelemetryPolicy: POLICY,
  XMesh: [[ACCEPTED], [DESCRIPTION]],
  ReferenceGrant: [[]],
  Service: [
    [
      column('TYPE', object => textAt(object, 'spec', 'type')),
      column('CLUSTER-IP', object => textAt(object, 'spec', 'clusterIP') || NONE),
      column('EXTERNAL-IP', object => textAt(object, 'spec', 'externalName') || NONE),
      column('PORT(S)', object => listAt(object, 'spec', 'ports').map(servicePort).join(',') || NONE),
    ],
    [wide('SELECTOR', object => pairs(valueAt(object, 'spec', 'selector')))],
  ],
  EndpointSlice: [
    [
      column('ADDRESSTYPE', object => textAt(object, 'addressType')),
      column(
        'PORTS',
        object =>
          listAt(object, 'ports')
            .map(port => textAt(port, 'port'))
            .join(',') || '<unset>',
      ),
      column('ENDPOINTS', object =>
        listAt(object, 'endpoints')
          .flatMap(one => listAt(one, 'addresses'))
          .join(','),
      ),
    ],
  ],
  Endpoints: [[column('ENDPOINTS', object => listAt(object, 'subsets').flatMap(subsetText).join(',') || NONE)]],
  Pod: [
    [column('STATUS', object => textAt(object, 'status', 'phase') || 'Unknown')],
    [wide('IP', object => textAt(object, 'status', 'podIP') || NONE)],
  ],
  Secret: [
    [
      column('TYPE', object => textAt(object, 'type')),
      column('DATA', object => String(Object.keys(valueAt(object, 'data') ?? {}).length)),
    ],
  ],
  ConfigMap: [[column('DATA', object => String(Object.keys(valueAt(object, 'data') ?? {}).length))]],
  ClusterTrustBundle: [[column('SIGNERNAME', object => textAt(object, 'spec', 'signerName') || NONE)]],
  Namespace: [[column('STATUS', () => 'Active')], [wide('LABELS', object => pairs(object.metadata['labels']))]],
  Deployment: [[column('REPLICAS', object => textAt(object, 'spec', 'replicas'))]],
};

const COLUMNS_OF: ReadonlyMap<string, KindColumns> = new Map(Object.entries(KIND_COLUMNS));

function column(title: string, cell: (object: ResourceObject) => string): Column {
  return { title, isWide: false, cell };
}

function wide(title: string, cell: (object: ResourceObject) => string): Column {
  return { title, isWide: true, cell };
}

/** The status of a condition; `Unknown` when nobody has set it yet. */
export function conditionStatus(object: ResourceObject, type: string): string {
  const conditions = listAt(object, 'status', 'conditions');
  return (
    textAt(
      conditions.find(one => textAt(one, 'type') === type),
      'status',
    ) || 'Unknown'
  );
}

function addresses(object: ResourceObject): string {
  return listAt(object, 'status', 'addresses')
    .map(one => textAt(one, 'value'))
    .join(',');
}

function listenerText(listener: unknown): string {
  return `${textAt(listener, 'name')}:${textAt(listener, 'port')}/${textAt(listener, 'protocol')}`;
}

/** Those that the route names; of one that uses default Gateways also those that its status lists. */
function parents(object: ResourceObject): string {
  const named = namesAt(object, 'parentRefs');
  const found =
    textAt(object, 'spec', 'useDefaultGateways') === 'All'
      ? listAt(object, 'status', 'parents').map(one => textAt(one, 'parentRef', 'name'))
      : [];
  return [...new Set([...named, ...found])].join(',') || NONE;
}

function namesAt(object: ResourceObject, references: 'parentRefs' | 'targetRefs'): readonly string[] {
  return listAt(object, 'spec', references).map(one => textAt(one, 'name'));
}

/** Whether an object is accepted, by each of those that its status lists. */
function acceptedAt(object: ResourceObject, by: 'parents' | 'ancestors'): string {
  const statuses = listAt(object, 'status', by).map(one => {
    const accepted = listAt(one, 'conditions').find(condition => textAt(condition, 'type') === 'Accepted');
    return textAt(accepted, 'status');
  });
  return statuses.join(',') || NONE;
}

function servicePort(port: unknown): string {
  return `${textAt(port, 'port')}/${textAt(port, 'protocol')}`;
}

function subsetText(subset: unknown): string[] {
  const ports = listAt(subset, 'ports').map(port => textAt(port, 'port'));
  return listAt(subset, 'addresses').flatMap(one => ports.map(port => `${textAt(one, 'ip')}:${port}`));
}

function jsonList(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? JSON.stringify(value) : '';
}

function pairs(value: unknown): string {
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return entries.map(([key, text]) => `${key}=${text}`).join(',') || NONE;
}
