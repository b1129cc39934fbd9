// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgradeProtocol } from './upgrade-protocol.ts';

describe('the protocol of an upgrade', () => {
  it('is one name in lower case', () => {
    for (const [text, protocol] of [
      ['WebSocket', 'websocket'],
      ['SPDY/3.1', 'spdy/3.1'],
      ['tcp', 'tcp'],
      ['h2c-like', 'h2c-like'],
      ['httpx', 'httpx'],
    ] as const)
      assert.equal(upgradeProtocol(text), protocol);
  });

  it('is never HTTP, nor several, nor none', () => {
    for (const text of [
      '',
      'h2c',
      'H2C',
      'http',
      'HTTP/2.0',
      'https',
      'websocket, h2c',
      'a b',
      'a/b/c',
      'a\r\nb',
      '/',
    ]) {
      assert.equal(upgradeProtocol(text), null, text);
    }
  });
});
