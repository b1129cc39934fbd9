// SPDX-License-Identifier: Apache-2.0
import type { LocatedFinding } from '../../controller/index.ts';
import { formatPlace, formatSubject } from '../finding-text.ts';
import { lineText } from '../paint.ts';
import { type CheckReport, fileBelow, isFailure } from './report-format.ts';

/** The findings as JUnit XML: one suite for each file, one case for each finding; a path without any is a case that passes. */
export function junitReport(report: CheckReport): string {
  const { findings, isStrict } = report;
  const failures = findings.filter(finding => isFailure(finding, isStrict)).length;
  const suites = findings.length === 0 ? [passed(report)] : suitesOf(report);
  const tests = Math.max(findings.length, findings.length === 0 ? report.paths.length : 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="daemun check" tests="${tests}" failures="${failures}" errors="0">\n`,
    ...suites,
    '</testsuites>\n',
  ].join('');
}

function passed({ paths }: CheckReport): string {
  const cases = paths.map(path => `    <testcase classname="daemun" name="${attribute(path)}"/>\n`).join('');
  return `  <testsuite name="daemun check" tests="${paths.length}" failures="0" errors="0">\n${cases}  </testsuite>\n`;
}

function suitesOf({ findings, isStrict, root }: CheckReport): string[] {
  const files = Map.groupBy(findings, ({ file }) => fileBelow(root, file)?.path ?? file ?? 'no file');
  return [...files].map(([file, own]) => {
    const failures = own.filter(finding => isFailure(finding, isStrict)).length;
    const cases = own.map(finding => caseOf(finding, file, isFailure(finding, isStrict))).join('');
    return `  <testsuite name="${attribute(file)}" tests="${own.length}" failures="${failures}" errors="0">\n${cases}  </testsuite>\n`;
  });
}

function caseOf(finding: LocatedFinding, file: string, fails: boolean): string {
  const { code, severity, message, help } = finding;
  const name = [`${finding.line ?? 1}:${finding.column ?? 1}`, formatSubject(finding), message];
  const text = [`${formatPlace(finding)} ${severity} ${code}`, message, help].filter(line => line !== '');
  const lines = text.map(line => escapeXml(lineText(line))).join('\n');
  const body = fails
    ? `<failure type="${attribute(code)}" message="${attribute(message)}">${lines}</failure>`
    : `<system-out>${lines}</system-out>`;
  const title = attribute(name.filter(part => part !== '').join(' '));
  return `    <testcase classname="${attribute(file)}" name="${title}">${body}</testcase>\n`;
}

function attribute(text: string): string {
  return escapeXml(lineText(text));
}

/** Characters that XML 1.0 forbids, also as references, and that are printable for a terminal. */
const FORBIDDEN = /[\ufffe\uffff]|[\ud800-\udfff]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, found => ENTITIES[found] ?? found).replace(FORBIDDEN, '\ufffd');
}
