// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../../controller/index.ts';
import { type LabelSelector, NearbyObjects, selectsLabels } from '../../values/index.ts';
import { usageError } from '../exit-code.ts';
import type { MissingName } from '../missing-name.ts';
import { openSource } from '../open-source.ts';
import type { ResourceSource, SourceOptions } from '../resource-source.ts';
import type { Terminal } from '../terminal.ts';
import { findKinds, type KindNames } from './kinds.ts';
import { parseLabelQuery } from './label-query.ts';

/** `KIND[,KIND…] [NAME…]`, or `KIND/NAME…`. */
export interface Asked {
  readonly kind: string;
  readonly names: readonly string[];
}

export interface SelectionOptions extends SourceOptions {
  readonly namespace: string;
  readonly allNamespaces?: boolean;
  /** `-l`. */
  readonly selector?: string;
}

/** The objects selected of one kind. */
export interface Found {
  readonly kind: KindNames;
  readonly objects: readonly ResourceObject[];
}

export interface Selection {
  readonly found: readonly Found[];
  readonly missing: readonly MissingName[];
  /** One name was asked for; in several namespaces it may be that of several objects. */
  readonly isSingle: boolean;
}

/** What to look for, read once; `selectFrom` looks, as often as wanted. */
export interface Query {
  readonly wanted: readonly { readonly kind: KindNames; readonly names: readonly string[] }[];
  readonly labels: LabelSelector;
  readonly options: SelectionOptions;
  readonly isSingle: boolean;
}

/** Opens the source and selects objects as `kubectl get` does. */
export async function selectObjects(
  asked: Asked,
  options: SelectionOptions,
  terminal: Terminal,
): Promise<Selection & { readonly source: ResourceSource; readonly query: Query }> {
  const query = readQuery(asked, options);
  const source = await openSource(options, terminal);
  return { ...(await selectFrom(source, query)), source, query };
}

/** Reads the arguments. Throws a usage error. */
function readQuery({ kind, names }: Asked, options: SelectionOptions): Query {
  const labels = options.selector === undefined ? [] : parseLabelQuery(options.selector);
  const words = [kind, ...names];
  const isSlashed = words.some(word => word.includes('/'));
  const wanted = isSlashed ? readSlashed(words) : findKinds(kind).map(one => ({ kind: one, names }));
  if (options.selector !== undefined && (isSlashed || names.length > 0)) {
    throw usageError('names and -l exclude each other', 'Ask for names, or for labels');
  }
  const count = wanted.reduce((sum, one) => sum + one.names.length, 0);
  return { wanted, labels, options, isSingle: count === 1 };
}

function readSlashed(words: readonly string[]): Query['wanted'] {
  return words.map(word => {
    const [kindText = '', name = '', ...more] = word.split('/');
    if (name !== '' && more.length === 0) {
      const [kind, ...others] = findKinds(kindText);
      if (kind !== undefined && others.length === 0) return { kind, names: [name] };
    }
    throw usageError(`"${word}" is not KIND/NAME`, 'Write either KIND NAME… or KIND/NAME…, not a mixture');
  });
}

/** Selects from a source; what is not there is told, not thrown. */
export async function selectFrom(source: ResourceSource, query: Query): Promise<Selection> {
  // `gateway/a service/b gateway/c` is one table for each kind.
  const found = new Map<KindNames, readonly ResourceObject[]>();
  const missing: MissingName[] = [];
  for (const { kind, names } of query.wanted) {
    const all = await source.list(kind.kind);
    found.set(kind, [...(found.get(kind) ?? []), ...pick(all, { kind, names, query }, missing)]);
  }
  return { found: [...found].map(([kind, objects]) => ({ kind, objects })), missing, isSingle: query.isSingle };
}

interface Wanted {
  readonly kind: KindNames;
  readonly names: readonly string[];
  readonly query: Query;
}

function pick(all: readonly ResourceObject[], wanted: Wanted, missing: MissingName[]): readonly ResourceObject[] {
  const { kind, names, query } = wanted;
  const { options, labels } = query;
  const isEverywhere = options.allNamespaces === true || !kind.isNamespaced;
  const inNamespace = isEverywhere ? all : all.filter(one => one.metadata.namespace === options.namespace);
  if (names.length === 0) return inNamespace.filter(one => selectsLabels(labels, labelsOf(one)));
  return names.flatMap(name => {
    const found = inNamespace.filter(one => one.metadata.name === name);
    if (found.length > 0) return found;
    const namespace = kind.isNamespaced ? options.namespace : '';
    const near = new NearbyObjects(all.map(one => one.metadata)).near({ namespace, name });
    missing.push({ kind, name, namespace: isEverywhere ? null : namespace, near });
    return [];
  });
}

function labelsOf(object: ResourceObject): Readonly<Record<string, string>> {
  const labels = object.metadata['labels'];
  return Object.fromEntries(
    Object.entries(typeof labels === 'object' && labels !== null ? labels : {}).map(([key, value]) => [
      key,
      String(value),
    ]),
  );
}
