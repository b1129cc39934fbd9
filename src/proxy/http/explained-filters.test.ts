// SPDX-License-Identifier: Apache-2.0

/** What `explain` says of redirects, rewrites and CORS is what happens: many rules, many requests, over both versions. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type ExplainedPlace, explain } from '../../match/index.ts';
import type { CorsPolicy, Filter, PathChange, RouteEntry, Snapshot } from '../../snapshot/index.ts';
import { type Answered, type Asked, clientOf, echoServer, type Seen } from './both-versions.test-support.ts';
import { backend, listener, rule, snapshot, TestGateway } from './gateway.test-support.ts';

const RULES = 60;
const HOST = 'shop.test';

const values: fc.Arbitrary<string> = fc.constantFrom('', '/a', '/a/b', '/a%2Fb');
const methods: fc.Arbitrary<CorsPolicy['methods']> = fc.constantFrom<CorsPolicy['methods']>('any', [], ['GET', 'PUT']);

function change(prefix: string): fc.Arbitrary<PathChange | null> {
  return fc.oneof(
    fc.constant(null),
    values.map(value => ({ kind: 'full' as const, value: value || '/' })),
    values.map(value => ({ kind: 'prefix' as const, prefix, value })),
  );
}

function filter(prefix: string): fc.Arbitrary<Filter> {
  const hostname = fc.constantFrom(null, 'b.test');
  return fc.oneof(
    fc.record({ hostname, path: change(prefix) }).map(rewrite => ({ kind: 'rewrite' as const, rewrite })),
    fc
      .record({
        status: fc.constantFrom(301 as const, 307 as const),
        scheme: fc.constantFrom(null, 'http' as const, 'https' as const),
        port: fc.constantFrom(null, 80, 443, 9090),
        hostname,
        path: change(prefix),
      })
      .map(redirect => ({ kind: 'redirect' as const, redirect })),
    fc
      .record({
        origins: fc.constantFrom<CorsPolicy['origins']>('any', [{ scheme: 'https', host: '*.a.test', port: 443 }]),
        credentials: fc.boolean(),
        methods,
        headers: methods,
        exposed: methods,
        maxAgeSeconds: fc.constant(5),
      })
      .map(policy => ({ kind: 'cors' as const, policy })),
  );
}

const entries: readonly RouteEntry[] = Array.from({ length: RULES }, (_, index) => {
  const prefix = `/r${index}`;
  const filters = fc.array(filter(prefix), { maxLength: 2 });
  const [[ofRule, ofBackend] = [[], []]] = fc.sample(fc.tuple(filters, filters), { numRuns: 1, seed: index });
  const path = { kind: 'prefix', value: prefix } as const;
  const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
  return { match, rule: rule(prefix, [backend('main', 1, ofBackend)], { filters: ofRule }), matchIndex: 0 };
});

const fields: fc.Arbitrary<Record<string, string>> = fc.constantFrom<Record<string, string>>(
  {},
  { origin: 'https://w.a.test' },
  { origin: 'https://evil.test', 'access-control-request-method': 'PUT' },
  { origin: 'https://w.a.test', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' },
);
const requests: fc.Arbitrary<Required<Omit<Asked, 'body'>>> = fc.record({
  method: fc.constantFrom('GET', 'OPTIONS', 'POST'),
  host: fc.constant(HOST),
  path: fc
    .tuple(fc.nat({ max: RULES - 1 }), fc.constantFrom('', '/', '/x', '//x/../%41', '/x?q=/r1', '?'))
    .map(([index, rest]) => `/r${index}${rest}`),
  fields,
});

function explained(
  of: Snapshot,
  { method, host, path, fields: headers }: Required<Omit<Asked, 'body'>>,
): { readonly place: ExplainedPlace; readonly readPath: string } {
  const question = {
    protocol: 'http',
    method,
    path,
    host,
    headers,
    gateway: null,
    listener: null,
    client: null,
    clientNamespace: null,
    to: null,
  } as const;
  const { places, request } = explain(of, question);
  const [place] = places;
  assert.ok(place !== undefined);
  return { place, readPath: request.readPath };
}

/** What came of a request, in the words of `explain`. */
function told({ status, fields: got, body }: Answered): string {
  if (got['location'] !== undefined) return `HTTP ${status}: see ${got['location']}`;
  if (status === 403) return `HTTP 403: ${body.trim()}`;
  return `HTTP ${status}`;
}

describe('what is explained of filters', () => {
  let gateway: TestGateway;
  let published: Snapshot;
  const close: (() => void)[] = [];

  before(async () => {
    const echo = await echoServer('HTTP/2');
    const parts = {
      listeners: [
        listener('all', [], { virtualHosts: [{ hostname: '*', entries }], ports: { own: 8080, http: 80, https: 443 } }),
      ],
      clusters: { main: [echo.port] },
    };
    gateway = new TestGateway();
    await gateway.apply(parts);
    published = snapshot(parts);
    close.push(() => gateway.close(), echo.close);
  });
  after(() => {
    for (const each of close) each();
  });

  for (const version of ['HTTP/1.1', 'HTTP/2'] as const) {
    it(`happens, over ${version}`, async () => {
      const client = clientOf(version, gateway.port);
      const kinds = new Set<string>();
      await fc.assert(
        fc.asyncProperty(requests, async asked => {
          const { place, readPath } = explained(published, asked);
          const answer = await client.ask(asked);
          kinds.add(place.answer.kind);
          if (place.answer.kind === 'forwarded') {
            const { method, target, host } = JSON.parse(answer.body) as Seen;
            const [named] = place.backends;
            const seen = `${method} ${target}${host === HOST ? '' : ` of host ${host}`}`;
            const untouched = `${asked.method} ${readPath}`;
            assert.equal(seen, named?.asked || untouched);
            return;
          }
          assert.equal(answer.status, place.answer.httpStatus);
          if (answer.status === 204) {
            for (const field of place.answer.text.replace('HTTP 204: ', '').split('; ')) {
              const [name = '', value] = field.split(/: (.*)/, 2);
              assert.equal(answer.fields[name], value, field);
            }
          } else assert.equal(told(answer), place.answer.text);
        }),
        { numRuns: 600, seed: 7 },
      );
      assert.deepEqual([...kinds].sort(), ['answered', 'forwarded', 'refused']);
      client.close();
    });
  }
});
