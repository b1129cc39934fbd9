// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import { checkReceivable } from '../../snapshot/index.ts';
import { statuses, type WrittenStatuses } from '../../status/index.ts';
import type { StoreContents } from '../../store/index.ts';
import type { Clock } from '../../time/index.ts';
import {
  type LastTranslation,
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
import { refusedObjects } from './refused-objects.ts';
import { type WrittenSocket, writtenPorts, writtenSockets } from './written-sockets.ts';

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
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs'>;
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
  /** The last that is served: `#last`, but for while that is on its way. */
  #served: LastTranslation | undefined;
  /** See `refused`. */
  #isChecking = false;
  #statuses: WrittenStatuses | null = null;
  /** That of the last `translate`. */
  #mesh: MeshEnvironment | null = null;
  /** The last mesh, with ports that were moved. */
  #moved: {
    readonly mesh: MeshEnvironment;
    readonly movedPorts: ReadonlyMap<number, number>;
    readonly with: MeshEnvironment;
  } | null = null;

  /** The last one that was told, as text. */
  #second = { at: Number.NaN, text: '' };

  constructor(options: TranslatorOptions) {
    this.#options = options;
  }

  /** Once for each version of the resources, before anything asks for an address. */
  assignAddresses(resources: ResourceSet): void {
    this.#options.addresses.assign(resources);
  }

  /** The sockets that `resources` ask for, and those that are served, which stay where something is set aside. */
  socketsOf(resources: ResourceSet): readonly WrittenSocket[] {
    const of = { addresses: this.#options.addresses, mesh: this.#options.mesh?.() ?? null };
    const served = this.#last === undefined ? [] : writtenSockets(this.#last.resources, of);
    return [...writtenSockets(resources, of), ...served];
  }

  /** Translates; work follows what changed since the last call, and a fault of ours stays with its object. `refusedPorts`: those that the OS does not let us have. */
  translate(resources: ResourceSet, refusedPorts: ReadonlySet<number> = NO_PORTS): Translation {
    this.#mesh = this.#options.mesh?.() ?? null;
    const moves = new Map<ResourceSet, ReadonlyMap<number, number>>();
    const moved = (of: ResourceSet): ReadonlyMap<number, number> => {
      if (refusedPorts.size + this.#movedPorts.size === 0) return this.#movedPorts;
      const ports = moves.get(of) ?? movePorts(writtenPorts(of, this.#mesh), refusedPorts, this.#movedPorts);
      moves.set(of, ports);
      return ports;
    };
    const environment = this.#environment(this.#movedPorts);
    const { translation, last } = translateAround(resources, environment, {
      last: this.#last,
      nowMs: () => this.#options.clock.nowMs(),
      environmentOf: of => this.#environment(moved(of)),
      check: this.#isChecking ? checkReceivable : undefined,
    });
    this.#movedPorts = moved(last.resources);
    this.#isChecking &&= translation.setAside.length > 0;
    this.#last = last;
    return translation;
  }

  /** The data plane serves what the last `translate` came to. */
  served(): void {
    this.#served = this.#last;
  }

  /**
   * The data plane could not take up what the last `translate` came to. The next one goes on from what is served, and sets aside what a data plane
   * cannot take up, too, as do all that follow until there is nothing to set aside.
   */
  refused(): void {
    this.#isChecking = true;
    const version = this.#last?.previous.snapshot.version;
    if (version !== undefined && this.#served !== undefined)
      this.#last = { ...this.#served, previous: { snapshot: { ...this.#served.previous.snapshot, version } } };
    else this.#last = undefined;
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
    const second = Math.floor(this.#options.clock.wallMs() / 1_000);
    if (second !== this.#second.at)
      this.#second = { at: second, text: new Date(second * 1_000).toISOString().replace('.000Z', 'Z') };
    return this.#second.text;
  }

  /** What it would come to if `resources`, those of the last `translate`, were these. Remembers nothing; undefined where something is set aside. */
  rehearse(resources: ResourceSet): Translation | undefined {
    if (this.#last === undefined || this.#last.setAside.length > 0) return undefined;
    this.socketsOf(resources); // for its own sake: it looks at all routes, too
    const translation = translate(resources, this.#environment(this.#movedPorts), this.#last.previous);
    statuses(translation, resources, this.#statuses, this.#now());
    return translation;
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

  /** Ports that the system refuses are moved for Services as for Gateways. */
  #movedMesh(movedPorts: ReadonlyMap<number, number>): MeshEnvironment | null {
    const mesh = this.#mesh;
    if (mesh === null || movedPorts.size === 0) return mesh;
    if (this.#moved?.mesh !== mesh || this.#moved.movedPorts !== movedPorts)
      this.#moved = { mesh, movedPorts, with: withMovedPorts(mesh, movedPorts) };
    return this.#moved.with;
  }

  #environment(movedPorts: ReadonlyMap<number, number>): TranslateEnvironment {
    const mesh = this.#movedMesh(movedPorts);
    return {
      controllerName: this.#options.controllerName,
      addressOf: (gateway, place) => this.#options.addresses.addressOf(gateway, place),
      clusterAddress: (gateway, wanted) => this.#options.addresses.clusterAddress(gateway, wanted),
      serviceOf: gateway => this.#options.addresses.serviceOf?.(gateway) ?? null,
      reportsRoutability: this.#options.reportsRoutability,
      addressRefusal: address => this.#options.addresses.refusal(address),
      movedPorts,
      refused: this.#refused,
      bundleVersions: this.#bundleVersions,
      lacksExperimental: this.#lacksExperimental,
      absentKinds: this.#absentKinds,
      ...(mesh === null ? {} : { mesh }),
      ...(this.#options.place === undefined ? {} : { place: this.#options.place }),
      nowMs: this.#options.clock.wallMs(),
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
