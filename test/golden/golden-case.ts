// SPDX-License-Identifier: Apache-2.0

/**
 * Golden cases: `test/golden/CASE/in.yaml` holds all that the case depends on, the other files what must come of it.
 * The header comment of `in.yaml` names the clause of the specification that the case is about.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { inspectCertificate } from '../../src/controller/certificates/inspect-certificate.ts';
import { inspectTrust } from '../../src/controller/certificates/inspect-trust.ts';
import type { Finding } from '../../src/errors/index.ts';
import type { ResourceSet } from '../../src/resources/index.ts';
import { type BindFailures, bindFailure } from '../../src/snapshot/index.ts';
import { type Statuses, statuses } from '../../src/status/index.ts';
import { memoryStore } from '../../src/store/index.ts';
import {
  type ClusterAddress,
  type GatewayService,
  type MeshEnvironment,
  overlayBindFailures,
  type Place,
  type ServiceState,
  type TranslateEnvironment,
  type Translation,
  translate,
} from '../../src/translate/index.ts';
import { formatNamespacedName, type NamespacedName } from '../../src/values/index.ts';
import { renderSnapshot } from './render-snapshot.ts';

const ROOT = import.meta.dirname;
/** The files that a case consists of besides `in.yaml`. */
export const OUTPUTS = ['snapshot.yaml', 'status.yaml', 'findings.yaml'] as const;
export type Output = (typeof OUTPUTS)[number];

/** A document `environment: …` in `in.yaml` changes these; all have defaults. */
interface WrittenEnvironment {
  readonly controllerName?: string;
  /** Written port → bound port. */
  readonly movedPorts?: Record<string, number>;
  /** Binding id → the operating system's code. */
  readonly bindFailures?: Record<string, string>;
  /** Gateway `namespace/name` → address, null where none is left; the others get 127.0.0.1. */
  readonly addresses?: Record<string, string | null>;
  readonly reportsRoutability?: boolean;
  /** What came of ClusterIPs, by `namespace/name VALUE` or `namespace/name PLACE`. Absent: there is no cluster. */
  readonly clusterIps?: Record<string, ClusterAddress>;
  /** The Services through which Gateways are reached, by `namespace/name` of the Gateway; absent: they are reached where they are bound. */
  readonly services?: Record<string, WrittenService>;
  /** Address → why no Gateway may have it. */
  readonly unusable?: Record<string, string>;
  /** Of the definitions in the cluster. */
  readonly bundleVersions?: readonly string[];
  /** Services are served: at their ClusterIPs, or 127.1.0.1 for one that has none. Absent: by others. */
  readonly mesh?: WrittenMesh;
  /** Where the process runs. */
  readonly place?: Partial<Place>;
  /** RFC 3339; 2026-01-01T00:00:00Z when absent. */
  readonly now?: string;
}

/** The Service NAME-daemun of a Gateway, before Pods at 10.244.0.5. */
interface WrittenService {
  /** `80/tcp` → the port in the Pods. */
  readonly targetPorts: Record<string, number>;
  readonly state: ServiceState;
}

interface WrittenMesh {
  /** ClusterIP → why connections to it do not come here. */
  readonly unreached?: Record<string, string>;
  /** CIDR → namespace. */
  readonly clients?: Record<string, string>;
  readonly knowsAllClients?: boolean;
}

export interface GoldenCase {
  readonly name: string;
  readonly objects: readonly unknown[];
  readonly environment: TranslateEnvironment;
  /** By binding id. */
  readonly bindFailures: BindFailures;
}

/** Names of all cases, sorted. */
export function goldenCases(): readonly string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}

/** Reads a case. Throws when it has no header comment or an object that an API server would refuse. */
export function readCase(name: string): GoldenCase {
  const text = readFileSync(join(ROOT, name, 'in.yaml'), 'utf8');
  if (!text.startsWith('# ')) throw new Error(`${name}/in.yaml must begin with a comment that names the clause`);
  const documents = parseAllDocuments(text).map(
    document => document.toJS() as { environment?: WrittenEnvironment } | null,
  );
  const objects = documents.filter(document => document !== null && document.environment === undefined);
  const written = documents.find(document => document?.environment)?.environment ?? {};
  return { name, objects, environment: environmentOf(written), bindFailures: bindFailuresOf(written) };
}

function environmentOf(written: WrittenEnvironment): TranslateEnvironment {
  return {
    controllerName: written.controllerName ?? null,
    addressOf: ({ namespace, name }, place) => {
      const address = written.addresses?.[`${namespace}/${name}`];
      return address === undefined ? `127.0.0.${place + 1}` : address;
    },
    clusterAddress: ({ namespace, name }, { value, place }) =>
      written.clusterIps === undefined
        ? { state: 'no-cluster' }
        : (written.clusterIps[`${namespace}/${name} ${value || place}`] ?? { state: 'pending' }),
    serviceOf: gateway => serviceOf(written.services?.[formatNamespacedName(gateway)], gateway),
    reportsRoutability: written.reportsRoutability ?? false,
    addressRefusal: address => written.unusable?.[address] ?? null,
    bundleVersions: written.bundleVersions ?? [],
    ...(written.mesh === undefined ? {} : { mesh: meshOf(written.mesh) }),
    ...(written.place === undefined ? {} : { place: { node: null, zone: null, ...written.place } }),
    movedPorts: new Map(Object.entries(written.movedPorts ?? {}).map(([port, moved]) => [Number(port), moved])),
    nowMs: Date.parse(written.now ?? '2026-01-01T00:00:00Z'),
    inspectCertificate,
    inspectTrust,
  };
}

function serviceOf(written: WrittenService | undefined, { namespace, name }: NamespacedName): GatewayService | null {
  if (written === undefined) return null;
  const targetPorts = new Map(Object.entries(written.targetPorts));
  return { name: `${namespace}/${name}-daemun`, podAddresses: ['10.244.0.5'], targetPorts, state: written.state };
}

function meshOf({ unreached = {}, clients = {}, knowsAllClients = false }: WrittenMesh): MeshEnvironment {
  return {
    addressOf: () => '127.1.0.1',
    closure: ({ address }) => unreached[address] ?? null,
    entranceOf: ({ address, port }) => (unreached[address] === undefined ? { address, port } : null),
    knowsAllClients,
    clients: Object.entries(clients).map(([range, namespace]) => ({ range, namespace })),
  };
}

function bindFailuresOf({ bindFailures = {} }: WrittenEnvironment): BindFailures {
  return new Map(Object.entries(bindFailures).map(([id, code]) => [id, bindFailure(code, `listen ${code}`)]));
}

/** The resources of a case, its objects in the order given. */
export async function resourcesOf(objects: readonly unknown[]): Promise<ResourceSet> {
  const store = memoryStore(objects);
  await store.start();
  const { resources } = store.current();
  await store.close();
  return resources;
}

/** Translates `objects` in the environment of the case. */
export async function runCase(golden: GoldenCase, objects = golden.objects): Promise<Record<Output, string>> {
  const resources = await resourcesOf(objects);
  const translation = translate(resources, golden.environment);
  return renderTranslation(golden, translation, resources);
}

/** What the files of a case hold. */
export function renderTranslation(
  { bindFailures }: GoldenCase,
  translated: Translation,
  resources: ResourceSet,
): Record<Output, string> {
  const translation = overlayBindFailures(translated, resources, bindFailures);
  const written = statuses(translation, resources, null, '2026-01-01T00:00:00Z').byObject;
  return {
    'snapshot.yaml': toYaml(renderSnapshot(translation.snapshot)),
    'status.yaml': toYaml(renderStatuses(written)),
    'findings.yaml': toYaml(translation.findings.map(renderFinding)),
  };
}

/** What the case says must come out; '' for a file that is not there. */
export function expectedOutput(name: string, output: Output): string {
  const path = outputPath(name, output);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export function outputPath(name: string, output: Output): string {
  return join(ROOT, name, output);
}

/** Times and the features of classes are left out: they are the same everywhere. */
function renderStatuses(written: Statuses): unknown {
  const withoutTimes = JSON.stringify(
    Object.fromEntries([...written].sort(([a], [b]) => (a < b ? -1 : 1))),
    (key, value) => (key === 'lastTransitionTime' || key === 'supportedFeatures' ? undefined : value),
  );
  return JSON.parse(withoutTimes);
}

function renderFinding({ code, severity, resource, path, message, help }: Finding): unknown {
  const name = resource === undefined ? '' : `${resource.kind}/${resource.namespace}/${resource.name}`;
  return { code, severity, resource: name.replace('//', '/'), path: path.join('.'), message, help };
}

function toYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
