// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndReason, StreamEnd } from '../../wire/index.ts';
import { HTTP } from '../faces/index.ts';
import { streamEnded } from './answers.ts';

describe('what is said of an endpoint whose connection ends', () => {
  const said = (reason: EndReason, detail: string): string | undefined => {
    const end: StreamEnd = { reason, origin: 'connection', detail };
    return streamEnded(HTTP, end, false).message;
  };

  it('is that it was lost, also when that was before it can have seen the request', () => {
    const lost = 'the endpoint ended the request: its connection was lost';
    assert.equal(said('lost', 'its connection was lost'), lost);
    assert.equal(said('refused', 'its connection was lost'), lost);
    assert.equal(said('refused', 'REFUSED_STREAM'), lost);
  });

  it('is the error, when it broke the protocol', () => {
    const told = 'the endpoint ended the request: its connection failed with PROTOCOL_ERROR';
    assert.equal(said('protocol', 'PROTOCOL_ERROR'), told);
  });
});
