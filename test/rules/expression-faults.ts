// SPDX-License-Identifier: Apache-2.0

/** Holds an expression of Prometheus against what the program writes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from '../../src/proxy/metrics/index.ts';
import { otherFamilies } from '../observability/observability-page.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.includes('.test'))
  .map(name => readFileSync(join(SOURCES, name), 'utf8'))
  .join('\n');

/** Put on every series by Prometheus. */
const OF_THE_SCRAPE = ['instance', 'job', 'namespace', 'service'];
const labelsOf = new Map<string, readonly string[]>([
  ['up', OF_THE_SCRAPE],
  ...Object.entries(FAMILIES).flatMap(([name, { type, labels }]) => series(name, type, labels)),
  ...otherFamilies().flatMap(({ name, type, samples }) => series(name, type, Object.keys(samples[0]?.labels ?? {}))),
]);
const WORDS = new Set(
  'sum count by rate increase changes min max min_over_time time or unless offset histogram_quantile'.split(' '),
);

/** The series of a family, with the labels that each has. */
function series(name: string, type: string, own: readonly string[]): [string, readonly string[]][] {
  const labels = [...own, ...OF_THE_SCRAPE];
  if (type !== 'histogram') return [[name, labels]];
  return [
    ...['_count', '_sum'].map((end): [string, readonly string[]] => [`${name}${end}`, labels]),
    [`${name}_bucket`, [...labels, 'le']],
  ];
}

/** What is wrong with an expression: metrics, labels and values of labels that nothing writes. */
export function faultsOf(expr: string): string[] {
  const faults: string[] = [];
  const used = new Set<string>(OF_THE_SCRAPE);
  const selectors = expr.replaceAll(/([a-z_:]+)\{([^}]*)\}/g, (_, metric: string, matchers: string) => {
    for (const [, label = '', values = ''] of matchers.matchAll(/(\w+)[=!~]+"([^"]*)"/g)) {
      if (labelsOf.get(metric)?.includes(label) !== true) faults.push(`${metric} has no label ${label}`);
      if (OF_THE_SCRAPE.includes(label)) continue;
      for (const value of values.split('|')) if (!isWritten(value)) faults.push(`nothing writes ${label}="${value}"`);
    }
    return metric;
  });
  const groupings = [...selectors.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
  const plain = selectors.replaceAll(/(?:by|ignoring) \([^)]*\)|\[\$?\w+\]|offset \w+/g, ' ');
  for (const [metric] of plain.matchAll(/[a-z_]{2,}/g)) {
    if (WORDS.has(metric)) continue;
    const labels = labelsOf.get(metric);
    if (labels === undefined) faults.push(`there is no metric ${metric}`);
    for (const label of labels ?? []) used.add(label);
  }
  return [...faults, ...groupings.filter(label => !used.has(label)).map(label => `no metric has the label ${label}`)];
}

const isWritten = (value: string): boolean => sources.includes(`'${value}'`) || sources.includes(`  ${value}: {`);
