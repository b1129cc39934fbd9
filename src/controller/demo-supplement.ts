// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../errors/index.ts';
import type { ResourceSet } from '../resources/index.ts';
import { DemoCertificates, type DemoCertificatesOptions } from './demo-certificates.ts';
import { DemoServices } from './demo-services.ts';
import type { Supplement } from './reconciler.ts';

/** What `--demo` adds: backends for Services without endpoints, certificates for Secrets that are missing. */
export class DemoSupplement implements Supplement {
  readonly #services = new DemoServices();
  readonly #certificates: DemoCertificates;

  constructor(options: DemoCertificatesOptions) {
    this.#certificates = new DemoCertificates(options);
  }

  /** PEM file of the development CA once it was needed; null before. */
  get caFile(): string | null {
    return this.#certificates.caFile;
  }

  async add(resources: ResourceSet): Promise<{ resources: ResourceSet; findings: readonly Finding[] }> {
    return this.#certificates.add(await this.#services.add(resources));
  }

  /** Ends the demo backends. */
  close(): Promise<void> {
    return this.#services.close();
  }
}
