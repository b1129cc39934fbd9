// SPDX-License-Identifier: Apache-2.0

/** Holds the Grafana dashboard against what the program writes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CHART } from '../../tools/manifests/rendered-chart.ts';
import { faultsOf } from '../rules/expression-faults.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const { panels }: { panels: readonly Panel[] } = JSON.parse(readFileSync(join(CHART, 'files/dashboard.json'), 'utf8'));

describe('the dashboard', () => {
  it('asks for metrics, labels and values that the program writes', () => {
    const faults = panels.flatMap(({ title, targets = [] }) =>
      targets.flatMap(({ expr }) => faultsOf(expr).map(fault => `${title}: ${fault}`)),
    );
    assert.deepEqual(faults, []);
  });

  it('says of each panel what it shows, and has each within its width under a number of its own', () => {
    for (const { title, description, gridPos, targets } of panels) {
      assert.ok(targets === undefined || (description ?? '') !== '', title);
      assert.ok(gridPos.x + gridPos.w <= 24, title);
    }
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  });
});
