// SPDX-License-Identifier: Apache-2.0

/**
 * Much is remembered of requests that came before: heads by their bytes, decisions by header lists, what endpoints and clients get.
 * Nobody may see it: a gateway whose rules changed answers as one that never had others, on connections that were there before, too.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { RequestListener } from '../../snapshot/index.ts';
import { share } from '../../values/index.ts';
import { TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer, VERSIONS, type Version } from './http-peers.test-support.ts';
import { anyRequests, anySteps, COPY, JUDGE, NAMES, type RoutedRequest } from './random-routing.test-support.ts';
import { askAll, echo, judgement, SESSION_KEY, withTokens } from './routed-answers.test-support.ts';

/** More new values of a name than make it vary on a connection. */
const MANY = 20;
/** How often the same head comes, so that it is known by its bytes. */
const AGAIN = 3;

describe('a gateway whose rules change', () => {
  let one: HttpServer;
  let two: HttpServer;
  /** Takes the place of `one`. */
  let three: HttpServer;
  let judge: HttpServer;
  let copy: HttpServer;

  before(async () => {
    one = await HttpServer.start('HTTP/1.1', echo('one'));
    two = await HttpServer.start('HTTP/2', echo('two'));
    three = await HttpServer.start('HTTP/1.1', echo('three'));
    judge = await HttpServer.start('HTTP/1.1', judgement);
    copy = await HttpServer.start('HTTP/1.1', echo('copy'));
  });
  after(() => {
    for (const server of [one, two, three, judge, copy]) server.close();
  });

  function start(): TestGateway {
    const gateway = new TestGateway({ upstreamServiceTime: false });
    gateway.runtime.setSessionKeys([SESSION_KEY]);
    return gateway;
  }

  async function apply(gateway: TestGateway, { listeners, hasMoved }: Told): Promise<void> {
    const clusters = {
      one: [hasMoved ? three.port : one.port],
      two: [two.port],
      [JUDGE]: [judge.port],
      [COPY]: [copy.port],
    };
    await gateway.apply({ listeners, clusters, clusterChanges: { protocol: 'h1' }, protocols: { two: 'h2' } });
  }

  /** What a gateway answers that never had other rules. */
  async function answersAnew(told: Told, version: Version, requests: readonly RoutedRequest[]): Promise<unknown[]> {
    const gateway = start();
    await apply(gateway, told);
    const client = new HttpClient(version, gateway.port);
    try {
      return await askAll(client, version, requests);
    } finally {
      client.close();
      gateway.close();
    }
  }

  for (const version of VERSIONS)
    it(`answers requests over ${version} as one that was started with the last of them`, async () => {
      const moves = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
      const changes = fc.asyncProperty(
        anySteps,
        anyRequests,
        fc.boolean(),
        moves,
        async (steps, requests, pathsVary, moved) => {
          const gateway = start();
          const asked = withTokens(requests, { one: one.port, two: two.port });
          let known: readonly RequestListener[] = [];
          let client: HttpClient | undefined;
          try {
            for (const [step, listeners] of steps.entries()) {
              const hasMoved = moved[step] === true;
              known = share(known, listeners);
              await apply(gateway, { listeners: known, hasMoved });
              client ??= await clientOf(gateway, version, pathsVary);
              const wanted = await answersAnew({ listeners, hasMoved }, version, asked);
              for (let at = 0; at < AGAIN; at++) assert.deepEqual(await askAll(client, version, asked), wanted);
            }
          } finally {
            client?.close();
            gateway.close();
          }
        },
      );
      await fc.assert(changes, { numRuns: 20 });
    });
});

/** What a gateway is told at one time. `hasMoved`: one of its clusters has another endpoint. */
interface Told {
  readonly listeners: readonly RequestListener[];
  readonly hasMoved: boolean;
}

/** A client on whose connection each name varies. */
async function clientOf({ port }: TestGateway, version: Version, pathsVary: boolean): Promise<HttpClient> {
  const client = new HttpClient(version, port);
  const unlike = Array.from({ length: MANY }, (_, at) => {
    const headers = Object.fromEntries([...NAMES, 'x-say'].map(name => [name, `${name}-${at}`]));
    return { host: 'a.example.com', path: pathsVary ? `/a?at=${at}` : '/a', method: 'GET', headers };
  });
  await askAll(client, version, unlike);
  return client;
}
