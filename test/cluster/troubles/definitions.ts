// SPDX-License-Identifier: Apache-2.0

/** The definitions of the Gateway API in a cluster: taken away, put back, and those of a folder of manifests in their place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { Api } from '../../../bench/cluster/api.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
/** Of which a bundle consists; its policy, which keeps older bundles out, goes first and comes last. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicyBinding: `${ADMISSION}/validatingadmissionpolicybindings`,
  ValidatingAdmissionPolicy: `${ADMISSION}/validatingadmissionpolicies`,
  CustomResourceDefinition: CRDS,
};
const OURS = /\.gateway\.networking\.(x-)?k8s\.io$/;
const POLL_MS = 250;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** What is looked at of a CustomResourceDefinition. */
interface Served {
  readonly group: string;
  readonly names: { readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

export class Definitions {
  readonly #api: Api;
  readonly #stored: readonly Manifest[];

  private constructor(api: Api, stored: readonly Manifest[]) {
    this.#api = api;
    this.#stored = stored;
  }

  /** Those that are there. @throws Error when there are none. */
  static async of(api: Api): Promise<Definitions> {
    const stored: Manifest[] = [];
    for (const [kind, path] of Object.entries(COLLECTIONS)) {
      const { apiVersion, items } = await api.get<{ apiVersion: string; items: readonly Manifest[] }>(path);
      for (const { metadata, spec } of items.filter(one => OURS.test(one.metadata.name))) {
        const { name, labels = {}, annotations = {} } = metadata;
        stored.push({ apiVersion, kind, metadata: { name, labels, annotations }, spec });
      }
    }
    if (!stored.some(({ kind }) => kind === 'CustomResourceDefinition'))
      throw new Error('the cluster has no definitions of the Gateway API: stop it and start it again');
    return new Definitions(api, stored);
  }

  /** Takes all away, with all objects. */
  async remove(): Promise<void> {
    const { items } = await this.#api.get<{ items: readonly Manifest[] }>(CRDS);
    const paths = items.filter(one => OURS.test(one.metadata.name)).map(one => `${CRDS}/${one.metadata.name}`);
    await this.removePolicy();
    for (const path of paths) await this.#api.delete(path);
    for (const path of paths) while (await this.#isThere(path)) await wait(POLL_MS);
  }

  /** What keeps older or other definitions out. */
  async removePolicy(): Promise<void> {
    for (const { kind, metadata } of this.#stored)
      if (kind !== 'CustomResourceDefinition') await this.#api.delete(`${COLLECTIONS[kind]}/${metadata.name}`);
  }

  /** Puts the ones of the start in the place of those that are there. */
  async restore(): Promise<void> {
    await this.removePolicy();
    const manifests = this.#stored.toReversed();
    for (const manifest of manifests) await this.#apply(manifest);
    await this.#served(manifests);
  }

  /** The definitions of a folder of manifests take the place of those that are there. */
  async install(folder: string): Promise<void> {
    const manifests: Manifest[] = [];
    for (const file of readdirSync(folder).filter(name => name.includes('k8s.io_')))
      for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
        const { apiVersion, kind, metadata, spec } = document.toJS() as Manifest;
        const { name, labels = {}, annotations = {} } = metadata;
        if (kind === 'CustomResourceDefinition')
          manifests.push({ apiVersion, kind, metadata: { name, labels, annotations }, spec });
      }
    for (const manifest of manifests) await this.#apply(manifest);
    await this.#served(manifests);
  }

  /** The server takes objects of a kind some time after its definition. */
  async #served(manifests: readonly Manifest[]): Promise<void> {
    for (const { kind, spec } of manifests) {
      if (kind !== 'CustomResourceDefinition') continue;
      const { group, names, versions } = spec as Served;
      for (const { name, served } of versions)
        while (served && !(await this.#isThere(`/apis/${group}/${name}/${names.plural}`))) await wait(POLL_MS);
    }
  }

  async #apply(manifest: Manifest): Promise<void> {
    await this.#api.apply(`${COLLECTIONS[manifest.kind]}/${manifest.metadata.name}`, manifest);
  }

  #isThere(path: string): Promise<boolean> {
    return this.#api.get(path).then(
      () => true,
      () => false,
    );
  }
}
