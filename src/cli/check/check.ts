// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { LocatedFinding } from '../../controller/index.ts';
import { type CommandFailure, couldNotRun, EXIT, usageError } from '../exit-code.ts';
import { formatFinding } from '../finding-text.ts';
import { KINDS } from '../get/kinds.ts';
import { INPUT } from '../manifest-paths.ts';
import { isCluster, openSource } from '../open-source.ts';
import { type OutputFormat, writeData } from '../output-format.ts';
import { paintFor } from '../paint.ts';
import type { ClusterOptions, ResourceSource } from '../resource-source.ts';
import type { Terminal } from '../terminal.ts';
import type { ReportFormat } from './check-formats.ts';
import { githubReport } from './github-report.ts';
import { junitReport } from './junit-report.ts';
import { type CheckReport, isFailure } from './report-format.ts';
import { sarifReport } from './sarif-report.ts';

export interface CheckOptions extends ClusterOptions {
  readonly filename?: readonly string[];
  readonly output: OutputFormat | ReportFormat;
  readonly strict: boolean;
}

/** `check PATH…`, `check --kubernetes`: everything there is to say about manifests, or about a cluster's objects. 1 when a finding is an error, with `strict` also for a warning. */
export async function runCheck(paths: readonly string[], options: CheckOptions, terminal: Terminal): Promise<number> {
  const { output, strict, filename: flagged = [], ...cluster } = options;
  const filename = [...paths, ...flagged];
  const asked = { ...cluster, ...(filename.length === 0 ? {} : { filename }) };
  const asksCluster = isCluster(asked);
  if (filename.length === 0 && !asksCluster) {
    throw usageError('check needs manifests, or --kubernetes', 'Example: daemun check ./manifests');
  }
  const source = await openSource({ ...asked, admin: '' }, terminal);
  const findings = await source.findings();
  const saysOnlyOfLinks = findings.every(({ code }) => code === 'store/broken-link');
  if (!asksCluster && saysOnlyOfLinks && (await isEmpty(source))) throw noManifests(filename, findings);
  const exitCode = findings.some(finding => isFailure(finding, strict)) ? EXIT.refused : EXIT.ok;
  const root = resolve(terminal.environment['GITHUB_WORKSPACE'] || '.');
  const report = { findings, paths: filename, isStrict: strict, root };
  if (!writeReport(report, output, terminal)) writeText(findings, exitCode, terminal);
  return exitCode;
}

/** A wrong folder must not pass, nor one in which all that there is leads nowhere. */
function noManifests(paths: readonly string[], [link]: readonly LocatedFinding[]): CommandFailure {
  if (paths.every(path => path === INPUT)) {
    return couldNotRun('no manifests in standard input', 'Nothing came, or only comments');
  }
  const why =
    'Files are empty or have only comments, or those of a folder have other names than *.yaml, *.yml and *.json';
  return couldNotRun(`no manifests in ${paths.join(', ')}`, link?.message ?? why);
}

/** False: a text for people is asked for, nothing was written. */
function writeReport(report: CheckReport, output: CheckOptions['output'], terminal: Terminal): boolean {
  switch (output) {
    case 'github':
      terminal.out(`${githubReport(report)}${summaryOf(report.findings)}\n`);
      return true;
    case 'sarif':
      return writeData(terminal, 'json', sarifReport(report));
    case 'junit':
      terminal.out(junitReport(report));
      return true;
    default:
      return writeData(terminal, output, report.findings);
  }
}

function writeText(findings: readonly LocatedFinding[], exitCode: number, terminal: Terminal): void {
  const paint = paintFor(terminal);
  for (const finding of findings) terminal.out(formatFinding(finding, paint));
  terminal.out(`${paint(exitCode === EXIT.ok ? 'green' : 'red', summaryOf(findings))}\n`);
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
