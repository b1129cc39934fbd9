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
import {
  type Handler,
  HttpClient,
  HttpServer,
  type Outcome,
  VERSIONS,
  type Version,
} from './http-peers.test-support.ts';
import { anyRequests, anySteps, NAMES, type RoutedRequest, SAID } from './random-routing.test-support.ts';

/** More new values of a name than make it vary on a connection. */
const MANY = 20;
/** How often the same head comes, so that it is known by its bytes. */
const AGAIN = 3;
/** Of a connection or of a moment. */
const OWN_FIELDS = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'];

describe('a gateway whose rules change', () => {
  let one: HttpServer;
  let two: HttpServer;

  before(async () => {
    one = await HttpServer.start('HTTP/1.1', echo('one'));
    two = await HttpServer.start('HTTP/2', echo('two'));
  });
  after(() => {
    one.close();
    two.close();
  });

  async function apply(gateway: TestGateway, listeners: readonly RequestListener[]): Promise<void> {
    const clusters = { one: [one.port], two: [two.port] };
    await gateway.apply({ listeners, clusters, protocols: { one: 'h1', two: 'h2' } });
  }

  /** What a gateway answers that never had other rules. */
  async function answersAnew(
    listeners: readonly RequestListener[],
    version: Version,
    requests: readonly RoutedRequest[],
  ): Promise<unknown[]> {
    const gateway = new TestGateway({ upstreamServiceTime: false });
    await apply(gateway, listeners);
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
      const changes = fc.asyncProperty(anySteps, anyRequests, fc.boolean(), async (steps, requests, pathsVary) => {
        const gateway = new TestGateway({ upstreamServiceTime: false });
        let known: readonly RequestListener[] = [];
        let client: HttpClient | undefined;
        try {
          for (const listeners of steps) {
            known = share(known, listeners);
            await apply(gateway, known);
            client ??= await clientOf(gateway, version, pathsVary);
            const wanted = await answersAnew(listeners, version, requests);
            for (let at = 0; at < AGAIN; at++) assert.deepEqual(await askAll(client, version, requests), wanted);
          }
        } finally {
          client?.close();
          gateway.close();
        }
      });
      await fc.assert(changes, { numRuns: 20 });
    });
});

/** Answers with what it was asked. */
function echo(name: string): Handler {
  return (request, response) => {
    const { method, url, headers } = request;
    response.setHeader(SAID, headers['x-say'] ?? 'nothing');
    response.end(JSON.stringify([name, method, url, lastingFields(headers).sort()]));
  };
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

function askAll(client: HttpClient, version: Version, requests: readonly RoutedRequest[]): Promise<unknown[]> {
  const host = version === 'HTTP/2' ? ':authority' : 'host';
  return Promise.all(
    requests.map(async request => {
      const { method, path, headers } = request;
      const outcome = await client.ask({ method, path, headers: { ...headers, [host]: request.host } });
      return { request, ...answerIn(outcome) };
    }),
  );
}

function answerIn({ status, headers, body }: Outcome): object {
  return { status, headers: Object.fromEntries(lastingFields(headers)), body };
}

function lastingFields(headers: object): [string, unknown][] {
  return Object.entries(headers).filter(([name]) => !OWN_FIELDS.includes(name));
}
