// SPDX-License-Identifier: Apache-2.0
import type { LocatedFinding } from '../controller/index.ts';
import type { NamespacedName } from '../values/index.ts';
import { formatPlace } from './finding-text.ts';
import { fullName, type KindNames } from './get/kinds.ts';
import { lineText, paintFor } from './paint.ts';
import type { ResourceSource } from './resource-source.ts';
import type { Terminal } from './terminal.ts';

/** A name that was asked for and is not there. */
export interface MissingName {
  readonly kind: KindNames;
  readonly name: string;
  /** The one looked into; null: all of them, or the kind has none. */
  readonly namespace: string | null;
  /** What may be meant. */
  readonly near: readonly NamespacedName[];
}

/** Says of each name that it is not there, as kubectl does; then that the object was refused, or what may be meant. */
export async function writeMissing(
  missing: readonly MissingName[],
  source: ResourceSource,
  terminal: Terminal,
): Promise<void> {
  if (missing.length === 0) return;
  const findings = await source.findings();
  const title = paintFor(terminal)('red', 'error (NotFound):');
  for (const one of missing) {
    const where = one.namespace === null ? '' : ` in namespace ${one.namespace}`;
    terminal.err(`${title} ${lineText(`${fullName(one.kind)} "${one.name}" not found${where}`)}\n`);
    const hint = refusalText(one, findings) || nearText(one);
    if (hint !== '') terminal.err(`${lineText(hint)}\n`);
  }
}

function refusalText({ kind, name, namespace }: MissingName, findings: readonly LocatedFinding[]): string {
  const refusal = findings.find(
    ({ code, resource }) =>
      code.startsWith('schema/') &&
      resource?.kind === kind.kind &&
      resource.name === name &&
      (namespace === null || resource.namespace === namespace),
  );
  return refusal === undefined ? '' : `It is written, but was refused: ${formatPlace(refusal)} ${refusal.message}`;
}

function nearText({ near, namespace }: MissingName): string {
  if (near.length === 0) return '';
  const words = near.map(one => (one.namespace === (namespace ?? '') ? one.name : `${one.name} -n ${one.namespace}`));
  return `Did you mean ${words.join(', or ')}?`;
}
