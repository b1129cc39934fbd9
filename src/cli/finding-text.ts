// SPDX-License-Identifier: Apache-2.0
import type { LocatedFinding } from '../controller/index.ts';
import { type Colour, lineText, type Paint } from './paint.ts';

const SEVERITY_COLOURS: Readonly<Record<LocatedFinding['severity'], Colour>> = {
  error: 'red',
  warning: 'yellow',
  info: 'blue',
};

/** `file:line:column`; '' when the place is not known. */
export function formatPlace({ file, line, column }: LocatedFinding): string {
  if (file === null) return '';
  return `${file}:${line ?? 1}:${column ?? 1}`;
}

/** `Kind namespace/name`, '' when the finding is about no object. */
export function formatSubject({ resource }: LocatedFinding): string {
  if (resource === null) return '';
  const name = resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`;
  return `${resource.kind} ${name}`;
}

/** `place severity code message`, where the place is that in a file, else the object and the field; with the help indented below: two lines at most. */
export function formatFinding(finding: LocatedFinding, paint: Paint): string {
  const place = formatPlace(finding) || [formatSubject(finding), finding.path].filter(part => part !== '').join(' ');
  const severity = paint(SEVERITY_COLOURS[finding.severity], finding.severity);
  const line = [paint('bold', place), severity, paint('dim', finding.code), finding.message].filter(
    part => part !== '',
  );
  const help = finding.help === '' ? '' : `    ${paint('cyan', 'help:')} ${lineText(finding.help)}\n`;
  return `${lineText(line.join(' '))}\n${help}`;
}
