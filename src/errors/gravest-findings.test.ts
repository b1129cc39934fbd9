// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding, Severity } from './finding.ts';
import { gravestFindings } from './gravest-findings.ts';

const MOST = 20;

const findings = (count: number, severity: Severity): Finding[] =>
  Array.from({ length: count }, (_, at) => ({ code: 'x/y', severity, path: [at], message: 'm', help: '' }));

describe('the findings that are listed', () => {
  it('are all of them, up to a number', () => {
    const all = findings(MOST, 'info');
    assert.equal(gravestFindings(all, { most: MOST }), all);
  });

  it('are the gravest, in their order, and one that says how many more there are', () => {
    const all = [...findings(MOST, 'info'), ...findings(3, 'error'), ...findings(2, 'warning')];
    const listed = gravestFindings(all, { most: MOST });
    assert.equal(listed.length, MOST + 1);
    assert.deepEqual(listed.slice(-6, -1), all.slice(-5));
    assert.deepEqual(
      [listed.at(-1)?.severity, listed.at(-1)?.message],
      ['warning', '5 more findings, 0 of them errors, are not listed'],
    );
  });

  it('say so as an error when errors are among the rest', () => {
    const listed = gravestFindings([...findings(5, 'info'), ...findings(MOST + 2, 'error')], { most: MOST });
    assert.deepEqual(
      [listed.at(-1)?.severity, listed.at(-1)?.message],
      ['error', '7 more findings, 2 of them errors, are not listed'],
    );
  });

  it('say of whom they are', () => {
    const of = { apiVersion: 'v1', kind: 'Service', namespace: 'a', name: 'b' };
    assert.equal(gravestFindings(findings(MOST + 1, 'info'), { most: MOST, of }).at(-1)?.resource, of);
  });

  it('count warnings that were not even made', () => {
    const all = [...findings(MOST, 'warning'), ...findings(3, 'error')];
    const listed = gravestFindings(all, { most: MOST, moreWarnings: 400 });
    assert.equal(listed.length, MOST + 1);
    assert.deepEqual(
      [listed.at(-1)?.severity, listed.at(-1)?.message],
      ['warning', '403 more findings, 0 of them errors, are not listed'],
    );
  });
});
