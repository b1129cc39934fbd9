// SPDX-License-Identifier: Apache-2.0

/** What a ServiceAccount may do: what `daemun install` grants, less what is taken away. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Api } from '../../../bench/cluster/api.ts';
import { KINDS } from '../../../src/resources/index.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const apiVersion = 'rbac.authorization.k8s.io/v1';
const DAEMUN = join(import.meta.dirname, '../../../bin/daemun');

/** One verb on one resource (`httproutes`, `httproutes/status`). */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** null: of any name. */
  readonly name: string | null;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
}

export interface GrantsOptions {
  readonly api: Api;
  /** Of the ServiceAccount and of all that is made for it. */
  readonly name: string;
  readonly namespace: string;
  readonly controllerName: string;
}

/** A ServiceAccount with the rights of an installation. */
export class Grants {
  readonly #options: GrantsOptions;
  readonly #cluster: readonly Right[];
  readonly #own: readonly Right[];

  private constructor(options: GrantsOptions) {
    this.#options = options;
    const manifests = installed(options);
    this.#cluster = rightsOf(manifests, 'ClusterRole');
    this.#own = rightsOf(manifests, 'Role');
  }

  static async create(options: GrantsOptions): Promise<Grants> {
    const grants = new Grants(options);
    const { api, name, namespace } = options;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } };
    await api.apply(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`, account);
    await grants.restore();
    const subjects = [{ kind: 'ServiceAccount', namespace, name }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', name };
    for (const [path, kind, metadata] of [
      [`${RBAC}/clusterrolebindings/${name}`, 'ClusterRole', { name }],
      [`${RBAC}/namespaces/${namespace}/rolebindings/${name}`, 'Role', { namespace, name }],
    ] as const)
      await api.apply(path, {
        ...{ apiVersion, kind: `${kind}Binding`, metadata },
        ...{ roleRef: { ...roleRef, kind }, subjects },
      });
    return grants;
  }

  /** All but those that are `taken`. */
  async without(taken: (right: Right) => boolean): Promise<void> {
    const { api, name, namespace } = this.#options;
    const rules = (rights: readonly Right[]): readonly Rule[] => rights.filter(right => !taken(right)).map(ruleOf);
    await api.apply(`${RBAC}/clusterroles/${name}`, {
      ...{ apiVersion, kind: 'ClusterRole', metadata: { name } },
      rules: rules(this.#cluster),
    });
    await api.apply(`${RBAC}/namespaces/${namespace}/roles/${name}`, {
      ...{ apiVersion, kind: 'Role', metadata: { namespace, name } },
      rules: rules(this.#own),
    });
  }

  restore(): Promise<void> {
    return this.without(() => false);
  }

  /** Proves to be the ServiceAccount, for as long as a run may take. */
  token(): string {
    const { name, namespace } = this.#options;
    const args = ['-n', namespace, 'create', 'token', name, '--duration', '2h'];
    return execFileSync('kubectl', args, { encoding: 'utf8' }).trim();
  }

  /** Takes away what is in no namespace. */
  async close(): Promise<void> {
    const { api, name } = this.#options;
    for (const plural of ['clusterrolebindings', 'clusterroles']) await api.delete(`${RBAC}/${plural}/${name}`);
  }
}

function installed({ namespace, controllerName }: GrantsOptions): readonly Manifest[] {
  const args = ['install', '--namespace', namespace, '--class', 'none', '--controller-name', controllerName];
  const text = execFileSync(process.execPath, [DAEMUN, ...args], { encoding: 'utf8' });
  return parseAllDocuments(text).map(document => document.toJS() as Manifest);
}

function rightsOf(manifests: readonly Manifest[], kind: string): readonly Right[] {
  const rules = manifests.flatMap(one =>
    one.kind === kind && one.metadata.name === 'daemun' ? (one.rules ?? []) : [],
  );
  if (rules.length === 0) throw new Error(`daemun install makes no ${kind}`);
  return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap(group =>
      resources
        .flatMap(resource => expanded(group, resource))
        .flatMap(resource =>
          verbs.flatMap(verb => (resourceNames ?? [null]).map(name => ({ group, resource, verb, name }))),
        ),
    ),
  );
}

/** `*` stands for all of the group that daemun knows. */
function expanded(group: string, resource: string): readonly string[] {
  if (!resource.startsWith('*')) return [resource];
  const plurals = [...KINDS.values()].filter(declaration => declaration.group === group).map(({ plural }) => plural);
  return plurals.map(plural => resource.replace('*', plural));
}

function ruleOf({ group, resource, verb, name }: Right): Rule {
  const names = name === null ? {} : { resourceNames: [name] };
  return { apiGroups: [group], resources: [resource], verbs: [verb], ...names };
}
