// SPDX-License-Identifier: Apache-2.0

import type { CertificatePair, DevelopmentCa } from '../../demo/index.ts';

export interface DemoAuthorityOptions {
  readonly stateDirectory: string;
  readonly nowMs: () => number;
}

/** The development CA of `--demo`, opened when it is first needed: minting takes a library of some megabytes. */
export class DemoAuthority {
  readonly #options: DemoAuthorityOptions;
  #ca: Promise<DevelopmentCa> | null = null;
  #caFile: string | null = null;

  constructor(options: DemoAuthorityOptions) {
    this.#options = options;
  }

  /** PEM file of the CA once it was needed; null before. */
  get caFile(): string | null {
    return this.#caFile;
  }

  /** PEM. Rejects when the state directory cannot be written, as `issue` does. */
  async certificate(): Promise<string> {
    return (await this.#open()).authority.pair.chain;
  }

  /** The same one for the same hosts while it is valid. */
  async issue(hosts: readonly string[]): Promise<CertificatePair> {
    return (await this.#open()).issue(hosts);
  }

  async #open(): Promise<DevelopmentCa> {
    this.#ca ??= this.#import();
    const ca = await this.#ca;
    this.#caFile = ca.certificateFile;
    return ca;
  }

  async #import(): Promise<DevelopmentCa> {
    const { openDevelopmentCa } = await import('../../demo/index.ts');
    const { stateDirectory, nowMs } = this.#options;
    return openDevelopmentCa({ stateDirectory, nowMs: nowMs() });
  }
}
