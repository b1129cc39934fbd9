// SPDX-License-Identifier: Apache-2.0

/**
 * Every byte arrives as it was sent, over each pair of protocols, both ways at once, while readers are slow. Sockets of a worker are read
 * into one buffer, so whatever waits for a slow reader without being copied becomes another read's bytes.
 */
import { afterEach, describe, it } from 'node:test';
import { backend, listener, rule, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { streamRule, tcpListener, tlsListener } from '../../src/proxy/l4/l4.test-support.ts';
import { certificate } from '../../src/proxy/listeners/certificate.test-support.ts';
import { Authority, tlsTo } from '../../src/proxy/upstream/authority.test-support.ts';
import type { Listener } from '../../src/snapshot/index.ts';
import { type End, exchange, seededBytes } from './byte-exchange.ts';
import { Back, type BackKind, dialStream, post, upgrade, type Version } from './byte-peers.ts';

const OURS = await Authority.create('ours');
const PAIR = await OURS.issue({ dns: ['a.test'] });
const FRONT = await certificate('front', ['a.test']);

/** More than the kernel holds between the gateway and a reader that reads nothing (4 MiB), so that the gateway's output waits. */
const MUCH = seededBytes(1, 6_000_000);
const LITTLE = seededBytes(2, 500_000);

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

interface Front {
  readonly name: string;
  readonly listener: Listener;
  open(port: number): Promise<End>;
}

interface Backend {
  readonly kind: BackKind;
  readonly isSecure: boolean;
}

const plain = (kind: BackKind): Backend => ({ kind, isSecure: false });
const inTls = (kind: BackKind): Backend => ({ kind, isSecure: true });

const match = {
  kind: 'http',
  path: { kind: 'prefix', value: '/' },
  method: null,
  headers: [],
  queryParams: [],
} as const;
const ENTRIES = [{ match, rule: rule('r', [backend('main')]), matchIndex: 0 }];

function httpFront(what: string, version: Version, isSecure: boolean, open: typeof post): Front {
  const tls = isSecure ? { tls: { certificates: [FRONT.id], clients: null } } : {};
  return {
    name: `${what} over ${version}${isSecure ? ' and TLS' : ''}`,
    listener: listener('l', [], { virtualHosts: [{ hostname: '*', entries: ENTRIES }], ...tls }),
    open: port => open(version, port, isSecure, cleanups),
  };
}

function streamFront(name: string, from: Listener, isSecure: boolean): Front {
  return { name, listener: from, open: port => dialStream(port, isSecure, cleanups) };
}

const HTTP_WAYS = [
  ['HTTP/1.1', false],
  ['HTTP/2', false],
  ['HTTP/1.1', true],
  ['HTTP/2', true],
] as const;
const STREAM = streamRule('r', { main: 1 });
const NAMES = [{ hostname: '*', rule: STREAM }];
const PASSED = streamFront('TLS that is passed on', tlsListener('l', '*', NAMES), true);

/** Each front with the backends that it can have. */
const PAIRS: readonly (readonly [Front, readonly Backend[]])[] = [
  ...HTTP_WAYS.flatMap(
    ([version, isSecure]) =>
      [
        [httpFront('a request', version, isSecure, post), [plain('h1'), plain('h2'), inTls('h1'), inTls('h2')]],
        [httpFront('a tunnel', version, isSecure, upgrade), [plain('h1'), inTls('h1')]],
      ] as const,
  ),
  [streamFront('a TCP stream', tcpListener(STREAM), false), [plain('tcp'), inTls('tcp')]],
  [streamFront('TLS that is ended', tlsListener('l', '*', NAMES, FRONT), true), [plain('tcp'), inTls('tcp')]],
  [PASSED, [inTls('tcp')]],
];

async function carry({ kind, isSecure }: Backend, front: Front): Promise<void> {
  const endpoint = await Back.start(kind, isSecure ? PAIR : null, cleanups);
  const gateway = new TestGateway();
  cleanups.push(() => gateway.close());
  await gateway.apply({
    listeners: [front.listener],
    clusters: { main: [endpoint.port] },
    // What passes is TCP to the gateway.
    clusterChanges: { protocol: kind, tls: isSecure && front !== PASSED ? tlsTo('a.test', OURS) : null },
    certificates: [FRONT],
    trustBundles: [OURS.bundle],
  });
  const [client1, backend1] = await Promise.all([front.open(gateway.port), endpoint.next()]);
  const [client2, backend2] = await Promise.all([front.open(gateway.port), endpoint.next()]);
  await Promise.all([
    exchange(client1, backend1, { fromClient: LITTLE, fromBackend: MUCH, slow: 'client' }),
    exchange(client2, backend2, { fromClient: MUCH, fromBackend: LITTLE, slow: 'backend' }),
  ]);
}

describe('every byte arrives as it was sent, both ways at once, though readers are slow', () => {
  for (const [front, backends] of PAIRS) {
    for (const to of backends) {
      it(`${front.name}, to ${to.kind}${to.isSecure ? ' in TLS' : ''}`, { timeout: 20_000 }, () => carry(to, front));
    }
  }
});
