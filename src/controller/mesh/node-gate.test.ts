// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Redirection, RedirectorState } from '../../redirect/index.ts';
import { type Binding, bindFailure, EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import { silentLog } from '../log/log.ts';
import { FrontendPlaces } from './frontend-places.ts';
import { NodeGate } from './node-gate.ts';

const NODE = '172.18.0.2';

/** What a gate does, a line each: `10.96.0.1:80→20000 …` for each set of redirections. */
function gateOf(): { gate: NodeGate; places: FrontendPlaces; sets: string[]; tell(state: RedirectorState): void } {
  const sets: string[] = [];
  let tell: (state: RedirectorState) => void = () => undefined;
  let state: RedirectorState = { kind: 'down', why: 'not started' };
  const places = new FrontendPlaces([NODE], { first: 20_000, last: 20_009 }, () => 0);
  const gate = new NodeGate({
    places,
    clock: { wallMs: () => 0 },
    log: silentLog(),
    redirect(onState) {
      tell = next => {
        state = next;
        onState(next);
      };
      return {
        start: async () => undefined,
        set: async redirections => void sets.push(redirections.map(text).join(' ')),
        stop: async () => undefined,
        get state() {
          return state;
        },
      };
    },
  });
  return { gate, places, sets, tell: next => tell(next) };
}

function text({ address, port, to }: Redirection): string {
  return `${address}:${port}→${to.port}`;
}

/** With the frontends 10.96.0.LAST:80, where their places are, and a Gateway's binding. */
function snapshotOf(places: FrontendPlaces, ...lasts: readonly number[]): Snapshot {
  const frontends = lasts.map((last): Binding => {
    const frontend = { namespace: 'a', name: `s${last}`, address: `10.96.0.${last}`, port: 80 };
    const place = places.placeOf(frontend);
    assert.ok(place !== null);
    const common = { admission: 'clients', proxyProtocolFrom: [], listeners: [] } as const;
    return { id: `${place.address}:${place.port}/tcp`, ...place, ...common, frontend };
  });
  const gateway = { ...{ id: '10.0.0.1:80/tcp', address: '10.0.0.1', port: 80 }, frontend: null } as const;
  return {
    ...EMPTY_SNAPSHOT,
    bindings: [{ ...gateway, admission: 'first-bytes', proxyProtocolFrom: [], listeners: [] }, ...frontends],
  };
}

describe('the gate of a node', () => {
  it('leads connections to frontends once they listen, and away before they end', async () => {
    const { gate, places, sets } = gateOf();
    const first = snapshotOf(places, 1, 2);
    await gate.closing(first);
    await gate.opened(first, new Map());
    const second = snapshotOf(places, 2, 3);
    await gate.closing(second);
    await gate.opened(second, new Map());
    assert.deepEqual(sets, [
      '10.96.0.1:80→20000 10.96.0.2:80→20001',
      '10.96.0.2:80→20001',
      '10.96.0.2:80→20001 10.96.0.3:80→20002',
    ]);
  });

  it('leads nothing to a port that could not be bound, for which there is another one next time', async () => {
    const { gate, places, sets } = gateOf();
    const first = snapshotOf(places, 1, 2);
    await gate.opened(first, new Map([[`${NODE}:20000/tcp`, bindFailure('EADDRINUSE', '')]]));
    await gate.opened(snapshotOf(places, 1, 2), new Map());
    assert.deepEqual(sets, ['10.96.0.2:80→20001', '10.96.0.1:80→20002 10.96.0.2:80→20001']);
  });

  it('gives ports back to the node', async () => {
    const { gate, places } = gateOf();
    for (let last = 1; last <= 30; last++) await gate.opened(snapshotOf(places, last), new Map());
  });

  it('says when connections do not come', () => {
    const { gate, tell } = gateOf();
    tell({ kind: 'live', table: 'daemun_a', count: 7 });
    assert.equal(gate.problem, null);
    tell({ kind: 'down', why: 'nft ended (SIGKILL)' });
    assert.equal(gate.problem, 'connections to Services are not redirected: nft ended (SIGKILL)');
    const values = gate.metrics().map(({ name, samples }) => [name, samples[0]?.value]);
    assert.deepEqual(values, [
      ['daemun_mesh_redirections', 0],
      ['daemun_mesh_redirection_losses_total', 1],
    ]);
  });
});
