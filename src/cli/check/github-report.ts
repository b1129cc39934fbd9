// SPDX-License-Identifier: Apache-2.0
import type { LocatedFinding } from '../../controller/index.ts';
import { formatSubject } from '../finding-text.ts';
import { type CheckReport, fileBelow } from './report-format.ts';

const COMMANDS: Readonly<Record<LocatedFinding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** One workflow command of GitHub Actions for each finding, which shows it at its line in a pull request. */
export function githubReport({ findings, root }: CheckReport): string {
  return findings.map(finding => commandOf(finding, root)).join('');
}

function commandOf(finding: LocatedFinding, root: string): string {
  const { severity, code, line, column, message, help } = finding;
  const file = fileBelow(root, finding.file);
  const place: [string, string][] =
    file === null
      ? []
      : [
          ['file', file.path],
          ['line', String(line ?? 1)],
          ['col', String(column ?? 1)],
        ];
  const properties = [...place, ['title', code]].map(([name, value = '']) => `${name}=${escapeProperty(value)}`);
  const subject = formatSubject(finding);
  const text = [subject === '' ? message : `${subject}: ${message}`, ...(help === '' ? [] : [`help: ${help}`])];
  return `::${COMMANDS[severity]} ${properties.join(',')}::${escapeData(text.join('\n'))}\n`;
}

/** As `@actions/core` escapes a message: a line feed would end the command, and begin another one. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
