// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, MAX_LISTED_FINDINGS, type Severity } from '../../errors/index.ts';
import { listedFindings } from './listed-findings.ts';

const findings = (count: number, severity: Severity): Finding[] =>
  Array.from({ length: count }, (_, at) => ({ code: 'x/y', severity, path: [at], message: 'm', help: '' }));

describe('the findings of one version that are listed', () => {
  it('are all of them, up to a number', () => {
    const all = findings(MAX_LISTED_FINDINGS, 'info');
    assert.equal(listedFindings(all, 0), all);
  });

  it('are the gravest, in their order, and one that says how many more there are', () => {
    const all = [...findings(MAX_LISTED_FINDINGS, 'info'), ...findings(3, 'error'), ...findings(2, 'warning')];
    const listed = listedFindings(all, 0);
    assert.equal(listed.length, MAX_LISTED_FINDINGS + 1);
    assert.deepEqual(listed.slice(-6, -1), all.slice(-5));
    assert.deepEqual(
      [listed.at(-1)?.severity, listed.at(-1)?.message],
      ['warning', '5 more findings, 0 of them errors, are not listed'],
    );
  });

  it('say so as an error when errors are among the rest', () => {
    const listed = listedFindings([...findings(5, 'info'), ...findings(MAX_LISTED_FINDINGS + 2, 'error')], 0);
    assert.deepEqual(
      [listed.at(-1)?.severity, listed.at(-1)?.message],
      ['error', '7 more findings, 2 of them errors, are not listed'],
    );
  });

  it('count warnings that were not even made', () => {
    const all = [...findings(MAX_LISTED_FINDINGS, 'warning'), ...findings(3, 'error')];
    const listed = listedFindings(all, 400);
    assert.equal(listed.length, MAX_LISTED_FINDINGS + 1);
    assert.deepEqual(
      [listed.at(-1)?.severity, listed.at(-1)?.message],
      ['warning', '403 more findings, 0 of them errors, are not listed'],
    );
  });
});
