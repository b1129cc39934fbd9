// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../errors/index.ts';
import type { ResourceSet } from '../resources/index.ts';
import { type BindFailures, sameContent } from '../snapshot/index.ts';
import { statuses } from '../status/index.ts';
import { movePorts, type TranslateEnvironment, type Translation, translate } from '../translate/index.ts';
import { AddressBook } from './address-book.ts';
import { inspectCertificate } from './inspect-certificate.ts';
import { refusedObjects } from './refused-objects.ts';
import type { StatusObject } from './view.ts';

export interface TranslatorOptions {
  /** null: every GatewayClass is ours. */
  readonly controllerName: string | null;
  /** The one address of all Gateways; null: each gets a loopback address of its own. */
  readonly address: string | null;
  readonly nowMs: () => number;
}

/** Translation with its memory: what was translated before, addresses given, ports refused, statuses written. */
export class Translator {
  readonly #options: TranslatorOptions;
  /** Shared with `--demo`, whose certificates hold the addresses. */
  readonly addresses: AddressBook;
  #written: ReadonlySet<number> = new Set();
  #movedPorts: ReadonlyMap<number, number> = new Map();
  #refusedPorts: ReadonlySet<number> = new Set();
  #bindFailures: BindFailures = new Map();
  #refused: ReadonlyMap<string, string> = new Map();
  #previous: Translation | undefined;
  #statuses: ReadonlyMap<string, StatusObject> = new Map();

  constructor(options: TranslatorOptions) {
    this.#options = options;
    this.addresses = new AddressBook(options.address);
  }

  /** Gives each Gateway that asks for none an address, in the order written. */
  assignAddresses(resources: ResourceSet): void {
    for (const { spec, metadata } of resources.gateways.values()) {
      if (spec.addresses === undefined || spec.addresses.length === 0) this.addresses.addressOf(metadata);
    }
  }

  /** Translates; work follows what changed since the last call. */
  translate(resources: ResourceSet): Translation {
    this.assignAddresses(resources);
    this.#written = writtenPorts(resources);
    this.#movedPorts = movePorts(this.#written, this.#refusedPorts, this.#movedPorts);
    this.#previous = translate(resources, this.#environment(), this.#previous);
    return this.#previous;
  }

  /** The statuses of a translation; an unchanged condition keeps its `lastTransitionTime`. */
  statuses(translation: Translation, resources: ResourceSet): ReadonlyMap<string, StatusObject> {
    const now = new Date(this.#options.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    this.#statuses = statuses(translation, resources, this.#statuses, now);
    return this.#statuses;
  }

  /** Takes what is known of ports that the OS refuses; true when translating again is due. */
  movePorts(refused: ReadonlySet<number>): boolean {
    const before = this.#movedPorts;
    this.#refusedPorts = refused;
    this.#movedPorts = movePorts(this.#written, refused, before);
    return this.#movedPorts !== before;
  }

  /** Remembers which objects the findings of reading refuse, for the next `translate`. */
  setRefused(findings: readonly Finding[]): void {
    this.#refused = refusedObjects(findings);
  }

  /** Remembers what the OS refused, by binding id; true when that is news, so that translating again is due. */
  setBindFailures(failures: BindFailures): boolean {
    const known = this.#bindFailures;
    const isNews =
      known.size !== failures.size || [...failures].some(([id, failure]) => !sameContent(known.get(id), failure));
    this.#bindFailures = failures;
    return isNews;
  }

  #environment(): TranslateEnvironment {
    return {
      controllerName: this.#options.controllerName,
      addressOf: gateway => this.addresses.addressOf(gateway),
      movedPorts: this.#movedPorts,
      bindFailures: this.#bindFailures,
      refused: this.#refused,
      nowMs: this.#options.nowMs(),
      inspectCertificate,
    };
  }
}

function writtenPorts({ gateways }: ResourceSet): ReadonlySet<number> {
  return new Set([...gateways.values()].flatMap(({ spec }) => spec.listeners.map(listener => listener.port)));
}
