// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../../controller/index.ts';
import { type OutputFormat, writeData } from '../output-format.ts';
import { lineText } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import type { Found, Selection, SelectionOptions } from './get-selection.ts';
import { prefixOf } from './kinds.ts';
import { asKubectlPrints, asList } from './kubectl-object.ts';
import { objectTable, type TableOptions } from './object-table.ts';

export interface GetOptions extends SelectionOptions {
  readonly output: OutputFormat | 'name';
  readonly watch?: boolean;
  /** False with `--no-headers`. */
  readonly headers: boolean;
  readonly ignoreNotFound?: boolean;
}

/** Writes what was selected as `-o` asks. Nothing where all names are missing: their messages say it. */
export function writeSelection({ found, missing, isSingle }: Selection, options: GetOptions, terminal: Terminal): void {
  const objects = found.flatMap(one => one.objects);
  if (objects.length === 0 && missing.length > 0) return;
  if (writeStream(found, options, terminal)) return;
  const only = isSingle && objects.length === 1 ? objects[0] : undefined;
  const { output } = options;
  if (output !== 'name' && writeData(terminal, output, only === undefined ? asList(objects) : asKubectlPrints(only))) {
    return;
  }
  writeTables(found, options, terminal);
}

/** Objects of a kind that changed. */
export interface Changes extends Found {
  /** All objects of the kind, for the width of columns. */
  readonly beside: readonly ResourceObject[];
}

/** Writes objects that changed, as `-w` goes on: no headers. */
export function writeChanges(changes: readonly Changes[], options: GetOptions, terminal: Terminal): void {
  if (writeStream(changes, options, terminal)) return;
  const table = { ...tableOptions(options, changes.length > 1), hasHeader: false };
  for (const one of changes.filter(({ objects }) => objects.length > 0)) {
    terminal.out(objectTable(one, table, one.beside));
  }
}

/** Names, and objects one after the other (`-w -o json`): what needs no header and no end. False: something else is asked for. */
function writeStream(found: readonly Found[], { output, watch }: GetOptions, terminal: Terminal): boolean {
  if (output === 'name') {
    terminal.out(
      found
        .flatMap(({ kind, objects }) => objects.map(one => `${lineText(`${prefixOf(kind)}/${one.metadata.name}`)}\n`))
        .join(''),
    );
    return true;
  }
  if (watch !== true || (output !== 'json' && output !== 'yaml')) return false;
  for (const object of found.flatMap(one => one.objects)) writeOne(object, output, terminal);
  return true;
}

function writeOne(object: ResourceObject, output: 'json' | 'yaml', terminal: Terminal): void {
  if (output === 'yaml') terminal.out('---\n');
  writeData(terminal, output, asKubectlPrints(object));
}

function writeTables(found: readonly Found[], options: GetOptions, terminal: Terminal): void {
  const filled = found.filter(one => one.objects.length > 0);
  if (filled.length === 0) {
    const isEverywhere = options.allNamespaces === true || found.every(one => !one.kind.isNamespaced);
    terminal.err(isEverywhere ? 'No resources found\n' : `No resources found in ${options.namespace} namespace.\n`);
    return;
  }
  const tables = filled.map(one => objectTable(one, tableOptions(options, found.length > 1)));
  terminal.out(tables.join('\n'));
}

function tableOptions(options: GetOptions, hasPrefix: boolean): TableOptions {
  return {
    isWide: options.output === 'wide',
    hasNamespace: options.allNamespaces === true,
    hasPrefix,
    hasHeader: options.headers,
  };
}
