// SPDX-License-Identifier: Apache-2.0
import type { LocatedFinding } from '../controller/index.ts';
import { couldNotRun, EXIT, usageError } from './exit-code.ts';
import { formatFinding } from './finding-text.ts';
import { KINDS } from './kinds.ts';
import { openSource } from './open-source.ts';
import { type OutputFormat, writeData } from './output-format.ts';
import { paintFor } from './paint.ts';
import type { ResourceSource } from './resource-source.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly filename?: readonly string[];
  readonly output: OutputFormat;
}

/** `check -f PATH…`: everything there is to say about manifests. 1 when a finding is an error. */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<number> {
  const { filename, output } = options;
  if (filename === undefined) throw usageError('check needs manifests', 'Example: daemun check -f ./manifests');
  const source = await openSource({ filename, admin: '' }, terminal);
  const findings = await source.findings();
  if (findings.length === 0 && (await isEmpty(source))) {
    throw couldNotRun(
      `no manifests in ${filename.join(', ')}`,
      'Files are read whose names end in .yaml, .yml or .json',
    );
  }
  const exitCode = findings.some(finding => finding.severity === 'error') ? EXIT.refused : EXIT.ok;
  if (writeData(terminal, output, findings)) return exitCode;
  const paint = paintFor(terminal);
  for (const finding of findings) terminal.out(formatFinding(finding, paint));
  terminal.out(`${paint(exitCode === EXIT.ok ? 'green' : 'red', summaryOf(findings))}\n`);
  return exitCode;
}

async function isEmpty(source: ResourceSource): Promise<boolean> {
  const lists = await Promise.all(KINDS.map(({ kind }) => source.list(kind)));
  return lists.every(list => list.length === 0);
}

function summaryOf(findings: readonly LocatedFinding[]): string {
  if (findings.length === 0) return 'No findings.';
  const count = (severity: LocatedFinding['severity'], name: string): string => {
    const found = findings.filter(finding => finding.severity === severity).length;
    return `${found} ${name}${found === 1 ? '' : 's'}`;
  };
  return `${count('error', 'error')}, ${count('warning', 'warning')}, ${count('info', 'note')}.`;
}
