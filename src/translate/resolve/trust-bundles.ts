// SPDX-License-Identifier: Apache-2.0

/**
 * References to certificates of authorities, as BackendTLSPolicies (validation.caCertificateRefs) and Gateways
 * (tls.frontend) write them: a ConfigMap under `ca.crt`, or a ClusterTrustBundle (GEP-5075).
 */
import type { Finding, FindingCode, ReferenceTarget } from '../../errors/index.ts';
import { type ClusterTrustBundle, type ConfigMap, GATEWAY_GROUP, type ResourceSet } from '../../resources/index.ts';
import type { TrustBundle } from '../../snapshot/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { contentHash } from '../content-hash.ts';
import type { TranslateEnvironment, TrustInspection } from '../environment.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf, type Named } from '../report.ts';
import { expiryOfTrust } from './expiring-trust.ts';
import { missingText } from './missing-object.ts';
import { coreGroup, grantToCreate, type ReferenceGrants } from './reference-grants.ts';

const CERTIFICATES_GROUP = 'certificates.k8s.io';
const CA_KEY = 'ca.crt';

/** Why a reference to certificates of authorities cannot be used. */
export type TrustReason = 'InvalidCACertificateRef' | 'InvalidKind' | 'RefNotPermitted';

export interface TrustReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Default: the namespace of who refers. */
  readonly namespace?: string;
}

/** What references are resolved in. */
export interface TrustReader {
  readonly resources: Pick<ResourceSet, 'configMaps' | 'clusterTrustBundles'>;
  readonly grants: ReferenceGrants;
  readonly environment: TranslateEnvironment;
  /** What was read of the objects that there are; the same from translation to translation. */
  readonly inspected: WeakMap<ConfigMap | ClusterTrustBundle, InspectedTrust>;
}

/** What an object holds: bundles of authorities are long, and many may refer to one. */
interface InspectedTrust {
  /** Of the text (`contentHash`). */
  readonly hash: string;
  readonly inspection: SortedTrust | Extract<TrustInspection, { readonly problem: string }>;
}

/** Certificates as a bundle has them. */
interface SortedTrust {
  /** Sorted, each once. */
  readonly pem: readonly string[];
  /** When the last of them ends. */
  readonly lastMs: number;
}

export interface TrustSite {
  readonly referrer: Named;
  /** Of the list of references. */
  readonly path: readonly (string | number)[];
  readonly reader: TrustReader;
}

/** What came of a list of references: those that can be used make one bundle. */
export interface ResolvedTrust {
  /** null: none can be used, so nobody may be trusted. */
  readonly bundle: TrustBundle | null;
  /** In the order written. */
  readonly problems: readonly Problem<TrustReason>[];
  /** Those of `problems`, and what else there is to say. */
  readonly findings: readonly Finding[];
}

/** Resolves `refs` to the certificates that they hold together. */
export function resolveTrust(refs: readonly TrustReference[], site: TrustSite): ResolvedTrust {
  const problems: Problem<TrustReason>[] = [];
  const findings: Finding[] = [];
  const used = new Map<string, FoundTrust>();
  for (const [index, ref] of refs.entries()) {
    const at = { ...site, path: [...site.path, index] };
    const found = resolveReference(ref, at);
    if ('reason' in found) {
      problems.push(found);
      findings.push(found.finding);
      continue;
    }
    used.set(found.id, found);
    site.reader.environment.noteEnd?.(found.lastMs);
    const expiry = expiryOfTrust(found.object, found.lastMs, site.reader.environment.nowMs);
    if (expiry !== null) findings.push(findingOf(expiry.code, site.referrer, { path: at.path, ...expiry }));
  }
  return { bundle: bundleOf([...used.values()]), problems, findings };
}

/** Most are those of one object, be they thousands. */
function bundleOf(used: readonly FoundTrust[]): TrustBundle | null {
  const [only, ...others] = used;
  if (only === undefined) return null;
  if (others.length === 0) return { id: only.id, pem: only.pem };
  const id = used.map(found => found.id).sort();
  return { id: id.join('+'), pem: sortedOnce(used.flatMap(({ pem }) => pem)) };
}

function sortedOnce(pem: readonly string[]): readonly string[] {
  return [...new Set(pem)].sort();
}

/** The certificates of one object. */
interface FoundTrust extends SortedTrust {
  /** `Kind/namespace/name@hash`. */
  readonly id: string;
  /** As messages name the object. */
  readonly object: string;
}

function resolveReference(ref: TrustReference, site: TrustSite): FoundTrust | Problem<TrustReason> {
  if (ref.kind === 'ConfigMap' && coreGroup(ref.group) === '') return resolveConfigMap(ref, site);
  if (ref.kind === 'ClusterTrustBundle' && ref.group === CERTIFICATES_GROUP) return resolveClusterBundle(ref, site);
  return problem('InvalidKind', 'trust/kind', site, {
    message: `caCertificateRefs names a ${ref.group === '' ? ref.kind : `${ref.kind} (${ref.group})`}, which is no kind that CA certificates are read from`,
    help: `Refer to a ConfigMap (group: "") with the key ${CA_KEY}, or to a ClusterTrustBundle (group: ${CERTIFICATES_GROUP})`,
  });
}

function resolveConfigMap(ref: TrustReference, site: TrustSite): FoundTrust | Problem<TrustReason> {
  const { referrer, reader } = site;
  const own = referrer.metadata.namespace;
  const target = { kind: 'ConfigMap', namespace: ref.namespace ?? own, name: ref.name };
  const from = { group: GATEWAY_GROUP, kind: referrer.kind, namespace: own };
  const to = { group: '', ...target };
  const key = formatNamespacedName(target);
  // Before the ConfigMap is looked up: whether it exists must not be told to those who may not refer to it.
  if (!reader.grants.permits(from, to)) {
    const message = `The reference to ConfigMap ${key} is not permitted by a ReferenceGrant in namespace ${target.namespace}`;
    return problem('RefNotPermitted', 'trust/not-permitted', site, { message, help: grantToCreate(from, to), target });
  }
  const configMap = reader.resources.configMaps.get(key);
  if (configMap === undefined)
    return missing(target, site, `kubectl create configmap ${ref.name} -n ${target.namespace} --from-file=${CA_KEY}=…`);
  const text = configMap.data[CA_KEY];
  if (text === undefined || text.trim() === '') {
    return problem('InvalidCACertificateRef', 'trust/invalid', site, {
      message: `ConfigMap ${key} has no ${CA_KEY}`,
      help: `Put the CA certificates in PEM under the key ${CA_KEY}`,
    });
  }
  return read(configMap, { object: `ConfigMap ${key}`, key: `ConfigMap/${key}`, text }, site);
}

function resolveClusterBundle(ref: TrustReference, site: TrustSite): FoundTrust | Problem<TrustReason> {
  const bundle = site.reader.resources.clusterTrustBundles.get(ref.name);
  const target = { kind: 'ClusterTrustBundle', namespace: '', name: ref.name };
  if (bundle === undefined && site.reader.environment.absentKinds?.has('ClusterTrustBundle') === true) {
    return problem('InvalidKind', 'trust/kind', site, {
      message: 'caCertificateRefs names a ClusterTrustBundle, and the API server has no such kind',
      help: `Have it serve ${CERTIFICATES_GROUP}, or refer to a ConfigMap with the key ${CA_KEY}`,
    });
  }
  if (bundle === undefined) return missing(target, site, 'apply it, or correct the name');
  const source = {
    object: `ClusterTrustBundle ${ref.name}`,
    key: `ClusterTrustBundle/${ref.name}`,
    text: bundle.spec.trustBundle,
  };
  return read(bundle, source, site);
}

interface Source {
  readonly object: string;
  readonly key: string;
  readonly text: string;
}

function read(
  from: ConfigMap | ClusterTrustBundle,
  { object, key, text }: Source,
  site: TrustSite,
): FoundTrust | Problem<TrustReason> {
  const { inspected, environment } = site.reader;
  const known = inspected.get(from) ?? { hash: contentHash(text), inspection: inspect(text, environment) };
  inspected.set(from, known);
  const { hash, inspection } = known;
  if ('pem' in inspection) return { ...inspection, id: `${key}@${hash}`, object };
  return problem('InvalidCACertificateRef', 'trust/invalid', site, {
    message: `${object} holds no usable CA certificates: ${inspection.problem}`,
    help: 'Write certificates in PEM, one block after the other',
  });
}

function inspect(text: string, environment: TranslateEnvironment): InspectedTrust['inspection'] {
  const inspection = environment.inspectTrust(text);
  if ('problem' in inspection) return inspection;
  const { certificates } = inspection;
  const lastMs = certificates.reduce((last, { notAfterMs }) => Math.max(last, notAfterMs), 0);
  return { pem: sortedOnce(certificates.map(({ pem }) => pem)), lastMs };
}

function missing(target: ReferenceTarget, site: TrustSite, how: string): Problem<TrustReason> {
  const key = `${target.kind}/${formatNamespacedName(target)}`;
  const text = missingText(target, site.reader.environment.refused?.get(key), { help: `Create it: ${how}` });
  return problem('InvalidCACertificateRef', 'trust/not-found', site, text);
}

function problem(
  reason: TrustReason,
  code: FindingCode,
  { referrer, path }: TrustSite,
  text: { readonly message: string; readonly help: string; readonly target?: ReferenceTarget },
): Problem<TrustReason> {
  return { reason, finding: findingOf(code, referrer, { path, ...text }) };
}
