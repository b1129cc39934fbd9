// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandFailure } from '../exit-code.ts';
import { type MeshFlags, readMesh } from './mesh-options.ts';

const NODE = { NODE_IPS: '192.0.2.10,2001:DB8::10' };

function read(flags: Partial<MeshFlags>, environment: NodeJS.ProcessEnv = NODE): ReturnType<typeof readMesh> {
  return readMesh({ mesh: true, ...flags }, environment);
}

describe('the options of a mesh agent', () => {
  it('are what a Pod is told of its node', () => {
    assert.deepEqual(read({}), {
      nodeAddresses: ['192.0.2.10', '2001:db8::10'],
      ports: { first: 20_000, last: 29_999 },
    });
  });

  it('may be given by flags', () => {
    assert.deepEqual(read({ nodeIp: '192.0.2.11', meshPorts: '15000-15009' }), {
      nodeAddresses: ['192.0.2.11'],
      ports: { first: 15_000, last: 15_009 },
    });
  });

  it('are none without --mesh', () => {
    assert.equal(read({ mesh: false }), null);
    assert.throws(() => read({ mesh: false, meshPorts: '20000-29999' }), /--mesh-ports is for --mesh/);
  });

  for (const [what, flags, environment, message] of [
    ['no address', {}, {}, /--mesh needs --node-ip/],
    ['no address', { nodeIp: 'node.example' }, {}, /"node\.example" is no IP address/],
    ['an address of this machine alone', { nodeIp: '127.0.0.1' }, {}, /cannot be led to a loopback address/],
    ['one port', { meshPorts: '20000' }, NODE, /two ports/],
    ['ports in the wrong order', { meshPorts: '20001-20000' }, NODE, /the lower one first/],
    ['ports of the system', { meshPorts: '80-90' }, NODE, /from 1024 to 65535/],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(
        () => read(flags, environment),
        error => error instanceof CommandFailure && message.test(error.message) && error.hint !== '',
      );
    });
  }
});
