// SPDX-License-Identifier: Apache-2.0
import type { LocatedFinding } from '../../controller/index.ts';
import { packageVersion } from '../../files/index.ts';
import { describeCode } from '../code-meaning.ts';
import { formatSubject } from '../finding-text.ts';
import { type CheckReport, fileBelow, uriOf } from './report-format.ts';

const LEVELS: Readonly<Record<LocatedFinding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** The findings as a log of SARIF 2.1.0 (OASIS): what code scanning services and editors read. */
export function sarifReport({ findings, root }: CheckReport): object {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'daemun', version: packageVersion(), rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(finding => resultOf(finding, codes.indexOf(finding.code), root)),
      },
    ],
  };
}

function ruleOf(code: string): object {
  const meaning = describeCode(code);
  if (meaning === undefined) return { id: code };
  const { summary, help, severity } = meaning;
  return {
    id: code,
    shortDescription: { text: summary },
    // GitHub asks for both, and for a help.
    fullDescription: { text: summary },
    help: { text: help },
    ...(severity === null ? {} : { defaultConfiguration: { level: LEVELS[severity] } }),
  };
}

function resultOf(finding: LocatedFinding, ruleIndex: number, root: string): object {
  const { code, severity, message, help } = finding;
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: help === '' ? message : `${message}\n${help}` },
    ...locationsOf(finding, root),
  };
}

function locationsOf(finding: LocatedFinding, root: string): object {
  const file = fileBelow(root, finding.file);
  const subject = formatSubject(finding);
  const name = [subject, finding.path].filter(part => part !== '').join(' ');
  if (file === null && name === '') return {};
  const physicalLocation = file !== null && {
    artifactLocation: { uri: uriOf(file), ...(file.isBelow ? { uriBaseId: '%SRCROOT%' } : {}) },
    region: { startLine: finding.line ?? 1, startColumn: finding.column ?? 1 },
  };
  const location = {
    ...(physicalLocation === false ? {} : { physicalLocation }),
    ...(name === '' ? {} : { logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }] }),
  };
  return { locations: [location] };
}
