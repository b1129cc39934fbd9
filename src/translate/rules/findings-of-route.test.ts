// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_ROUTE_FINDINGS } from '../../errors/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';

/** Every reference leads nowhere, and every rule matches a header twice. */
const ROUTE = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'r' },
  spec: {
    parentRefs: [{ name: 'gw' }],
    rules: Array.from({ length: 16 }, () => ({
      matches: Array.from({ length: 8 }, () => ({ headers: [{ name: 'grpc-status', value: '1' }] })),
      backendRefs: Array.from({ length: 16 }, (_, at) => ({ name: `none-${at}`, port: 80 })),
    })),
  },
};

describe('the findings of a route', () => {
  it('are kept up to a number of its translation, and of its lints', () => {
    const { findings } = translate(resourceSet([parsed(ROUTE)]), ENVIRONMENT);
    const ofRoute = findings.filter(({ resource }) => resource?.name === 'r');
    const more = ofRoute.filter(({ code }) => code === 'store/more');
    assert.ok(ofRoute.length <= 2 * (MAX_ROUTE_FINDINGS + 1), String(ofRoute.length));
    assert.match(more[0]?.message ?? '', /^\d{3} more findings, \d{3} of them errors, are not listed$/);
    // The gravest: that the parent is not there is one of them.
    assert.ok(ofRoute.some(({ code }) => code === 'route/parent-not-found'));
  });
});
