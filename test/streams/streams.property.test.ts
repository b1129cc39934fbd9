// SPDX-License-Identifier: Apache-2.0

/** Any Gateways, ListenerSets and routes of streams: what is explained and what statuses say happens on real sockets, and is what the specification says. */
import assert from 'node:assert/strict';
import type { AddressInfo, Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { explainStream, type StreamPlace } from '../../src/match/index.ts';
import { TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { certificate } from '../../src/proxy/listeners/certificate.test-support.ts';
import { Peer } from '../../src/proxy/udp/udp.test-support.ts';
import type { Certificate, Snapshot } from '../../src/snapshot/index.ts';
import { statuses } from '../../src/status/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../../src/translate/environment.test-support.ts';
import { translate } from '../../src/translate/index.ts';
import { askTcp, askTls, askUdp, OWN_SUBJECT, startEndpoint } from './clients.ts';
import { objectsOf } from './objects.ts';
import { type Fate, fateOf } from './oracle.ts';
import { assertStatuses, type SaidStatus } from './status-oracle.ts';
import { anyStreamWorld, PORTS, SERVER_NAMES, type World, type WrittenOwner } from './world.ts';

const RUNS = 80;
const STATUS_RUNS = 400;
/** The least share is one in five. */
const MAX_TRIES = 100;
const ADDRESSES: Readonly<Record<string, string>> = { a: '127.0.0.1', b: '127.0.0.2' };

/** A stream that a client may begin at a Gateway. */
interface Asked {
  readonly transport: 'tcp' | 'tls' | 'udp';
  readonly port: number;
  /** The server name; '': none. */
  readonly name: string;
}

const ALL_ASKED: readonly Asked[] = PORTS.flatMap(port => [
  { transport: 'tcp', port, name: '' },
  { transport: 'udp', port, name: '' },
  ...SERVER_NAMES.map(name => ({ transport: 'tls' as const, port, name })),
]);

/** A world as it is served. */
interface Served {
  readonly world: World;
  readonly snapshot: Snapshot;
  readonly gateway: TestGateway;
}

describe('streams of any world', () => {
  const servers: Server[] = [];
  const peers: Peer[] = [];
  const endpoints: Record<string, readonly [tcp: number, udp: number]> = {};
  let own: Certificate;

  before(async () => {
    own = await certificate(OWN_SUBJECT, ['*.org']);
    const other = await certificate('endpoint', ['backend.test']);
    for (const key of ['a/full', 'a/other', 'b/full', 'b/other']) {
      const server = await startEndpoint(key, other);
      const peer = await Peer.echo(key);
      servers.push(server);
      peers.push(peer);
      endpoints[key] = [(server.address() as AddressInfo).port, peer.port];
    }
  });
  after(async () => {
    for (const server of servers) server.close();
    for (const peer of peers) await peer.close();
  });

  /** A world as it is translated, with the statuses. */
  function translated(world: World): { readonly snapshot: Snapshot; statusOf(key: string): SaidStatus | undefined } {
    const resources = resourceSet(objectsOf(world, endpoints).map(parsed));
    const translation = translate(resources, {
      ...ENVIRONMENT,
      addressOf: ({ namespace }) => ADDRESSES[namespace] ?? null,
      inspectCertificate: () => own,
    });
    const { byObject } = statuses(translation, resources, null, 'T');
    return {
      snapshot: translation.snapshot,
      statusOf: key => byObject.get(key) as unknown as SaidStatus | undefined,
    };
  }

  it('have the statuses that the specification says', () => {
    const property = fc.property(anyStreamWorld, world => assertStatuses(world, translated(world).statusOf));
    fc.assert(property, { numRuns: STATUS_RUNS, seed: 7 });
  });

  it('go where the specification and explain say', async () => {
    const property = fc.asyncProperty(anyStreamWorld, world => compareAll(world, translated(world).snapshot));
    await fc.assert(property, { numRuns: RUNS, seed: 7 });
  });

  async function compareAll(world: World, snapshot: Snapshot): Promise<void> {
    const gateway = new TestGateway();
    try {
      const failures = await gateway.runtime.apply(onAnyPorts(snapshot));
      assert.deepEqual([...failures], []);
      for (const owner of world.owners.filter(({ parent }) => parent === null))
        for (const asked of ALL_ASKED) await compare(owner, asked, { world, snapshot, gateway });
    } finally {
      gateway.close();
    }
  }

  async function compare(owner: WrittenOwner, asked: Asked, { world, snapshot, gateway }: Served): Promise<void> {
    const { transport, port, name } = asked;
    const address = ADDRESSES[owner.namespace] ?? '';
    const socket = `${address}:${port}`;
    const id = `${socket}/${transport === 'udp' ? 'udp' : 'tcp'}`;
    const at = `${socket}/${transport} ${name}`;
    const fate = fateOf(world, owner, asked);
    const binding = snapshot.bindings.find(one => one.id === id);
    if (fate === null) return assert.equal(binding, undefined, at);
    // Cleartext at a port of TLS, and TLS at one that takes all bytes, are no questions to ask.
    if (transport !== 'udp' && (binding?.admission === 'client-hello') !== (transport === 'tls')) return;
    const wanted = fateText(fate);
    const [place] = explainStream(snapshot, questionOf(asked)).places.filter(one => one.address === socket);
    assert.ok(place !== undefined, at);
    assert.deepEqual(explainedWays(place, transport), wanted, at);
    const to = gateway.runtime.dump().bindings.find(one => one.id === id)?.port ?? 0;
    const seen = new Set<string>();
    for (let tries = 0; tries < MAX_TRIES && (tries < 2 || seen.size < wanted.length); tries++) {
      if (transport === 'udp') seen.add(await askUdp(gateway, address, to));
      else seen.add(await (transport === 'tls' ? askTls : askTcp)(address, to, name));
    }
    assert.deepEqual([...seen].sort(), wanted, at);
  }

  /** What may become of a stream, as `explain` has it. */
  function explainedWays({ answer, mode, backends }: StreamPlace, transport: Asked['transport']): string[] {
    if (answer.kind === 'answered') return ['http 404'];
    if (answer.kind === 'refused') return ['reset'];
    const prefix = mode === 'TLS is passed on as it comes' ? 'tls' : 'plain';
    const used = backends.filter(({ weight }) => weight > 0);
    const ways = used.map(({ fault, endpoints: of }) => {
      if (fault !== '' || of === 'dns') return 'reset';
      const port = Number(of[0]?.address.split(':')[1]);
      const named = Object.entries(endpoints).find(([, ports]) => ports[transport === 'udp' ? 1 : 0] === port);
      return `${prefix} ${named?.[0]}`;
    });
    assert.notDeepEqual([...new Set(ways)], ['reset']);
    assert.equal(/ % (?:reset|dropped)$/.test(answer.text), ways.includes('reset'));
    return [...new Set(ways)].sort();
  }
});

function questionOf({ transport, port, name }: Asked): Parameters<typeof explainStream>[1] {
  const shape = { gateway: null, listener: null, clientNamespace: null, to: null, port };
  return transport === 'tls' ? { transport, serverName: name, ...shape } : { transport, ...shape };
}

function fateText({ mode, ways }: Fate): string[] {
  return [...ways].map(way => (way === 'reset' || mode === 'https' ? way : `${mode} ${way}`)).sort();
}

function onAnyPorts(snapshot: Snapshot): Snapshot {
  return { ...snapshot, bindings: snapshot.bindings.map(one => ({ ...one, port: 0 })) };
}
