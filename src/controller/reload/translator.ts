// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import type { Gateway, ResourceSet } from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { statuses, type WrittenStatuses } from '../../status/index.ts';
import type { StoreContents } from '../../store/index.ts';
import {
  frontendsOf,
  type LastTranslation,
  listenerOwners,
  type MeshEnvironment,
  movePorts,
  type Place,
  type TranslateEnvironment,
  type Translation,
  translate,
  translateAround,
} from '../../translate/index.ts';
import type { AddressBook } from '../addresses/address-book.ts';
import { inspectCertificate } from '../certificates/inspect-certificate.ts';
import { inspectTrust } from '../certificates/inspect-trust.ts';
import { parentServices } from '../mesh/loopback-frontends.ts';
import { refusedObjects } from './refused-objects.ts';

export interface TranslatorOptions {
  /** null: every GatewayClass is ours. */
  readonly controllerName: string | null;
  /** Shared with `--demo`, whose certificates hold the addresses. */
  readonly addresses: AddressBook;
  /** Whether statuses say of each address from where it can be reached. */
  readonly reportsRoutability: boolean;
  /** Asked before each translation; null: this process serves no Services. Default: it serves none. */
  readonly mesh?: () => MeshEnvironment | null;
  /** Where this process runs. Default: not known. */
  readonly place?: Place;
  readonly nowMs: () => number;
}

/** Translation with its memory: what was translated before, addresses given, ports moved, statuses written. */
export class Translator {
  readonly #options: TranslatorOptions;
  #movedPorts: ReadonlyMap<number, number> = new Map();
  #refused: ReadonlyMap<string, string> = new Map();
  #bundleVersions: readonly string[] = [];
  #lacksExperimental = false;
  #absentKinds: ReadonlySet<string> = NO_KINDS;
  #last: LastTranslation | undefined;
  #statuses: WrittenStatuses | null = null;
  /** That of the last `translate`. */
  #mesh: MeshEnvironment | null = null;
  /** The last mesh, with ports that were moved. */
  #moved: {
    readonly mesh: MeshEnvironment;
    readonly movedPorts: ReadonlyMap<number, number>;
    readonly with: MeshEnvironment;
  } | null = null;

  constructor(options: TranslatorOptions) {
    this.#options = options;
  }

  /** Once for each version of the resources, before anything asks for an address. */
  assignAddresses(resources: ResourceSet): void {
    this.#options.addresses.assign(resources);
  }

  /** The sockets that Gateways, the ListenerSets of Gateways and Services with routes ask for, one address each. */
  socketsOf(resources: ResourceSet): readonly { readonly address: string; readonly port: number }[] {
    const ofGateways = listenerOwners(resources).flatMap(({ gateway, owner }) => {
      const address = this.#firstAddress(gateway);
      return address === null ? [] : owner.spec.listeners.map(({ port }) => ({ address, port }));
    });
    return [...ofGateways, ...this.#socketsOfServices(resources)];
  }

  #socketsOfServices(resources: ResourceSet): readonly { readonly address: string; readonly port: number }[] {
    const mesh = this.#options.mesh?.() ?? null;
    if (mesh === null) return [];
    return parentServices(resources).flatMap(service =>
      service.spec.ports
        .filter(({ protocol }) => protocol === 'TCP')
        .flatMap(({ port }) => frontendsOf(service, port, mesh))
        .flatMap(frontend => mesh.entranceOf(frontend) ?? []),
    );
  }

  #firstAddress({ spec, metadata }: Gateway): string | null {
    const asked = spec.addresses?.[0];
    const isAssigned = asked?.value === undefined || asked.value === '';
    return isAssigned ? this.#options.addresses.addressOf(metadata, 0) : asked.value;
  }

  /** Translates; work follows what changed since the last call, and a fault of ours stays with its object. `refusedPorts`: those that the OS does not let us have. */
  translate(resources: ResourceSet, refusedPorts: ReadonlySet<number> = NO_PORTS): Translation {
    this.#mesh = this.#options.mesh?.() ?? null;
    const mayMove = refusedPorts.size + this.#movedPorts.size > 0;
    if (mayMove) this.#movedPorts = movePorts(this.#writtenPorts(resources), refusedPorts, this.#movedPorts);
    const { translation, last } = translateAround(resources, this.#environment(), this.#last);
    this.#last = last;
    return translation;
  }

  /**
   * After a reload broke: the next `translate` takes over nothing but the number of the version. What broke may be in the memory of the last
   * translation, and would break every later one.
   */
  startAnew(): void {
    if (this.#last !== undefined) this.#last = { ...this.#last, previous: { snapshot: this.#last.previous.snapshot } };
  }

  /** Frontends may get other places than the last `translate` gave them. */
  get hasOtherMesh(): boolean {
    return (this.#options.mesh?.() ?? null) !== this.#mesh;
  }

  /** The statuses of a translation; an unchanged condition keeps its `lastTransitionTime`. */
  statuses(translation: Translation, resources: ResourceSet): WrittenStatuses {
    this.#statuses = statuses(translation, resources, this.#statuses, this.#now());
    return this.#statuses;
  }

  #now(): string {
    return new Date(this.#options.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  /** What the snapshot would be if `resources`, those of the last `translate`, were these. Says and remembers nothing; undefined where something is set aside. */
  rehearse(resources: ResourceSet): Snapshot | undefined {
    if (this.#last === undefined || this.#last.setAside.length > 0) return undefined;
    const translation = translate(resources, this.#environment(), this.#last.previous);
    statuses(translation, resources, this.#statuses, this.#now());
    return translation.snapshot;
  }

  /** Remembers what the cluster has of the Gateway API, and which kinds it lacks, for the next `translate`. */
  setServed({
    bundleVersions = [],
    lacksExperimental = false,
    absentKinds = NO_KINDS,
  }: Pick<StoreContents, 'bundleVersions' | 'lacksExperimental' | 'absentKinds'>): void {
    this.#bundleVersions = bundleVersions;
    this.#lacksExperimental = lacksExperimental;
    this.#absentKinds = absentKinds;
  }

  /** Remembers which objects the findings of reading refuse, for the next `translate`. */
  setRefused(findings: readonly Finding[]): void {
    this.#refused = refusedObjects(findings);
  }

  #writtenPorts(resources: ResourceSet): ReadonlySet<number> {
    const ofGateways = listenerOwners(resources).flatMap(({ owner }) => owner.spec.listeners.map(({ port }) => port));
    return new Set([...ofGateways, ...this.#socketsOfServices(resources).map(({ port }) => port)]);
  }

  /** Ports that the system refuses are moved for Services as for Gateways. */
  #movedMesh(): MeshEnvironment | null {
    const mesh = this.#mesh;
    const movedPorts = this.#movedPorts;
    if (mesh === null || movedPorts.size === 0) return mesh;
    if (this.#moved?.mesh !== mesh || this.#moved.movedPorts !== movedPorts)
      this.#moved = { mesh, movedPorts, with: withMovedPorts(mesh, movedPorts) };
    return this.#moved.with;
  }

  #environment(): TranslateEnvironment {
    const mesh = this.#movedMesh();
    return {
      controllerName: this.#options.controllerName,
      addressOf: (gateway, place) => this.#options.addresses.addressOf(gateway, place),
      clusterAddress: (gateway, wanted) => this.#options.addresses.clusterAddress(gateway, wanted),
      serviceOf: gateway => this.#options.addresses.serviceOf?.(gateway) ?? null,
      reportsRoutability: this.#options.reportsRoutability,
      addressRefusal: address => this.#options.addresses.refusal(address),
      movedPorts: this.#movedPorts,
      refused: this.#refused,
      bundleVersions: this.#bundleVersions,
      lacksExperimental: this.#lacksExperimental,
      absentKinds: this.#absentKinds,
      ...(mesh === null ? {} : { mesh }),
      ...(this.#options.place === undefined ? {} : { place: this.#options.place }),
      nowMs: this.#options.nowMs(),
      inspectCertificate,
      inspectTrust,
    };
  }
}

const NO_KINDS: ReadonlySet<string> = new Set();
const NO_PORTS: ReadonlySet<number> = new Set();

function withMovedPorts(mesh: MeshEnvironment, movedPorts: ReadonlyMap<number, number>): MeshEnvironment {
  return {
    clients: mesh.clients,
    knowsAllClients: mesh.knowsAllClients ?? false,
    addressOf: service => mesh.addressOf(service),
    closure: frontend => mesh.closure(frontend),
    entranceOf: frontend => {
      const entrance = mesh.entranceOf(frontend);
      return entrance === null ? null : { ...entrance, port: movedPorts.get(entrance.port) ?? entrance.port };
    },
  };
}
