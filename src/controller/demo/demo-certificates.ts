// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import type { Gateway, GatewayListener, ListenerSet, ResourceSet, Secret } from '../../resources/index.ts';
import { type ListenersOf, listenerOwners } from '../../translate/index.ts';
import type { NamespacedName } from '../../values/index.ts';
import type { DemoAuthority } from './demo-authority.ts';
import { MergedMap } from './merged-map.ts';

export interface DemoCertificatesOptions {
  /** The address at which a Gateway is reached; certificates hold it beside the names. */
  addressOf(gateway: NamespacedName): string;
}

/** A Secret that a listener names and nobody wrote, with the hosts it must be good for. */
interface MissingSecret {
  readonly namespace: string;
  readonly name: string;
  readonly hosts: Set<string>;
  /** Who names it first. */
  readonly owner: Gateway | ListenerSet;
  readonly path: readonly (string | number)[];
}

/** `--demo`: certificates from a development CA for the Secrets that are missing. */
export class DemoCertificates {
  readonly #options: DemoCertificatesOptions;
  readonly #authority: DemoAuthority;
  /** By name and hosts; an unchanged Secret keeps its identity. */
  readonly #minted = new Map<string, Secret>();
  /** What was added last. */
  #added: ReadonlyMap<string, Secret> = new Map();
  readonly #merged = new MergedMap<Secret>();

  constructor(authority: DemoAuthority, options: DemoCertificatesOptions) {
    this.#authority = authority;
    this.#options = options;
  }

  /** The resources with a Secret for each one missing, and a warning for each. Rejects when the state directory cannot be written. */
  async add(resources: ResourceSet): Promise<{ resources: ResourceSet; findings: readonly Finding[] }> {
    const missing = this.#findMissing(resources);
    if (missing.length === 0) return { resources, findings: [] };
    const minted = new Map<string, Secret>();
    for (const one of missing) minted.set(`${one.namespace}/${one.name}`, await this.#mint(one));
    if (!hasSameValues(minted, this.#added)) this.#added = minted;
    const secrets = this.#merged.merge(resources.secrets, this.#added);
    return { resources: { ...resources, secrets }, findings: missing.map(mintedFinding) };
  }

  async #mint(missing: MissingSecret): Promise<Secret> {
    const { namespace, name } = missing;
    const hosts = [...missing.hosts].sort();
    const key = `${namespace}/${name} ${hosts.join(' ')}`;
    const known = this.#minted.get(key);
    if (known !== undefined) return known;
    const pair = await this.#authority.issue(hosts);
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name, labels: {}, annotations: { 'daemun.dev/minted': 'true' }, generation: 1 },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(pair.chain), 'tls.key': base64(pair.key) },
    };
    this.#minted.set(key, secret);
    return secret;
  }

  #findMissing(resources: ResourceSet): MissingSecret[] {
    const missing = new Map<string, MissingSecret>();
    for (const { gateway, owner } of listenerOwners(resources)) {
      owner.spec.listeners.forEach((listener, index) => {
        (listener.tls?.certificateRefs ?? []).forEach((ref, refIndex) => {
          if (listener.tls?.mode !== 'Terminate' || ref.group !== '' || ref.kind !== 'Secret') return;
          const namespace = ref.namespace ?? owner.metadata.namespace;
          const key = `${namespace}/${ref.name}`;
          if (resources.secrets.has(key)) return;
          const path = ['spec', 'listeners', index, 'tls', 'certificateRefs', refIndex];
          const found = missing.get(key) ?? { namespace, name: ref.name, hosts: new Set<string>(), owner, path };
          for (const host of this.#hostsOf({ gateway, owner }, listener, resources)) found.hosts.add(host);
          missing.set(key, found);
        });
      });
    }
    for (const gateway of resources.gateways.values()) addClientSecret(gateway, resources, missing);
    return [...missing.values()];
  }

  /** The listener's hostname, else those of the routes; and the Gateway's address, so that a bare address works too. */
  #hostsOf({ gateway, owner }: ListenersOf, listener: GatewayListener, resources: ResourceSet): string[] {
    const asked = gateway.spec.addresses?.flatMap(({ value }) => value ?? []) ?? [];
    const addresses = asked.length > 0 ? asked : [this.#options.addressOf(gateway.metadata)];
    if (listener.hostname !== undefined) return [listener.hostname, ...addresses];
    const takesDefaults = owner.kind === 'Gateway' && owner.spec.defaultScope === 'All';
    const routes = [...resources.httpRoutes.values(), ...resources.grpcRoutes.values()].filter(
      route =>
        (takesDefaults && route.spec.useDefaultGateways === 'All') ||
        route.spec.parentRefs?.some(
          parent =>
            parent.kind === owner.kind &&
            parent.name === owner.metadata.name &&
            (parent.namespace ?? route.metadata.namespace) === owner.metadata.namespace,
        ),
    );
    return ['localhost', ...addresses, ...routes.flatMap(route => route.spec.hostnames ?? [])];
  }
}

/** What a Gateway shows to backends, by which they know it. */
function addClientSecret(gateway: Gateway, { secrets }: ResourceSet, missing: Map<string, MissingSecret>): void {
  const ref = gateway.spec.tls?.backend?.clientCertificateRef;
  if (ref === undefined || ref.group !== '' || ref.kind !== 'Secret') return;
  const namespace = ref.namespace ?? gateway.metadata.namespace;
  const key = `${namespace}/${ref.name}`;
  if (secrets.has(key) || missing.has(key)) return;
  const hosts = new Set([`${gateway.metadata.name}.${gateway.metadata.namespace}`]);
  const path = ['spec', 'tls', 'backend', 'clientCertificateRef'];
  missing.set(key, { namespace, name: ref.name, hosts, owner: gateway, path });
}

function hasSameValues(a: ReadonlyMap<string, Secret>, b: ReadonlyMap<string, Secret>): boolean {
  return a.size === b.size && [...a].every(([key, secret]) => b.get(key) === secret);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function mintedFinding({ namespace, name, owner, path }: MissingSecret): Finding {
  const { apiVersion, kind, metadata } = owner;
  return {
    code: 'demo/certificate-minted',
    severity: 'warning',
    resource: { apiVersion, kind, namespace: metadata.namespace, name: metadata.name },
    path,
    message: `Secret ${namespace}/${name} does not exist; the demo uses a certificate of its own development CA`,
    help: `create the Secret: kubectl create secret tls ${name} -n ${namespace} --cert=FILE --key=FILE`,
  };
}
