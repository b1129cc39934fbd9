// SPDX-License-Identifier: Apache-2.0

import type { CertificatePair } from '../../demo/index.ts';
import type { Finding } from '../../errors/index.ts';
import type { BackendTLSPolicy, ConfigMap, Gateway, ResourceSet, Service } from '../../resources/index.ts';
import type { DemoAuthority } from './demo-authority.ts';
import { MergedMap } from './merged-map.ts';

/**
 * `--demo`: certificates for pods of Services that a BackendTLSPolicy is for, and the CA certificates that policies, and Gateways for their
 * clients, name where nobody wrote them.
 */
export class DemoTrust {
  readonly #authority: DemoAuthority;
  /** By name; an unchanged ConfigMap keeps its identity. */
  #added: ReadonlyMap<string, ConfigMap> = new Map();
  readonly #merged = new MergedMap<ConfigMap>();

  constructor(authority: DemoAuthority) {
    this.#authority = authority;
  }

  /** The resources with a ConfigMap for each one missing, and a warning for each. */
  async add(resources: ResourceSet): Promise<{ resources: ResourceSet; findings: readonly Finding[] }> {
    const missing = new Map<string, Finding>();
    for (const site of sitesOf(resources)) addMissing(site, resources, missing);
    if (missing.size === 0) return { resources, findings: [] };
    const pem = await this.#authority.certificate();
    const isSame = missing.size === this.#added.size && [...missing.keys()].every(key => this.#added.has(key));
    if (!isSame) this.#added = new Map([...missing.keys()].map(key => [key, configMap(key, pem)]));
    const configMaps = this.#merged.merge(resources.configMaps, this.#added);
    return { resources: { ...resources, configMaps }, findings: [...missing.values()] };
  }

  /** What the pods of a Service show to those who speak TLS to them; null: no policy and no TLSRoute is for it, so they speak none. */
  async certificateOf({ metadata }: Service, resources: ResourceSet): Promise<CertificatePair | null> {
    const { backendTlsPolicies, tlsRoutes } = resources;
    const hosts = new Set<string>();
    for (const { metadata: own, spec } of backendTlsPolicies.values()) {
      const isFor = spec.targetRefs.some(({ kind, name }) => kind === 'Service' && name === metadata.name);
      if (!isFor || own.namespace !== metadata.namespace) continue;
      hosts.add(spec.validation.hostname);
      for (const name of spec.validation.subjectAltNames ?? []) if (name.type === 'Hostname') hosts.add(name.hostname);
    }
    for (const { metadata: own, spec } of tlsRoutes.values()) {
      const isFor = spec.rules.some(({ backendRefs }) =>
        backendRefs.some(
          ({ name, namespace = own.namespace }) => name === metadata.name && namespace === metadata.namespace,
        ),
      );
      if (isFor) for (const hostname of spec.hostnames) hosts.add(hostname);
    }
    return hosts.size === 0 ? null : this.#authority.issue([...hosts].sort());
  }
}

/** Where an object names certificates of authorities. */
interface TrustSite {
  readonly owner: BackendTLSPolicy | Gateway;
  readonly path: readonly (string | number)[];
  readonly refs: readonly { group: string; kind: string; name: string; namespace?: string | undefined }[];
}

function sitesOf({ backendTlsPolicies, gateways }: ResourceSet): readonly TrustSite[] {
  const ofPolicies = [...backendTlsPolicies.values()].map(owner => {
    const refs = owner.spec.validation.caCertificateRefs ?? [];
    return { owner, path: ['spec', 'validation', 'caCertificateRefs'], refs };
  });
  return [...ofPolicies, ...[...gateways.values()].flatMap(frontendSites)];
}

/** Those whose clients a Gateway lets in. */
function frontendSites(owner: Gateway): readonly TrustSite[] {
  const frontend = owner.spec.tls?.frontend;
  const places = [
    { at: ['default'], tls: frontend?.default },
    ...(frontend?.perPort ?? []).map(({ tls }, index) => ({ at: ['perPort', index, 'tls'], tls })),
  ];
  return places.map(({ at, tls }) => {
    const path = ['spec', 'tls', 'frontend', ...at, 'validation', 'caCertificateRefs'];
    return { owner, path, refs: tls?.validation?.caCertificateRefs ?? [] };
  });
}

function addMissing(
  { owner, path, refs }: TrustSite,
  { configMaps }: ResourceSet,
  missing: Map<string, Finding>,
): void {
  const { apiVersion, kind, metadata } = owner;
  for (const [index, ref] of refs.entries()) {
    const { namespace = metadata.namespace, name } = ref;
    const key = `${namespace}/${name}`;
    if (ref.kind !== 'ConfigMap' || ref.group !== '' || configMaps.has(key) || missing.has(key)) continue;
    missing.set(key, {
      code: 'demo/ca-minted',
      severity: 'warning',
      resource: { apiVersion, kind, namespace: metadata.namespace, name: metadata.name },
      path: [...path, index],
      message: `ConfigMap ${key} does not exist; the demo uses that of its own development CA`,
      help: `create the ConfigMap: kubectl create configmap ${name} -n ${namespace} --from-file=ca.crt=FILE`,
    });
  }
}

function configMap(key: string, pem: string): ConfigMap {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name, labels: {}, annotations: { 'daemun.dev/minted': 'true' }, generation: 1 },
    data: { 'ca.crt': pem },
    binaryData: {},
  };
}
