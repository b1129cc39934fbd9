// SPDX-License-Identifier: Apache-2.0
import { EXIT } from './exit-code.ts';
import { type Asked, type Found, type SelectionOptions, selectObjects } from './get-selection.ts';
import { columnsOf } from './kind-columns.ts';
import { asKubectlPrints, asList } from './kubectl-object.ts';
import { type OutputFormat, writeData } from './output-format.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface GetOptions extends SelectionOptions {
  readonly output: OutputFormat;
}

/** `get KIND [NAME…]`: as kubectl shows them. */
export async function runGet(asked: Asked, options: GetOptions, terminal: Terminal): Promise<number> {
  const { found, isSingle } = await selectObjects(asked, options, terminal);
  const objects = found.flatMap(one => one.objects);
  const only = isSingle ? objects[0] : undefined;
  if (writeData(terminal, options.output, only === undefined ? asList(objects) : asKubectlPrints(only))) return EXIT.ok;
  writeTables(found, options, terminal);
  return EXIT.ok;
}

function writeTables(found: readonly Found[], options: GetOptions, terminal: Terminal): void {
  const filled = found.filter(one => one.objects.length > 0);
  if (filled.length === 0) {
    const isEverywhere = options.allNamespaces === true || found.every(one => !one.kind.isNamespaced);
    terminal.err(isEverywhere ? 'No resources found\n' : `No resources found in ${options.namespace} namespace.\n`);
    return;
  }
  const tables = filled.map(one => tableOf(one, options, found.length > 1));
  terminal.out(tables.join('\n'));
}

function tableOf({ kind, objects }: Found, options: GetOptions, isOneOfMany: boolean): string {
  const columns = columnsOf(kind.kind, Date.now()).filter(column => !column.isWide || options.output === 'wide');
  const prefix = isOneOfMany ? `${kind.kind.toLowerCase()}${kind.group === '' ? '' : `.${kind.group}`}/` : '';
  const hasNamespace = options.allNamespaces === true && kind.isNamespaced;
  const rows = objects.map(object => {
    const [name = '', ...rest] = columns.map(column => column.cell(object));
    return [...(hasNamespace ? [object.metadata.namespace] : []), prefix + name, ...rest];
  });
  return formatTable([...(hasNamespace ? ['NAMESPACE'] : []), ...columns.map(column => column.title)], rows);
}
