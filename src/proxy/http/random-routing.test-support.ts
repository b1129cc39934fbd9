// SPDX-License-Identifier: Apache-2.0

/** Arbitrary rules of two cleartext listeners on one port, and requests for them: few names and values, so that they meet. */
import fc from 'fast-check';
import type {
  Filter,
  GrpcMatch,
  HeaderChange,
  HeaderMatch,
  HttpMatch,
  HttpPathMatch,
  ListenerFilter,
  RequestListener,
  RouteEntry,
  Rule,
  SessionPersistence,
  VirtualHost,
} from '../../snapshot/index.ts';
import { backend, httpListener, listener, rule } from './gateway.test-support.ts';

/** Clusters that rules lead to. */
const CLUSTERS = ['one', 'two'] as const;

/** Some are read by the gateway itself, some are dropped at the edge, one differs with each request by its nature. */
export const NAMES = [
  'x-tenant',
  'x-group',
  'cookie',
  'authorization',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-real-ip',
  'origin',
] as const;
/** The backends say what they were asked to under such a name. */
export const SAID = 'x-said';

/** Where listeners are asked how they are, if they are. */
export const HEALTH_PATH = '/healthz';
const VALUES = ['https', '10.1.2.3', 'http://a.example.com'];
const GRPC: Readonly<Record<string, string>> = { 'content-type': 'application/grpc' };
const HOSTS = ['a.example.com', 'b.example.com', 'example.org'];
const PATHS = ['/', '/a', '/a/b', '/a/b?q=https', '/a?q=10.1.2.3', '/a/./b', HEALTH_PATH, HEALTH_PATH];
const METHODS = ['GET', 'POST', 'OPTIONS'];

/** A request. A value may hold `CLUSTER@RULE`: it stands for a token that keeps who carries it with that cluster, by that rule. */
export interface RoutedRequest {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How rules keep sessions, if they do. */
export const SESSIONS: readonly SessionPersistence[] = [
  { kind: 'cookie', sessionName: 's', absoluteTimeoutMs: null, lifetime: 'session', path: '/' },
  { kind: 'header', sessionName: 'x-group', absoluteTimeoutMs: null },
];

const aName: fc.Arbitrary<string> = fc.constantFrom(...NAMES);
const aValue: fc.Arbitrary<string> = fc.constantFrom(...VALUES);

const aField: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: aName },
  { weight: 1, arbitrary: fc.constant('x-say') },
);

const someFields = fc.dictionary(aField, aValue, { maxKeys: 3, noNullPrototype: true });
const aRequest: fc.Arbitrary<RoutedRequest> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      host: fc.constantFrom(...HOSTS),
      path: fc.constantFrom(...PATHS),
      method: fc.constantFrom(...METHODS),
      headers: someFields,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      host: fc.constantFrom(...HOSTS),
      path: fc.constant('/a/b'),
      method: fc.constant('POST'),
      headers: someFields.map(fields => ({ ...fields, ...GRPC })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      host: fc.constantFrom(...HOSTS),
      path: fc.constantFrom(...PATHS),
      method: fc.constant('GET'),
      headers: fc
        .tuple(fc.constantFrom(...SESSIONS), fc.constantFrom(...CLUSTERS), fc.constantFrom('r0', 'r1'))
        .map(([{ kind, sessionName }, cluster, of]) =>
          kind === 'cookie' ? { cookie: `${sessionName}=${cluster}@${of}` } : { [sessionName]: `${cluster}@${of}` },
        ),
    }),
  },
);

/** One after the other, each with another that differs in one field. */
export const anyRequests: fc.Arbitrary<RoutedRequest[]> = fc
  .array(fc.tuple(aRequest, aField, aValue), { minLength: 10, maxLength: 10 })
  .map(list =>
    list.flatMap(([request, name, value]) => [request, { ...request, headers: { ...request.headers, [name]: value } }]),
  );

function matches(name: fc.Arbitrary<string>): fc.Arbitrary<HeaderMatch[]> {
  const one = fc.oneof(
    fc.record({ kind: fc.constant('exact' as const), name, value: aValue }),
    fc.record({ kind: fc.constant('regex' as const), name, value: fc.constantFrom('h.*', '.*[0-9]') }),
  );
  return fc.uniqueArray(one, { selector: match => match.name, maxLength: 2 });
}

const aPath: fc.Arbitrary<HttpPathMatch> = fc.constantFrom(
  { kind: 'prefix', value: '/' },
  { kind: 'prefix', value: '/a' },
  { kind: 'exact', value: '/a/b' },
  { kind: 'regex', value: '/a(/b)?' },
);

const aGrpcMatch: fc.Arbitrary<GrpcMatch> = fc.record({
  kind: fc.constant('grpc'),
  method: fc.constantFrom(null, { kind: 'exact', service: 'a', method: 'b' } as const),
  headers: matches(aName),
});

const anHttpMatch: fc.Arbitrary<HttpMatch> = fc.record({
  kind: fc.constant('http'),
  path: aPath,
  method: fc.constantFrom(null, null, 'GET'),
  headers: matches(aName),
  queryParams: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, matches(fc.constant('q'))),
});

function change(name: fc.Arbitrary<string>): fc.Arbitrary<HeaderChange> {
  const fields = fc.uniqueArray(fc.record({ name, value: aValue }), { selector: field => field.name, maxLength: 1 });
  return fc.record({ set: fields, add: fields, remove: fc.uniqueArray(name, { maxLength: 1 }) });
}

const cors: Filter = {
  kind: 'cors',
  policy: {
    origins: [{ scheme: 'http', host: '*.example.com', port: 80 }],
    credentials: true,
    methods: 'any',
    headers: 'any',
    exposed: [SAID],
    maxAgeSeconds: 5,
  },
};
const redirects: readonly Filter[] = [null, 'b.test'].map(hostname => ({
  kind: 'redirect',
  redirect: { status: 302, scheme: hostname === null ? 'https' : null, hostname, port: null, path: null },
}));
/** Names of the cluster that is asked whether requests may pass. */
export const JUDGE = 'judge';

/** Differ in what the server is told, and in what the request takes over of its answer. */
const auths: readonly Filter[] = ['x-tenant', 'cookie'].flatMap(name =>
  [null, [name]].map(taken => {
    const asked = { allowedHeaders: ['authorization', name], allowedResponseHeaders: taken };
    return { kind: 'external-auth', auth: { kind: 'http', cluster: JUDGE, pathPrefix: '', ...asked, maxBodyBytes: 0 } };
  }),
);
const rewrites: readonly Filter[] = ['/other', '/a'].map(value => ({
  kind: 'rewrite',
  rewrite: { hostname: value === '/a' ? null : 'other', path: { kind: 'full', value } },
}));
/** The cluster that gets copies. */
export const COPY = 'copy';
const mirror: Filter = { kind: 'mirror', target: { cluster: COPY }, share: { numerator: 1, denominator: 1 } };

const someFilters: fc.Arbitrary<Filter[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('request-headers' as const), change: change(aName) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('response-headers' as const),
        change: change(fc.oneof(aName, fc.constant(SAID))),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom(cors, mirror, ...rewrites, ...redirects) },
    { weight: 4, arbitrary: fc.constantFrom(...auths) },
  ),
  { maxLength: 2 },
);

const someRules: fc.Arbitrary<Rule[]> = fc
  .array(
    fc.record({
      cluster: fc.constantFrom(...CLUSTERS),
      filters: someFilters,
      own: someFilters,
      sessionPersistence: fc.constantFrom(null, null, ...SESSIONS),
    }),
    { minLength: 2, maxLength: 2 },
  )
  .map(list =>
    list.map(({ cluster, filters, own, sessionPersistence }, at) => {
      const origin = { kind: 'HTTPRoute', namespace: 'default', name: `r${at}`, ruleIndex: 0, ruleName: '' };
      return rule(`r${at}`, [backend(cluster, 1, own)], { origin, filters, sessionPersistence });
    }),
  );

const EVERYTHING: HttpMatch = {
  kind: 'http',
  path: { kind: 'prefix', value: '/' },
  method: null,
  headers: [],
  queryParams: [],
};

function someEntries(rules: readonly Rule[]): fc.Arbitrary<RouteEntry[]> {
  const match = fc.oneof({ weight: 4, arbitrary: anHttpMatch }, { weight: 1, arbitrary: aGrpcMatch });
  const entry = fc.record({ match, rule: fc.constantFrom(...rules), matchIndex: fc.constant(0) });
  // Often the last one takes what no other does.
  const last = fc.constantFrom(...rules).map(of => [{ match: EVERYTHING, rule: of, matchIndex: 0 }]);
  const lasts = fc.oneof(fc.constant<RouteEntry[]>([]), last);
  return fc.tuple(fc.array(entry, { minLength: 1, maxLength: 4 }), lasts).map(parts => parts.flat());
}

function someHosts(rules: readonly Rule[], hostnames: readonly string[]): fc.Arbitrary<VirtualHost[]> {
  const entries = someEntries(rules);
  return fc.tuple(...hostnames.map(hostname => fc.record({ hostname: fc.constant(hostname), entries })));
}

const refused: ListenerFilter = {
  kind: 'fault',
  fault: { httpStatus: 500, grpcStatus: 14, message: 'broken', reason: 'filter_unresolved' },
};

function aListener(rules: readonly Rule[], hostname: string, hosts: readonly string[]): fc.Arbitrary<RequestListener> {
  return fc
    .record({
      virtualHosts: someHosts(rules, hosts),
      health: fc.oneof(
        fc.constant(null),
        aName.map(name => ({ path: HEALTH_PATH, headers: [{ name, value: 'https' }] })),
      ),
      trustedProxies: fc.constantFrom([], [], ['127.0.0.0/8']),
      filters: fc.constantFrom([], [], [], [refused]),
    })
    .map(parts => listener(hostname, [], { hostname, ...parts }));
}

/** All that the gateway is told. Most specific hostname first. */
export const anyListeners: fc.Arbitrary<RequestListener[]> = someRules.chain(rules =>
  fc.tuple(aListener(rules, 'a.example.com', ['a.example.com']), aListener(rules, '*', ['*.example.com', '*'])),
);

/** Everything to one cluster. */
export const PLAIN: readonly RequestListener[] = ['a.example.com', '*'].map(hostname => {
  const [{ entries }] = httpListener(hostname, { '/': 'one' }).virtualHosts as [VirtualHost];
  return listener(hostname, [], { hostname, virtualHosts: [{ hostname, entries }] });
});

/** What changes of a listener at one time. */
export type Change = (before: RequestListener, after: RequestListener) => RequestListener;
export const aChange: fc.Arbitrary<Change> = fc.constantFrom<Change>(
  (_, after) => after,
  (before, { virtualHosts }) => ({ ...before, virtualHosts }),
  (before, { health }) => ({ ...before, health }),
  (before, { trustedProxies, filters }) => ({ ...before, trustedProxies, filters }),
);

/** What the gateway is told one time after the other. */
export const anySteps: fc.Arbitrary<(readonly RequestListener[])[]> = fc
  .array(fc.tuple(anyListeners, aChange), { minLength: 4, maxLength: 4 })
  .map(list => {
    const steps = [PLAIN];
    for (const [next, change] of list)
      steps.push((steps.at(-1) as typeof PLAIN).map((before, at) => change(before, next[at] as RequestListener)));
    return steps;
  });
