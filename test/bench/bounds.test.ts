// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOUNDS, type Bound, boundsTable, isBroken } from '../../bench/bounds.ts';
import type { Figure } from '../../bench/report.ts';

function figure(program: string, name: string, value: number): Figure {
  return { program, case: name, unit: 'CPU µs per call', value };
}

const figures = [figure('daemun', 'a', 2), figure('Envoy', 'a', 10), figure('daemun', 'b', 4)];

function lastCells(bound: Bound): string[] {
  const row = boundsTable([bound], figures, [{ case: 'c', program: 'daemun', why: 'answered 426' }])
    .split('\n')
    .at(-1);
  return (row ?? '')
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim());
}

describe('the table of bounds', () => {
  it('holds a figure against its bound', () => {
    assert.deepEqual(lastCells({ case: 'a', most: 2 }), ['a, CPU µs per call', '2.00', '2', 'ok']);
    assert.deepEqual(lastCells({ case: 'a', most: 1.99 }), ['a, CPU µs per call', '2.00', '1.99', 'NOT']);
  });

  it('holds the ratio to a peer, or to another case of daemun, against its bound', () => {
    assert.deepEqual(lastCells({ case: 'a', most: 0.2, to: { program: 'Envoy' } }), [
      "a ÷ Envoy's",
      '0.20',
      '0.2',
      'ok',
    ]);
    assert.deepEqual(lastCells({ case: 'b', most: 1.3, to: { case: 'a' } }), ['b ÷ a', '2.00', '1.3', 'NOT']);
  });

  it('is broken by a figure or a ratio that is over, and by nothing that was not measured', () => {
    assert.equal(isBroken({ case: 'a', most: 1.99 }, figures), true);
    assert.equal(isBroken({ case: 'b', most: 2, to: { case: 'a' } }, figures), false);
    assert.equal(isBroken({ case: 'b', most: 1.9, to: { case: 'a' } }, figures), true);
    assert.equal(isBroken({ case: 'c', most: 1 }, figures), false);
    assert.equal(isBroken({ case: 'd', most: 1 }, [figure('daemun', 'd', Number.NaN)]), true);
  });

  it('says why there is no figure', () => {
    assert.equal(lastCells({ case: 'a', most: 1, to: { program: 'HAProxy' } }).at(-1), 'not measured');
    assert.equal(lastCells({ case: 'c', most: 1, to: { program: 'Envoy' } }).at(-1), 'NOT served');
  });

  it('has each bound once', () => {
    const keys = BOUNDS.map(({ case: name, to }) => JSON.stringify([name, to]));
    assert.equal(new Set(keys).size, keys.length);
  });
});
