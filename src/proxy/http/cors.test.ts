// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { CorsPolicy, Filter, HttpPathMatch, Listener } from '../../snapshot/index.ts';
import { type Answered, clientOf, echoServer, forEachPair } from './both-versions.test-support.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';

/** What endpoints say of their own accord: the gateway's word is the only one where it has a policy. */
const BY_ENDPOINT = {
  'access-control-allow-origin': 'https://endpoint.test',
  'access-control-max-age': '999',
  vary: 'accept',
};
const FOO = 'https://www.foo.com';

const LISTED: CorsPolicy = {
  origins: [
    { scheme: 'https', host: 'www.foo.com', port: 443 },
    { scheme: 'https', host: '*.bar.com', port: 443 },
  ],
  credentials: true,
  methods: ['GET', 'OPTIONS'],
  headers: ['x-header-1', 'x-header-2'],
  exposed: ['x-header-3', 'x-header-4'],
  maxAgeSeconds: 3_600,
};
const OPEN: CorsPolicy = { ...LISTED, origins: 'any', credentials: false, methods: 'any', headers: 'any', exposed: [] };

const RULES: Readonly<Record<string, { readonly ofRule?: CorsPolicy; readonly ofBackend?: CorsPolicy; to?: string }>> =
  {
    '/listed': { ofRule: LISTED },
    '/open': { ofRule: OPEN },
    '/of-backend': { ofRule: OPEN, ofBackend: LISTED },
    '/nowhere': { ofRule: LISTED, to: 'gone' },
    '/none': {},
  };

function cors(policy: CorsPolicy | undefined): readonly Filter[] {
  return policy === undefined ? [] : [{ kind: 'cors', policy }];
}

function routes(): Listener {
  const entries = Object.entries(RULES).map(([value, { ofRule, ofBackend, to = 'main' }]) => {
    const path: HttpPathMatch = { kind: 'prefix', value };
    const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
    return { match, rule: rule(value, [backend(to, 1, cors(ofBackend))], { filters: cors(ofRule) }), matchIndex: 0 };
  });
  return listener('all', [], { virtualHosts: [{ hostname: '*', entries }] });
}

/** The fields of an answer that CORS is about. */
function shared({ fields }: Answered): Readonly<Record<string, string>> {
  const names = Object.keys(fields).filter(name => name.startsWith('access-control-') || name === 'vary');
  return Object.fromEntries(names.sort().map(name => [name.replace('access-control-', ''), fields[name] ?? '']));
}

forEachPair((client, server) => {
  let asker: ReturnType<typeof clientOf>;
  const close: (() => void)[] = [];

  before(async () => {
    const echo = await echoServer(server, BY_ENDPOINT);
    const gateway = new TestGateway();
    await gateway.apply({
      listeners: [routes()],
      clusters: { main: [echo.port], gone: [] },
      clusterChanges: { protocol: server === 'HTTP/2' ? 'h2' : 'h1' },
    });
    asker = clientOf(client, gateway.port);
    close.push(asker.close.bind(asker), () => gateway.close(), echo.close);
  });
  after(() => {
    for (const each of close) each();
  });

  const ask = (path: string, fields: Record<string, string>, method = 'GET'): Promise<Answered> =>
    asker.ask({ host: 'api.test', path, method, fields });
  const preflight = (path: string, origin: string): Promise<Answered> => {
    const fields = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' };
    return ask(path, { origin, ...fields }, 'OPTIONS');
  };

  it('answers a preflight of an origin that may call', async () => {
    for (const origin of [FOO, 'https://xpto.www.bar.com']) {
      const answer = await preflight('/listed', origin);
      assert.deepEqual([answer.status, answer.body], [204, '']);
      assert.equal(answer.fields['content-length'], undefined);
      assert.deepEqual(shared(answer), {
        'allow-credentials': 'true',
        'allow-headers': 'x-header-1, x-header-2',
        'allow-methods': 'GET, OPTIONS',
        'allow-origin': origin,
        'expose-headers': 'x-header-3, x-header-4',
        'max-age': '3600',
        vary: 'origin',
      });
    }
  });

  it('says what was asked for where all is allowed', async () => {
    const answer = await preflight('/open', 'https://foobar.com:12345');
    assert.deepEqual(shared(answer), {
      'allow-headers': 'x-a, x-b',
      'allow-methods': 'PUT',
      'allow-origin': '*',
      'max-age': '3600',
    });
  });

  it('refuses a preflight of another origin, and says why', async () => {
    const answer = await preflight('/listed', 'https://foobar.com');
    assert.deepEqual([answer.status, shared(answer)], [403, {}]);
    assert.equal(answer.body, 'pages of the origin https://foobar.com may not call this route\n');
  });

  it('adds to answers of endpoints what their callers may see, in place of what endpoints say', async () => {
    const allowed = await ask('/listed', { origin: FOO });
    assert.equal(allowed.status, 200);
    assert.deepEqual(shared(allowed), {
      'allow-credentials': 'true',
      'allow-origin': FOO,
      'expose-headers': 'x-header-3, x-header-4',
      vary: 'accept, origin',
    });
    for (const fields of [{ origin: 'https://foobar.com' }, {}])
      assert.deepEqual(shared(await ask('/listed', fields)), { vary: 'accept, origin' });
    for (const fields of [{ origin: 'https://foobar.com' }, {}])
      assert.deepEqual(shared(await ask('/open', fields)), { 'allow-origin': '*', vary: 'accept' });
  });

  it('takes OPTIONS that is no preflight for a request like others', async () => {
    const answer = await ask('/listed', { origin: FOO }, 'OPTIONS');
    assert.deepEqual([answer.status, shared(answer)['allow-origin']], [200, FOO]);
  });

  it('adds the same to answers of the gateway itself', async () => {
    const answer = await ask('/nowhere', { origin: FOO });
    assert.deepEqual([answer.status, shared(answer)['allow-origin']], [503, FOO]);
  });

  it('follows the policy of a backend in place of that of its rule', async () => {
    assert.equal((await preflight('/of-backend', 'https://foobar.com')).status, 403);
    assert.equal(shared(await ask('/of-backend', { origin: FOO }))['allow-origin'], FOO);
  });

  it('leaves rules without a policy alone', async () => {
    assert.deepEqual((await preflight('/none', FOO)).status, 200);
    assert.equal(shared(await ask('/none', { origin: FOO }))['allow-origin'], 'https://endpoint.test');
  });

  it('tells origins apart that come one after the other', async () => {
    for (const origin of [FOO, 'https://a.bar.com', 'https://evil.com', FOO]) {
      const expected = origin === 'https://evil.com' ? undefined : origin;
      assert.equal(shared(await ask('/listed', { origin }))['allow-origin'], expected);
    }
  });
});
