// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { podName } from './pod-name.ts';

describe('pod names', () => {
  it('are those of a Deployment, and stay the same', () => {
    assert.match(podName('default', 'echo-grpc', 0), /^echo-grpc-[b-df-hj-np-tv-z2-9]{9}-[b-df-hj-np-tv-z2-9]{5}$/);
    assert.equal(podName('default', 'echo-grpc', 0), podName('default', 'echo-grpc', 0));
  });

  it('share the hash within a Deployment and differ in the id', () => {
    const names = Array.from({ length: 100 }, (_, index) => podName('default', 'echo', index));
    assert.equal(new Set(names).size, 100);
    assert.equal(new Set(names.map(name => name.split('-')[1])).size, 1);
    assert.notEqual(podName('other', 'echo', 0).split('-')[1], names[0]?.split('-')[1]);
  });

  it('fit a DNS label', () => {
    assert.equal(podName('default', 'x'.repeat(63), 0).length, 63);
  });
});
