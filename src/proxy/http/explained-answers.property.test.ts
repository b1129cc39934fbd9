// SPDX-License-Identifier: Apache-2.0

/** What `explain` says of any request is what happens, with any rules: who answers, with which status, in which words, and who is asked what. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type ExplainedAnswer, type ExplainedPlace, explain } from '../../match/index.ts';
import type { RequestListener, Snapshot } from '../../snapshot/index.ts';
import { snapshot, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer, type Outcome, VERSIONS, type Version } from './http-peers.test-support.ts';
import {
  anyListeners,
  anyRequests,
  COPY,
  HEALTH_PATH,
  JUDGE,
  type RoutedRequest,
} from './random-routing.test-support.ts';
import { echo, judgement, SESSION_KEY, withTokens } from './routed-answers.test-support.ts';

const RUNS = 12;

/** The kinds of answers, and whether the judge was to be asked. */
type Seen = Set<`${ExplainedAnswer['kind']}${'' | ' if allowed'}`>;

/** Most let requests pass, and some are asked how they are. */
const servedListeners: fc.Arbitrary<RequestListener[]> = fc
  .tuple(anyListeners, fc.nat(3), fc.nat(3))
  .map(([listeners, gated, checked]) =>
    listeners.map(one => ({
      ...one,
      filters: gated === 0 ? one.filters : [],
      health: checked === 0 ? { path: HEALTH_PATH, headers: [] } : one.health,
    })),
  );

describe('what is explained of a request', () => {
  const servers: HttpServer[] = [];
  let clusters: Readonly<Record<string, readonly number[]>>;

  before(async () => {
    for (const name of ['one', 'two', COPY])
      servers.push(await HttpServer.start(name === 'two' ? 'HTTP/2' : 'HTTP/1.1', echo(name)));
    servers.push(await HttpServer.start('HTTP/1.1', judgement));
    clusters = Object.fromEntries(['one', 'two', COPY, JUDGE].map((id, at) => [id, [servers[at]?.port ?? 0]]));
  });
  after(() => {
    for (const server of servers) server.close();
  });

  for (const version of VERSIONS)
    it(`happens, over ${version}`, async () => {
      const seen: Seen = new Set();
      const anyEndpoints = fc.record({ one: fc.boolean(), two: fc.boolean() });
      const rules = fc.asyncProperty(servedListeners, anyRequests, anyEndpoints, async (listeners, requests, has) => {
        const there = { ...clusters, ...(has.one ? {} : { one: [] }) };
        const parts = {
          listeners,
          clusters: there,
          clusterChanges: { protocol: 'h1' },
          protocols: { two: 'h2' },
        } as const;
        const gateway = new TestGateway();
        gateway.runtime.setSessionKeys([SESSION_KEY]);
        await gateway.apply(parts);
        const client = new HttpClient(version, gateway.port);
        try {
          const ports = { one: clusters['one']?.[0] ?? 0, two: clusters['two']?.[0] ?? 0 };
          for (const request of withTokens(requests, ports))
            await compare(snapshot(parts), request, { client, version, seen });
        } finally {
          client.close();
          gateway.close();
        }
      });
      await fc.assert(rules, { numRuns: RUNS, seed: 7 });
      for (const kind of ['answered', 'forwarded', 'refused', 'forwarded if allowed'] as const)
        assert.ok(seen.has(kind), kind);
    });
});

async function compare(
  published: Snapshot,
  request: RoutedRequest,
  { client, version, seen }: { readonly client: HttpClient; readonly version: Version; readonly seen: Seen },
): Promise<void> {
  const { method, host, path, headers } = request;
  const isGrpc = headers['content-type'] === 'application/grpc';
  const where = { gateway: null, listener: null, client: '127.0.0.1', clientNamespace: null, to: null };
  const asked = { protocol: isGrpc ? ('grpc' as const) : ('http' as const), method, host, path, headers, ...where };
  const explanation = explain(published, asked);
  const [place] = explanation.places;
  assert.ok(place !== undefined);
  const outcome = await client.ask({
    method,
    path,
    headers: { ...headers, [version === 'HTTP/2' ? ':authority' : 'host']: host },
  });
  const mayBeDenied = / says? yes$/.test(place.answer.text);
  seen.add(`${place.answer.kind}${mayBeDenied ? ' if allowed' : ''}`);
  if (mayBeDenied && (outcome.status === 403 || outcome.headers['grpc-status'] === '7')) return;
  try {
    assertSo(place, outcome, { isGrpc, untouched: `${method} ${explanation.request.readPath}`, host });
  } catch (error) {
    throw new Error(JSON.stringify({ request, answer: place.answer, backends: place.backends, outcome }), {
      cause: error,
    });
  }
}

function assertSo(
  { answer, backends }: ExplainedPlace,
  { status, headers, body }: Outcome,
  { isGrpc, untouched, host }: { readonly isGrpc: boolean; readonly untouched: string; readonly host: string },
): void {
  if (answer.kind === 'forwarded') {
    assert.equal(status, 200);
    const [name, method, url, fields] = JSON.parse(body) as [string, string, string, [string, string][]];
    const [backend] = backends;
    const to = fields.find(([field]) => field === 'host' || field === ':authority')?.[1];
    assert.equal(name, backend?.cluster);
    assert.equal(`${method} ${url}${to === host ? '' : ` of host ${to}`}`, backend?.asked || untouched);
    return;
  }
  if (isGrpc && answer.grpcStatus !== null) {
    assert.deepEqual([status, headers['grpc-status']], [200, String(answer.grpcStatus)]);
    return;
  }
  assert.equal(status, answer.httpStatus);
  const location = headers['location'];
  if (answer.kind === 'refused') assert.equal(saidToClients(answer.text), `HTTP ${status}: ${body.trim()}`);
  else if (location !== undefined) assert.ok(answer.text.startsWith(`HTTP ${status}: see ${location}`));
}

/** Clients are not told how backends are called. */
function saidToClients(text: string): string {
  return text
    .replace(/, if [^,]+ says? yes$/, '')
    .replace(/no ready endpoint in \S+/, 'the backend has no ready endpoint');
}
