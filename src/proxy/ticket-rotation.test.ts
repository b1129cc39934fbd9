// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TicketSecrets } from './listeners/index.ts';
import { TICKET_ROTATION_MS, TicketRotation } from './ticket-rotation.ts';
import { VirtualClock } from './virtual-clock.test-support.ts';

describe('secrets of session tickets', () => {
  it('are replaced every two hours, and the one before is kept until the next time', () => {
    const clock = new VirtualClock();
    const told: TicketSecrets[] = [];
    const rotation = new TicketRotation(clock, secrets => told.push(secrets));
    const first = rotation.secrets;
    assert.equal(first.current.length, 32);
    assert.equal(first.previous, null);
    clock.advance(TICKET_ROTATION_MS - 1);
    assert.equal(told.length, 0);
    clock.advance(TICKET_ROTATION_MS + 1);
    const [second, third] = told;
    assert.equal(second?.previous, first.current);
    assert.equal(third?.previous, second?.current);
    assert.notDeepEqual(third?.current, second?.current);
    assert.equal(rotation.secrets, third);
    rotation.close();
    assert.equal(clock.pending, 0);
  });
});
