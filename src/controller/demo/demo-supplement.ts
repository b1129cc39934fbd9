// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Supplement } from '../reload/reconciler.ts';
import { DemoAuthority, type DemoAuthorityOptions } from './demo-authority.ts';
import { DemoCertificates, type DemoCertificatesOptions } from './demo-certificates.ts';
import { DemoServices } from './demo-services.ts';
import { DemoTrust } from './demo-trust.ts';

/** What `--demo` adds: backends for Services without endpoints, certificates for Secrets and ConfigMaps that are missing. */
export class DemoSupplement implements Supplement {
  readonly #authority: DemoAuthority;
  readonly #trust: DemoTrust;
  readonly #services: DemoServices;
  readonly #certificates: DemoCertificates;

  constructor(options: DemoAuthorityOptions & DemoCertificatesOptions) {
    this.#authority = new DemoAuthority(options);
    this.#trust = new DemoTrust(this.#authority);
    this.#services = new DemoServices((service, resources) => this.#trust.certificateOf(service, resources));
    this.#certificates = new DemoCertificates(this.#authority, options);
  }

  /** PEM file of the development CA once it was needed; null before. */
  get caFile(): string | null {
    return this.#authority.caFile;
  }

  async add(resources: ResourceSet): Promise<{ resources: ResourceSet; findings: readonly Finding[] }> {
    const trusted = await this.#trust.add(resources);
    const { resources: whole, findings } = await this.#certificates.add(await this.#services.add(trusted.resources));
    return { resources: whole, findings: [...trusted.findings, ...findings] };
  }

  /** Ends the demo backends. */
  close(): Promise<void> {
    return this.#services.close();
  }
}
