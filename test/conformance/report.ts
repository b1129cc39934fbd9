// SPDX-License-Identifier: Apache-2.0

/** The suite's report (conformance.gateway.networking.k8s.io/v1 ConformanceReport), and what the README says of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Report {
  readonly gatewayAPIVersion: string;
  readonly gatewayAPIChannel: string;
  readonly profiles: readonly Profile[];
}

interface Profile {
  readonly name: string;
  readonly core?: Level;
  readonly extended?: Level & {
    readonly supportedFeatures?: readonly string[];
    readonly unsupportedFeatures?: readonly string[];
  };
}

interface Level {
  readonly result: string;
  readonly statistics: { readonly Passed: number; readonly Failed: number; readonly Skipped: number };
}

/** What stands around the table in the README. */
const BEGIN = '<!-- conformance: written by `npm run conformance` -->';
const END = '<!-- /conformance -->';

/** A row for each profile, in Markdown. */
export function profileTable({ gatewayAPIVersion, gatewayAPIChannel, profiles }: Report): string {
  const sorted = [...profiles].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map(({ name, core, extended }) => {
    const supported = extended?.supportedFeatures?.length ?? 0;
    const features = supported + (extended?.unsupportedFeatures?.length ?? 0);
    return `| ${name} | ${levelText(core)} | ${levelText(extended)} | ${supported} of ${features} |`;
  });
  return [
    `The official conformance suite, Gateway API ${gatewayAPIVersion}, ${gatewayAPIChannel} channel ([report and how to make it again](conformance/README.md)):`,
    '',
    '| profile | core tests | extended tests | extended features |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function levelText(level: Level | undefined): string {
  if (level === undefined) return '–';
  const { Passed, Failed, Skipped } = level.statistics;
  return `${Passed} of ${Passed + Failed + Skipped} passed`;
}

/** Puts the table of the report into the page, in place of the one there. @throws Error when the page has no place for it. */
export function writeTable(reportFile: string, pageFile: string): void {
  const page = readFileSync(pageFile, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${pageFile} has no lines ${BEGIN} and ${END}`);
  const table = profileTable(parse(readFileSync(reportFile, 'utf8')));
  writeFileSync(pageFile, `${page.slice(0, begin + BEGIN.length)}\n${table}\n${page.slice(end)}`);
}
