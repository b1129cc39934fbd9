// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { OWN_ADDRESS } from '../../../test/own-addresses.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { memoryStore } from '../../store/index.ts';
import type { MeshEnvironment } from '../../translate/index.ts';
import { LoopbackAddresses } from '../addresses/loopback-addresses.ts';
import { withGatewayDefaults } from '../gateway-options.ts';
import { type GatewaySource, startGateway } from '../start-gateway.ts';
import type { FrontendGate } from './frontend-gate.ts';
import { FrontendPlaces } from './frontend-places.ts';

function gateway(...ports: readonly number[]): object {
  const listeners = ports.map(port => ({ name: `p${port}`, port, protocol: 'HTTP' }));
  const spec = { gatewayClassName: 'daemun', listeners };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'gw' }, spec };
}

function service(name: string, last: number): object {
  const spec = { clusterIP: `10.96.0.${last}`, clusterIPs: [`10.96.0.${last}`], ports: [{ port: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

/** The only one, of a Service. */
function route(parent: string): object {
  const spec = { parentRefs: [{ group: '', kind: 'Service', name: parent }], rules: [{}] };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'r' }, spec };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, OWN_ADDRESS);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Tells at each step which ports listen. */
function watchingGate(ports: readonly number[]): { gate: FrontendGate & { problem: string | null }; steps: string[] } {
  const steps: string[] = [];
  const tell = async (step: string): Promise<void> => {
    const open = await Promise.all(ports.map(async port => ((await listens(port)) ? [port] : [])));
    steps.push([step, ...open.flat()].join(' '));
  };
  const wanted = ({ bindings }: Snapshot): string => bindings.map(({ port }) => port).join();
  return {
    steps,
    gate: {
      start: () => tell('start'),
      closing: next => tell(`closing for ${wanted(next)}:`),
      opened: published => tell(`opened ${wanted(published)}:`),
      stop: () => tell('stop'),
      problem: null,
      onChange: () => undefined,
    },
  };
}

describe('what leads connections to frontends', () => {
  const ports = [18_081, 18_082];

  async function start(
    gate: FrontendGate,
    store = memoryStore([gateway(18_081)]),
    more: Pick<GatewaySource, 'mesh'> = {},
  ) {
    const source: GatewaySource = {
      ...more,
      ...{ store, gate, addresses: new LoopbackAddresses(OWN_ADDRESS), controllerName: null, ports: 'as-written' },
      ...{ movesPorts: false, sharedKeys: null, demo: null, isShared: false, names: [] },
      status: () => ({ kind: 'files', paths: [] }),
    };
    return startGateway(source, withGatewayDefaults({}), '/nonexistent');
  }

  it('is told after sockets listen, and before they end', async () => {
    const { gate, steps } = watchingGate(ports);
    const store = memoryStore([gateway(18_081)]);
    const running = await start(gate, store);
    store.apply(gateway(18_082));
    await running.settled();
    await running.close();
    // A socket may take connections for a moment after its listener is gone: those that were on their way.
    const [, , , ...later] = steps.map(step => step.replace(/(opened.*|stop) 18081/, '$1'));
    assert.deepEqual(steps.slice(0, 3), ['start', 'closing for 18081:', 'opened 18081: 18081']);
    assert.deepEqual(later.slice(0, 3), ['closing for 18082: 18081', 'opened 18082: 18082', 'stop 18082']);
  });

  it('keeps the gateway unready while connections do not come', async t => {
    const { gate } = watchingGate(ports);
    const running = await start(gate);
    t.after(() => running.close());
    assert.equal(running.readiness().ready, true);
    gate.problem = 'there is no way here';
    assert.deepEqual(running.readiness(), { ready: false, reason: 'there is no way here', unbound: [] });
  });

  it('is followed by another reload where a place is free once another frontend is gone', async t => {
    const places = new FrontendPlaces([OWN_ADDRESS], { first: 18_083, last: 18_083 }, () => 0);
    /** By their version of the places. */
    const meshes = new Map<number, MeshEnvironment>();
    const mesh = (): MeshEnvironment => {
      const known = meshes.get(places.version) ?? {
        addressOf: () => null,
        closure: frontend => places.closure(frontend),
        entranceOf: frontend => places.placeOf(frontend),
        clients: [],
      };
      meshes.set(places.version, known);
      return known;
    };
    const served: string[] = [];
    const gate: FrontendGate = {
      ...watchingGate([]).gate,
      async opened({ bindings }) {
        const frontends = bindings.flatMap(({ frontend }) => (frontend === null ? [] : [frontend]));
        places.keep(frontends);
        served.push(frontends.map(({ name }) => name).join());
      },
    };
    const store = memoryStore([service('one', 1), service('two', 2), route('one')]);
    const running = await start(gate, store, { mesh });
    t.after(() => running.close());
    assert.deepEqual(served, ['one']);
    store.apply(route('two'));
    await running.settled();
    assert.deepEqual(served, ['one', '', 'two'], 'and no reload more');
  });

  it('ends the start when it cannot work', async () => {
    const { gate } = watchingGate(ports);
    await assert.rejects(
      start({
        ...gate,
        start: async () => {
          throw new Error('no right to');
        },
      }),
      /no right to/,
    );
  });
});
