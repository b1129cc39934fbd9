// SPDX-License-Identifier: Apache-2.0

/**
 * Ports come and go, certificates and what is asked of clients change, in one worker and in several: a gateway that saw all that answers as one that
 * never had others, on connections that were there before, too, and sends the same copies.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { freePort } from '../../test/free-port.ts';
import type { Certificate } from '../snapshot/index.ts';
import { systemClock, systemRandom } from '../time/index.ts';
import { until } from '../time/until.test-support.ts';
import { share } from '../values/index.ts';
import { DataPlane } from './data-plane.ts';
import { TestGateway } from './http/gateway.test-support.ts';
import { HttpClient, HttpServer, VERSIONS, type Version } from './http/http-peers.test-support.ts';
import { anyRequests, COPY, JUDGE, type RoutedRequest } from './http/random-routing.test-support.ts';
import { askAll, echo, judgement, SESSION_KEY, withTokens } from './http/routed-answers.test-support.ts';
import { certificate } from './listeners/certificate.test-support.ts';
import {
  anyWorlds,
  CERTIFICATES,
  ENTRANCES,
  type Entrance,
  type Places,
  snapshotOf,
  type World,
} from './random-entrances.test-support.ts';

/** How often the same head comes. */
const AGAIN = 2;
const RUNS = 2;
const NAMES = ['a.example.com', 'b.example.com'];
/** Who is asked while its connection is told to leave asks again. */
const MAX_TRIES = 4;
const NONE = 'no answer';

/** A kind of client: where it goes, and how. */
interface Way {
  readonly entrance: Entrance;
  readonly version: Version;
  readonly servername?: string;
}

const WAYS: readonly Way[] = ENTRANCES.flatMap(entrance =>
  VERSIONS.flatMap((version): Way[] =>
    entrance === 'secure' ? NAMES.map(servername => ({ entrance, version, servername })) : [{ entrance, version }],
  ),
);

/** Clients whose connections are kept from one world to the next. */
class Clients {
  readonly #kept = new Map<Way, HttpClient>();

  /** A connection that is gone is made anew. */
  async ask(way: Way, port: number, requests: readonly RoutedRequest[]): Promise<unknown[] | typeof NONE> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const client = this.#kept.get(way) ?? new HttpClient(way.version, port, {}, way);
      this.#kept.set(way, client);
      try {
        return await askAll(client, way.version, requests);
      } catch {
        client.close();
        this.#kept.delete(way);
      }
    }
    return NONE;
  }

  /** Of ports that are gone: what was there before is served to its end by what was told before. */
  forget(world: World): void {
    for (const [way, client] of this.#kept) {
      if (world.entrances[way.entrance] !== undefined) continue;
      client.close();
      this.#kept.delete(way);
    }
  }

  close(): void {
    for (const client of this.#kept.values()) client.close();
  }
}

describe('a gateway whose entrances change', () => {
  let one: HttpServer;
  let two: HttpServer;
  let three: HttpServer;
  let judge: HttpServer;
  let certificates: Certificate[];

  before(async () => {
    one = await HttpServer.start('HTTP/1.1', echo('one'));
    two = await HttpServer.start('HTTP/2', echo('two'));
    three = await HttpServer.start('HTTP/1.1', echo('three'));
    judge = await HttpServer.start('HTTP/1.1', judgement);
    certificates = await Promise.all(CERTIFICATES.map(id => certificate(id, ['*.example.com'])));
  });
  after(() => {
    for (const server of [one, two, three, judge]) server.close();
  });

  function places(ports: Places['ports'], copy: HttpServer): Places {
    const endpoints = { one: one.port, two: two.port, three: three.port, [JUDGE]: judge.port, [COPY]: copy.port };
    return { ports, endpoints, certificates };
  }

  /** All that clients of a world get, way by way. */
  async function answers(
    world: World,
    {
      ports,
      clients,
      requests,
    }: { readonly ports: Places['ports']; readonly clients: Clients; readonly requests: readonly RoutedRequest[] },
  ): Promise<unknown[]> {
    const got: unknown[] = [];
    for (const way of WAYS) {
      if (world.entrances[way.entrance] === undefined) continue;
      const port = ports[way.entrance];
      const asked = withTokens(requests, { one: one.port, two: two.port }, `-${way.entrance}`);
      const shown = way.servername === undefined ? null : await shownTo(port, way.servername);
      for (let at = 0; at < AGAIN; at++) got.push([way, shown, await clients.ask(way, port, asked)]);
    }
    return got;
  }

  async function answersAnew(world: World, copy: HttpServer, requests: readonly RoutedRequest[]): Promise<unknown[]> {
    const gateway = new TestGateway({ upstreamServiceTime: false });
    const clients = new Clients();
    try {
      gateway.runtime.setSessionKeys([SESSION_KEY]);
      await gateway.runtime.apply(snapshotOf(1, world, places({ first: 0, other: 0, secure: 0 }, copy)));
      const bound = gateway.runtime.dump().bindings.map(({ id, port }) => [id, port]);
      return await answers(world, { ports: Object.fromEntries(bound), clients, requests });
    } finally {
      clients.close();
      gateway.close();
    }
  }

  async function startPlane(workers: number): Promise<DataPlane> {
    const silent = (): void => {};
    const plane = new DataPlane({
      workers,
      serverHeader: 'daemun',
      via: null,
      upstreamServiceTime: false,
      accessLog: null,
      log: { info: silent, warn: silent, error: silent },
      drainTimeoutMs: 0,
      sessionKeys: { load: () => [SESSION_KEY], save: silent },
      clock: systemClock,
      random: systemRandom,
    });
    await plane.start();
    return plane;
  }

  /** One that goes through all worlds. */
  async function goThrough(
    workers: number,
    worlds: readonly World[],
    requests: readonly RoutedRequest[],
  ): Promise<void> {
    const copies: Record<'here' | 'anew', string[]> = { here: [], anew: [] };
    const here = await HttpServer.start('HTTP/1.1', echo('copy', copies.here));
    const anew = await HttpServer.start('HTTP/1.1', echo('copy', copies.anew));
    const plane = await startPlane(workers);
    const clients = new Clients();
    const ports = { first: await freePort(), other: await freePort(), secure: await freePort() };
    let known: World | undefined;
    try {
      for (const [version, world] of worlds.entries()) {
        known = share(known, world);
        const { failures } = await plane.apply(snapshotOf(version + 1, known, places(ports, here)));
        assert.deepEqual([...failures], []);
        clients.forget(world);
        const wanted = await answersAnew(world, anew, requests);
        assert.deepEqual(await answers(world, { ports, clients, requests }), wanted);
        for (const id of ENTRANCES)
          if (world.entrances[id] === undefined)
            await assert.rejects(once(connectTls(ports[id]), 'connect'), { code: 'ECONNREFUSED' });
        // Who asks again has some copied twice.
        await until(() => isDeepStrictEqual(new Set(copies.here), new Set(copies.anew)));
      }
    } finally {
      clients.close();
      await plane.close();
      here.close();
      anew.close();
    }
  }

  for (const workers of [0, 2])
    it(`answers with ${workers || 'no'} workers as one that was started with the last world`, async () => {
      const changes = fc.asyncProperty(anyWorlds, anyRequests, (worlds, requests) =>
        goThrough(workers, worlds, requests.slice(0, 6)),
      );
      await fc.assert(changes, { numRuns: RUNS, endOnFailure: true });
    });
});

/** Which certificate a client is shown; null: none. */
async function shownTo(port: number, servername: string): Promise<string | null> {
  const socket = connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().fingerprint256;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}
