// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, plainAddress, socketAddress } from './socket-address.ts';

describe('socket addresses', () => {
  it('put IPv6 addresses in brackets, and nothing else', () => {
    assert.equal(socketAddress('127.0.0.1', 8080), '127.0.0.1:8080');
    assert.equal(socketAddress('::1', 8080), '[::1]:8080');
    assert.equal(socketAddress('db.example.com', 443), 'db.example.com:443');
  });

  it('of IPv4 peers are told as such on an IPv6 socket', () => {
    assert.equal(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
    assert.equal(plainAddress('::1'), '::1');
  });

  it('are of this machine alone when they are loopback', () => {
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
      assert.ok(isLoopback(address), address);
    for (const address of ['128.0.0.1', '0.0.0.0', '::', '::ffff:10.0.0.1']) assert.ok(!isLoopback(address), address);
  });
});
