// SPDX-License-Identifier: Apache-2.0

import type { ResourceObject } from '../../controller/index.ts';
import { systemClock } from '../../time/index.ts';
import { formatTable } from '../table.ts';
import type { Found } from './get-selection.ts';
import { columnsOf } from './kind-columns.ts';
import { prefixOf } from './kinds.ts';

export interface TableOptions {
  readonly isWide: boolean;
  /** Print the namespace of each object. */
  readonly hasNamespace: boolean;
  /** Print the kind before each name, as there are several. */
  readonly hasPrefix: boolean;
  readonly hasHeader: boolean;
}

/** The objects of one kind in kubectl's columns, which are as wide as for `beside` too: objects that stand in rows before. */
export function objectTable(
  { kind, objects }: Found,
  options: TableOptions,
  beside: readonly ResourceObject[] = [],
): string {
  const columns = columnsOf(kind.kind, systemClock.wallMs()).filter(column => !column.isWide || options.isWide);
  const prefix = options.hasPrefix ? `${prefixOf(kind)}/` : '';
  const hasNamespace = options.hasNamespace && kind.isNamespaced;
  const rows = [...objects, ...beside].map(object => {
    const [name = '', ...rest] = columns.map(column => column.cell(object));
    return [...(hasNamespace ? [object.metadata.namespace] : []), prefix + name, ...rest];
  });
  const header = [...(hasNamespace ? ['NAMESPACE'] : []), ...columns.map(column => column.title)];
  const lines = formatTable(header, rows).split('\n');
  return `${lines.slice(options.hasHeader ? 0 : 1, objects.length + 1).join('\n')}\n`;
}
