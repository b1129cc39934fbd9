// SPDX-License-Identifier: Apache-2.0

/** Holds the alert rules against what the code declares, and lets promtool run them where it is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { faultsOf } from './expression-faults.ts';

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
