// SPDX-License-Identifier: Apache-2.0

/** Holds the alert rules against what the code declares, and lets promtool run them where it is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { FAMILIES } from '../../src/proxy/metrics/index.ts';
import { otherFamilies } from '../observability/observability-page.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '../..');
const RULES = join(ROOT, 'packaging/prometheus/daemun-rules.yaml');
const UNIT_TESTS = join(import.meta.dirname, 'daemun-rules.test.yaml');
const rules: readonly Rule[] = parse(readFileSync(RULES, 'utf8')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
const operations = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.includes('.test'))
  .map(name => readFileSync(join(ROOT, 'src', name), 'utf8'))
  .join('\n');

/** Put on every series by Prometheus. */
const OF_THE_SCRAPE = ['instance', 'job', 'namespace'];
const labelsOf = new Map<string, readonly string[]>([
  ['up', OF_THE_SCRAPE],
  ...Object.entries(FAMILIES).flatMap(([name, { type, labels }]) => series(name, type, labels)),
  ...otherFamilies().flatMap(({ name, type, samples }) => series(name, type, Object.keys(samples[0]?.labels ?? {}))),
]);
const WORDS = new Set('sum count by rate increase changes min_over_time time or unless offset'.split(' '));

/** The series of a family, with the labels that each has. */
function series(name: string, type: string, own: readonly string[]): [string, readonly string[]][] {
  const labels = [...own, ...OF_THE_SCRAPE];
  return type === 'histogram' ? ['_count', '_sum'].map(end => [`${name}${end}`, labels]) : [[name, labels]];
}

/** What is wrong with an expression: metrics, labels and values of labels that nothing writes. */
function faultsOf(expr: string): string[] {
  const faults: string[] = [];
  const used = new Set<string>(OF_THE_SCRAPE);
  const selectors = expr.replaceAll(/([a-z_:]+)\{([^}]*)\}/g, (_, metric: string, matchers: string) => {
    for (const [, label = '', values = ''] of matchers.matchAll(/(\w+)[=!~]+"([^"]*)"/g)) {
      if (labelsOf.get(metric)?.includes(label) !== true) faults.push(`${metric} has no label ${label}`);
      if (label === 'job') continue;
      for (const value of values.split('|')) if (!isWritten(value)) faults.push(`nothing writes ${label}="${value}"`);
    }
    return metric;
  });
  const groupings = [...selectors.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
  const plain = selectors.replaceAll(/(?:by|ignoring) \([^)]*\)|\[\w+\]|offset \w+/g, ' ');
  for (const [metric] of plain.matchAll(/[a-z_]{2,}/g)) {
    if (WORDS.has(metric)) continue;
    const labels = labelsOf.get(metric);
    if (labels === undefined) faults.push(`there is no metric ${metric}`);
    for (const label of labels ?? []) used.add(label);
  }
  return [...faults, ...groupings.filter(label => !used.has(label)).map(label => `no metric has the label ${label}`)];
}

const isWritten = (value: string): boolean => sources.includes(`'${value}'`) || sources.includes(`  ${value}: {`);

describe('the alert rules', () => {
  it('use metrics, labels and values that the program writes', () => {
    const faults = rules.flatMap(({ alert, expr }) => faultsOf(expr).map(fault => `${alert}: ${fault}`));
    assert.deepEqual(faults, []);
  });

  it('would be told of a metric, a label or a value that is gone', () => {
    assert.deepEqual(faultsOf('sum by (cluster) (rate(daemun_gone_total[5m])) > 0'), [
      'there is no metric daemun_gone_total',
      'no metric has the label cluster',
    ]);
    assert.deepEqual(faultsOf('daemun_sockets{stat="unbound"} unless daemun_sockets{state="gone astray"} offset 5m'), [
      'daemun_sockets has no label stat',
      'nothing writes state="gone astray"',
    ]);
  });

  it('say what happens, and link to what to do', () => {
    for (const { alert, annotations } of rules) {
      assert.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook'], alert);
      assert.equal(annotations['runbook'], `docs/operations.md#${alert.toLowerCase()}`);
      assert.ok(operations.includes(`\n### ${alert}\n`), `docs/operations.md has no section ${alert}`);
    }
  });

  it('have sections in the manual that are all of rules', () => {
    const sections = [...operations.matchAll(/^### (Daemun\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(sections.sort(), rules.map(({ alert }) => alert).sort());
  });

  it('are each seen to fire in the unit tests', () => {
    const seen = readFileSync(UNIT_TESTS, 'utf8').matchAll(/labels:\s*['"]?ALERTS\{alertname=\\?"(\w+)/g);
    const fired = new Set([...seen].map(([, name]) => name));
    assert.deepEqual(
      rules.filter(({ alert }) => !fired.has(alert)).map(({ alert }) => alert),
      [],
    );
  });

  const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
  it('pass their unit tests', { skip: !hasPromtool && 'promtool is not installed' }, () => {
    for (const args of [
      ['check', 'rules', RULES],
      ['test', 'rules', UNIT_TESTS],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    }
  });
});
