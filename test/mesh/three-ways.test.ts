// SPDX-License-Identifier: Apache-2.0

/**
 * What becomes of a request to a Service, in three opinions that must agree: a naive reading of GEP-1294, written without a look at
 * the product; the gateway, over real sockets from addresses of several namespaces; and `explain`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { explain } from '../../src/match/index.ts';
import { TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import type { Snapshot } from '../../src/snapshot/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../../src/translate/environment.test-support.ts';
import { type MeshEnvironment, translate } from '../../src/translate/index.ts';

const NAMESPACES = ['a', 'b', 'c'] as const;
/** Where clients of each namespace ask from; the last of none that is known. */
const CLIENTS: Readonly<Record<string, string>> = { a: '127.0.0.2', b: '127.0.0.3', c: '127.0.0.4', '': '127.0.0.5' };
const PATHS = ['/', '/x', '/x/y', '/z'];
const SERVICES = [
  { namespace: 'a', name: 's' },
  { namespace: 'b', name: 's' },
];

const KINDS = ['GRPCRoute', 'HTTPRoute', 'TCPRoute'] as const;

interface Match {
  readonly type: 'Exact' | 'PathPrefix';
  readonly value: string;
}
interface Route {
  readonly kind: 'GRPCRoute' | 'HTTPRoute' | 'TCPRoute';
  readonly namespace: string;
  readonly name: string;
  /** Indexes of `SERVICES`. */
  readonly parents: readonly number[];
  /** One rule each. */
  readonly rules: readonly Match[];
}

const match: fc.Arbitrary<Match> = fc.record({
  type: fc.constantFrom('Exact', 'PathPrefix'),
  value: fc.constantFrom('/', '/x', '/x/y'),
});
const routes: fc.Arbitrary<Route[]> = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom(...KINDS, 'HTTPRoute' as const, 'HTTPRoute' as const),
    namespace: fc.constantFrom(...NAMESPACES),
    name: fc.constantFrom('r0', 'r1', 'r2'),
    parents: fc.uniqueArray(fc.nat({ max: SERVICES.length - 1 }), { minLength: 1 }),
    rules: fc.array(match, { minLength: 1, maxLength: 2 }),
  }),
  { selector: route => `${route.kind}/${route.namespace}/${route.name}`, maxLength: 5 },
);

/** Who answers: `own`, the Service itself by no route; a rule, as `KIND/namespace/name/index`; or nobody (404). */
type Verdict = string;

/** The specification, read by somebody in a hurry. */
function oracle(all: readonly Route[], service: number, client: string, path: string): Verdict {
  const { namespace } = SERVICES[service] ?? { namespace: '' };
  const attached = all.filter(route => route.parents.includes(service));
  const consumers = client === namespace ? [] : attached.filter(route => route.namespace === client);
  const producers = attached.filter(route => route.namespace === namespace);
  const group = consumers.length > 0 ? consumers : producers;
  if (group.length === 0) return 'own';
  // Of several kinds GRPCRoutes are applied, and take none of these requests, which are no calls.
  if (group.some(({ kind }) => kind === 'GRPCRoute')) return 'nobody';
  const byName = group.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const ofRequests = byName.filter(({ kind }) => kind === 'HTTPRoute');
  if (ofRequests.length === 0) return `TCPRoute/${byName[0]?.namespace}/${byName[0]?.name}/0`;
  const rules = ofRequests.flatMap(route =>
    route.rules.map((rule, index) => ({ rule, id: `HTTPRoute/${route.namespace}/${route.name}/${index}` })),
  );
  const exact = rules.find(({ rule }) => rule.type === 'Exact' && rule.value === path);
  if (exact !== undefined) return exact.id;
  const prefixes = rules.filter(
    ({ rule: { type, value } }) =>
      type === 'PathPrefix' && (value === '/' || path === value || path.startsWith(`${value}/`)),
  );
  const longest = Math.max(...prefixes.map(({ rule }) => rule.value.length));
  return prefixes.find(({ rule }) => rule.value.length === longest)?.id ?? 'nobody';
}

function manifests(all: readonly Route[], ports: Readonly<Record<'own' | 'routed', number>>): readonly object[] {
  const services = SERVICES.map(metadata => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, annotations: { 'daemun.dev/endpoints': `127.0.0.1:${ports.own}` } },
    spec: { ports: [{ port: 80 }] },
  }));
  const backend = { name: 'routed', namespace: 'a', port: 80 };
  const routed = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'routed', namespace: 'a', annotations: { 'daemun.dev/endpoints': `127.0.0.1:${ports.routed}` } },
    spec: { ports: [{ port: 80 }] },
  };
  const from = NAMESPACES.flatMap(namespace =>
    KINDS.map(kind => ({ group: 'gateway.networking.k8s.io', kind, namespace })),
  );
  const grant = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'ReferenceGrant',
    metadata: { name: 'routes', namespace: 'a' },
    spec: { from, to: [{ group: '', kind: 'Service' }] },
  };
  return [...services, routed, grant, ...all.map(route => routeObject(route, backend))];
}

function routeObject({ kind, namespace, name, parents, rules }: Route, backend: object): object {
  const parentRefs = parents.map(index => ({ group: '', kind: 'Service', ...SERVICES[index] }));
  const of = (index: number) => [{ name: 'by', value: `${kind}/${namespace}/${name}/${index}` }];
  const spec =
    kind !== 'HTTPRoute'
      ? { parentRefs, rules: [{ backendRefs: [backend] }] }
      : {
          parentRefs,
          rules: rules.map((path, index) => ({
            matches: [{ path }],
            filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set: of(index) } }],
            backendRefs: [backend],
          })),
        };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { namespace, name }, spec };
}

const MESH: MeshEnvironment = {
  addressOf: ({ namespace }) => (namespace === 'a' ? '127.1.0.1' : '127.1.0.2'),
  closure: () => null,
  entranceOf: ({ address, port }) => ({ address, port }),
  clients: Object.entries(CLIENTS)
    .filter(([namespace]) => namespace !== '')
    .map(([namespace, address]) => ({ range: `${address}/32`, namespace })),
};

function snapshotOf(all: readonly Route[], ports: Readonly<Record<'own' | 'routed', number>>): Snapshot {
  const resources = resourceSet(manifests(all, ports).map(parsed));
  return translate(resources, { ...ENVIRONMENT, mesh: MESH }).snapshot;
}

/** What `explain` says, as a verdict. */
function explained(snapshot: Snapshot, service: number, clientNamespace: string, path: string): Verdict {
  const { namespace, name } = SERVICES[service] ?? { namespace: '', name: '' };
  const asked = { protocol: 'http', method: 'GET', path, host: null, headers: {}, client: null } as const;
  const to = { service: `${namespace}/${name}`, port: 80 };
  const { places } = explain(snapshot, { ...asked, to, clientNamespace, gateway: null, listener: null });
  const [place] = places;
  // Without a binding the Service has no route, and is left as it is.
  if (place === undefined || place.frontend?.flow === 'a') return 'own';
  const taken = place.candidates.find(({ verdict }) => verdict === 'taken');
  if (taken !== undefined) return `${taken.route}/${taken.ruleIndex}`;
  if (place.frontend?.flow === 'c') return 'nobody';
  return 'TCPRoute';
}

describe('a request to a Service', () => {
  const servers: Server[] = [];
  const ports = { own: 0, routed: 0 };
  before(async () => {
    for (const name of ['own', 'routed'] as const) {
      const server = createServer((_, response) => response.setHeader('from', name).end());
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      ports[name] = (server.address() as AddressInfo).port;
    }
  });
  after(() => {
    for (const server of servers) server.close().closeAllConnections();
  });

  it('goes where the specification says, and explain says so', () => {
    const asked = fc.record({
      service: fc.nat({ max: SERVICES.length - 1 }),
      client: fc.constantFrom(...Object.keys(CLIENTS)),
      path: fc.constantFrom(...PATHS),
    });
    fc.assert(
      fc.property(routes, fc.array(asked, { minLength: 4, maxLength: 8 }), (all, questions) => {
        const snapshot = snapshotOf(all, { own: 9001, routed: 9002 });
        for (const { service, client, path } of questions) {
          const expected = oracle(all, service, client, path);
          const told = explained(snapshot, service, client, path);
          assert.equal(told, expected.startsWith('TCPRoute/') ? 'TCPRoute' : expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('goes there over real sockets, by the address of the client', async () => {
    await fc.assert(
      fc.asyncProperty(routes, async all => {
        const gateway = new TestGateway();
        try {
          const translated = snapshotOf(all, ports);
          // Any free port: which Service is meant the id tells.
          const bindings = translated.bindings.map(binding => ({ ...binding, port: 0 }));
          await gateway.runtime.apply({ ...translated, bindings });
          const bound = new Map(gateway.runtime.dump().bindings.map(({ id, port }) => [id, port]));
          for (const [service, { namespace }] of SERVICES.entries()) {
            const address = MESH.addressOf({ namespace, name: 's' }) ?? '';
            const port = bound.get(`${address}:80/tcp`);
            for (const [client, localAddress] of Object.entries(CLIENTS)) {
              for (const path of PATHS) {
                const expected = oracle(all, service, client, path);
                // A Service without routes has no entrance: its connections do not come here.
                if (port === undefined) assert.equal(expected, 'own');
                else
                  assert.equal(
                    await answerTo({ address, port, localAddress, path }),
                    expected.replace(/^TCPRoute.*/, 'TCPRoute'),
                  );
              }
            }
          }
        } finally {
          gateway.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});

async function answerTo(asked: {
  address: string;
  port: number;
  localAddress: string;
  path: string;
}): Promise<Verdict> {
  const { address: host, ...options } = asked;
  const sent = request({ host, ...options, agent: false, headers: { host: 'anything' } });
  const [response] = await once(sent.end(), 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode === 404) return 'nobody';
  assert.equal(response.statusCode, 200);
  if (response.headers['from'] === 'own') return 'own';
  return response.headers['by'] ?? 'TCPRoute';
}
