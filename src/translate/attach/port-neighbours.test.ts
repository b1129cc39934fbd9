// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareHostnames, hostnameCovers } from '../../values/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';
import { PortNeighbours } from './port-neighbours.ts';

const hostname = fc.constantFrom('*', '*.c', '*.b.c', '*.a.b.c', 'b.c', 'a.b.c', 'x.b.c', 'y.a.b.c', '*.d', 'd');

describe('the neighbours of a listener', () => {
  it('own a host as the most specific of them that takes all of it, and comes before the listener', () => {
    const listeners = fc.uniqueArray(hostname, { maxLength: 8 });
    fc.assert(
      fc.property(listeners, hostname, hostname, (names, asked, own) => {
        const neighbours = PortNeighbours.of(
          names.map(name => ({ id: `a/gw/${name}`, hostname: name })),
          undefined,
        );
        const [owner] = names
          .filter(name => hostnameCovers(name, asked) && compareHostnames(name, own) < 0)
          .sort(compareHostnames);
        assert.equal(neighbours.ownerOf(asked, own)?.hostname, owner);
      }),
    );
  });

  it('are one object for all listeners of a port, also when one of them goes', () => {
    const gateway = (listeners: number) => {
      const hosts = Array.from({ length: listeners }, (_, at) => ({ name: `l${at}`, hostname: `h${at}.org` }));
      const spec = { gatewayClassName: 'c', listeners: hosts.map(one => ({ ...one, port: 80, protocol: 'HTTP' })) };
      const apiVersion = 'gateway.networking.k8s.io/v1';
      return resourceSet([parsed({ apiVersion, kind: 'Gateway', metadata: { name: 'gw' }, spec })]);
    };
    const first = translate(gateway(9), ENVIRONMENT);
    const second = translate(gateway(8), ENVIRONMENT, first);
    const listeners = second.memory.routes.targets.get('Gateway/default/gw')?.listeners ?? [];
    assert.equal(listeners.length, 8);
    assert.equal(new Set(listeners.map(({ neighbours }) => neighbours)).size, 1);
  });

  it('stay what they were while they are the same', () => {
    const [one, two] = ['a.org', '*.org'].map(name => ({ id: name, hostname: name }));
    assert.ok(one !== undefined && two !== undefined);
    const first = PortNeighbours.of([one, two], undefined);
    assert.equal(PortNeighbours.of([{ ...two }, { ...one }], first), first);
    assert.notEqual(PortNeighbours.of([one], first), first);
  });
});
