// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextCommand } from './next-command.ts';

const HERE = { admin: '127.0.0.1:9900' };

describe('the next command', () => {
  it('asks the place that was asked, by the name of the program', () => {
    const next = 'daemun describe gateway gw';
    assert.equal(nextCommand(next, HERE, 'bin/daemun'), 'bin/daemun describe gateway gw');
    assert.equal(
      nextCommand(next, { admin: '[::1]:9901' }, 'daemun'),
      "daemun describe gateway gw --admin '[::1]:9901'",
    );
    assert.equal(nextCommand(next, { ...HERE, kubernetes: true }, 'daemun'), 'daemun describe gateway gw --kubernetes');
    const place = { ...HERE, context: 'my staging', controllerName: 'example.com/a' };
    assert.equal(
      nextCommand(next, place, 'daemun'),
      "daemun describe gateway gw --context 'my staging' --controller-name example.com/a",
    );
  });

  it('of other programs is as it is', () => {
    assert.equal(
      nextCommand('kubectl exec a -- daemun status', { admin: 'x:1' }, 'd'),
      'kubectl exec a -- daemun status',
    );
  });
});
