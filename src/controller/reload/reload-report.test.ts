// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../errors/index.ts';
import type { View } from '../shown/view.ts';
import { newFindings } from './reload-report.ts';

const viewOf = (...findings: readonly Finding[]): View => ({ findings }) as unknown as View;
const finding = (message: string): Finding => ({ code: 'x/y', severity: 'info', path: ['spec'], message, help: '' });

describe('the findings that are new after a reload', () => {
  const [kept, solved, added] = [finding('kept'), finding('solved'), finding('added')];

  it('are all after the first', () => {
    assert.deepEqual(newFindings(viewOf(kept, added), null), [kept, added]);
  });

  it('are those that nobody said before', () => {
    assert.deepEqual(newFindings(viewOf(kept, added), viewOf(kept, solved)), [added]);
    assert.deepEqual(newFindings(viewOf(kept), viewOf(kept, solved)), []);
  });

  it('are not those that were made anew with the same words', () => {
    assert.deepEqual(newFindings(viewOf(kept, finding('solved'), added), viewOf(kept, solved)), [added]);
  });
});
