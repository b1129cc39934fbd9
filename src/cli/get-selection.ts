// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../controller/index.ts';
import { couldNotRun } from './exit-code.ts';
import { findKinds, type KindNames } from './kinds.ts';
import { openSource } from './open-source.ts';
import type { ResourceSource, SourceOptions } from './resource-source.ts';
import type { Terminal } from './terminal.ts';

/** `KIND [NAME…]`; the kind may be `KIND/NAME`. */
export interface Asked {
  readonly kind: string;
  readonly names: readonly string[];
}

export interface SelectionOptions extends SourceOptions {
  readonly namespace: string;
  readonly allNamespaces?: boolean;
}

/** The objects selected of one kind. */
export interface Found {
  readonly kind: KindNames;
  readonly objects: readonly ResourceObject[];
}

export interface Selection {
  readonly found: readonly Found[];
  readonly source: ResourceSource;
  /** One object was asked for by name. */
  readonly isSingle: boolean;
}

/** Selects objects as `kubectl get` does. Fails when a name is not there. */
export async function selectObjects(asked: Asked, options: SelectionOptions, terminal: Terminal): Promise<Selection> {
  const [kindText = '', slashName] = asked.kind.split('/');
  const kinds = findKinds(kindText);
  const names = slashName === undefined ? asked.names : [slashName, ...asked.names];
  const source = await openSource(options, terminal);
  const found: Found[] = [];
  for (const kind of kinds) found.push({ kind, objects: pick(await source.list(kind.kind), { kind, names, options }) });
  return { found, source, isSingle: names.length === 1 && kinds.length === 1 };
}

interface Wanted {
  readonly kind: KindNames;
  readonly names: readonly string[];
  readonly options: SelectionOptions;
}

function pick(all: readonly ResourceObject[], { kind, names, options }: Wanted): readonly ResourceObject[] {
  const isEverywhere = options.allNamespaces === true || !kind.isNamespaced;
  const inNamespace = isEverywhere ? all : all.filter(one => one.metadata.namespace === options.namespace);
  if (names.length === 0) return inNamespace;
  return names.flatMap(name => {
    const found = inNamespace.filter(one => one.metadata.name === name);
    if (found.length > 0) return found;
    const full = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
    const elsewhere = all.find(one => one.metadata.name === name);
    const hint = elsewhere === undefined ? '' : `There is one in namespace ${elsewhere.metadata.namespace}: use -n`;
    throw couldNotRun(`${full} "${name}" not found${isEverywhere ? '' : ` in namespace ${options.namespace}`}`, hint);
  });
}
