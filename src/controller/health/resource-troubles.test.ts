// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../errors/index.ts';
import { EMPTY_RESOURCES } from '../../resources/index.ts';
import type { Statuses } from '../../status/index.ts';
import type { Translation } from '../../translate/index.ts';
import type { View } from '../shown/view.ts';
import { resourceTroubles } from './resource-troubles.ts';

const FAULT = 'it broke: a bug';

function condition(type: string, reason: string, status = 'False') {
  return { type, status, reason, message: FAULT, lastTransitionTime: '1970-01-01T00:00:00Z' };
}

/** Two Gateways that say the same of themselves, and a route; of the objects of `aside` the changes were set aside. */
function subjects(...aside: readonly string[]): string[] {
  const statuses = new Map([
    [
      'Gateway/default/a',
      {
        conditions: [condition('Accepted', 'Pending')],
        listeners: [{ name: 'http', conditions: [condition('Accepted', 'PortUnavailable')] }],
      },
    ],
    ['Gateway/default/b', { conditions: [condition('Accepted', 'Pending')] }],
    ['GatewayClass/c', { conditions: [condition('Accepted', 'InvalidParameters')] }],
  ]) as unknown as Statuses;
  const setAside = aside.map(name => {
    const finding = {
      code: 'resource/broken',
      message: FAULT,
      resource: { kind: 'Gateway', namespace: 'default', name },
    };
    return { finding: finding as unknown as Finding, sinceMs: 0 };
  });
  const outcomes = { gatewayClasses: new Map(), gateways: new Map(), meshController: null, controllerName: null };
  const view = {
    ...{ statuses, findings: [], resources: EMPTY_RESOURCES, published: { certificates: [] } },
    translation: { setAside, outcomes } as unknown as Translation,
  };
  return resourceTroubles(view as unknown as View, 0).map(({ subject }) => subject);
}

describe('troubles of the resources', () => {
  it('are conditions that are broken', () => {
    assert.deepEqual(subjects(), [
      'Gateway default/a',
      'Gateway default/a, listener http',
      'Gateway default/b',
      'GatewayClass c',
    ]);
  });

  it('are told once of what was set aside, with what else is broken of it, whatever the words', () => {
    assert.deepEqual(subjects('a'), [
      'Gateway default/a',
      'Gateway default/a, listener http',
      'Gateway default/b',
      'GatewayClass c',
    ]);
    assert.equal(subjects('a', 'b').filter(subject => subject === 'Gateway default/b').length, 1);
  });
});
