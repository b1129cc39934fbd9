// SPDX-License-Identifier: Apache-2.0

/** A gateway in this process between gRPC backends and clients, all on loopback ports of their own. */

import { randomBytes } from 'node:crypto';
import {
  type Client,
  credentials,
  type Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { sampleCluster } from '../../snapshot/cluster.test-support.ts';
import {
  type Admission,
  type Binding,
  type Certificate,
  type ClientNamespace,
  type Cluster,
  type Endpoint,
  endpointSet,
  type Filter,
  type Frontend,
  type HttpsListener,
  type Listener,
  type RequestListener,
  type Rule,
  type Snapshot,
  type TrustBundle,
  type WeightedBackend,
} from '../../snapshot/index.ts';
import { PLAIN_EDGE } from '../../snapshot/listener.test-support.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { type Clock, systemClock, systemRandom } from '../../time/index.ts';
import { type SocketLoop, sharedPorts } from '../io/index.ts';
import { ringKey } from '../key-ring.ts';
import { MetricsReader } from '../metrics/index.ts';
import { WorkerRuntime, type WorkerSettings } from '../workers/worker-runtime.ts';

const identity = (bytes: Buffer): Buffer => bytes;

function method(name: string, requestStream: boolean, responseStream: boolean) {
  return {
    path: `/test.Shapes/${name}`,
    requestStream,
    responseStream,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}

/** One method of each shape; messages are bytes. */
export const SHAPES = {
  Unary: method('Unary', false, false),
  ClientStream: method('ClientStream', true, false),
  ServerStream: method('ServerStream', false, true),
  Bidi: method('Bidi', true, true),
};

/** Generic client of `SHAPES`. Close it. */
// biome-ignore lint/suspicious/noExplicitAny: grpc-js makes the methods at run time
export function shapesClient(port: number, options: object = {}): Client & Record<string, any> {
  const Made = makeGenericClientConstructor(SHAPES, 'test.Shapes');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return new Made(`127.0.0.1:${port}`, credentials.createInsecure(), options) as Client & Record<string, any>;
}

/** A unary call as a promise. */
export function unary(
  client: Record<string, (...args: readonly unknown[]) => unknown> | object,
  message: Buffer,
  metadata?: Metadata,
  options: object = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const call = (client as Record<string, (...args: readonly unknown[]) => unknown>)['Unary'];
    const done = (error: Error | null, reply: Buffer): void => (error === null ? resolve(reply) : reject(error));
    if (metadata === undefined) call?.call(client, message, options, done);
    else call?.call(client, message, metadata, options, done);
  });
}

/** A grpc-js server of `SHAPES` on port 0. */
export async function shapesServer(
  implementation: UntypedServiceImplementation,
): Promise<{ server: Server; port: number }> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(SHAPES, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}

/** A rule that sends everything to the given backends. */
export function rule(id: string, backends: readonly WeightedBackend[], changes: Partial<Rule> = {}): Rule {
  return sampleRule(id, { backends, ...changes });
}

export function backend(cluster: string, weight = 1, filters: readonly Filter[] = []): WeightedBackend {
  return { weight, target: { kind: 'cluster', cluster }, filters, session: null };
}

export function cluster(id: string, changes: Partial<Cluster> = {}): Cluster {
  // A machine that is busy takes its time for a TLS handshake.
  return sampleCluster(id, { connectTimeoutMs: 10_000, ...changes });
}

/** A listener, cleartext unless `tls` is said, for every host with one rule per entry, each for any gRPC request. */
export function listener(
  name: string,
  rules: readonly Rule[],
  { tls, ...changes }: Partial<Omit<HttpsListener, 'kind'>> = {},
): RequestListener {
  const hostname = changes.hostname ?? '*';
  const kind = tls === undefined ? { kind: 'http' as const } : { kind: 'https' as const, tls };
  return {
    ...kind,
    id: `default/gw/${name}`,
    gateway: { namespace: 'default', name: 'gw' },
    name,
    hostname,
    ...PLAIN_EDGE,
    virtualHosts: [
      {
        hostname,
        entries: rules.map(one => ({ match: { kind: 'grpc', method: null, headers: [] }, rule: one, matchIndex: 0 })),
      },
    ],
    ...changes,
  };
}

/** A cleartext listener for every host whose HTTPRoute sends requests to a cluster by the prefix of their path, tried in this order. */
export function httpListener(
  name: string,
  clusterOf: Readonly<Record<string, string>>,
  changes: Partial<Rule> = {},
): RequestListener {
  const entries = Object.entries(clusterOf).map(([value, to]) => {
    const path = { kind: 'prefix', value } as const;
    const origin = { kind: 'HTTPRoute', namespace: 'default', name: to, ruleIndex: 0, ruleName: '' } as const;
    const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
    return { match, rule: rule(to, [backend(to)], { origin, ...changes }), matchIndex: 0 };
  });
  return listener(name, [], { virtualHosts: [{ hostname: '*', entries }] });
}

const ADMISSIONS: Readonly<Record<Listener['kind'], Admission>> = {
  http: 'first-bytes',
  https: 'client-hello',
  tls: 'client-hello',
  tcp: 'stream',
  udp: 'datagrams',
};

export function binding(listeners: readonly Listener[], port = 0): Binding {
  const admission = ADMISSIONS[listeners[0]?.kind ?? 'http'];
  return { id: 'test/tcp', address: '127.0.0.1', port, admission, frontend: null, proxyProtocolFrom: [], listeners };
}

export function endpoint(port: number): Endpoint {
  return { address: '127.0.0.1', port, state: 'ready', name: `pod-${port}` };
}

export interface SnapshotParts {
  /** As in `Binding`. */
  readonly proxyProtocolFrom?: readonly string[];
  readonly listeners: readonly Listener[];
  /** Whose entrance the binding is; its clients are told apart by `clients`. Default: of a Gateway. */
  readonly frontend?: Frontend;
  readonly clients?: readonly ClientNamespace[];
  /** Cluster id → ports. */
  readonly clusters: Readonly<Record<string, readonly number[]>>;
  readonly certificates?: readonly Certificate[];
  readonly trustBundles?: readonly TrustBundle[];
  readonly clusterChanges?: Partial<Cluster>;
  /** Of clusters that differ from the others. */
  readonly protocols?: Readonly<Record<string, Cluster['protocol']>>;
  /** Default: any that is free. */
  readonly port?: number;
}

let version = 0;

export function snapshot(parts: SnapshotParts): Snapshot {
  version++;
  const ids = Object.keys(parts.clusters).sort();
  return {
    version,
    bindings: [{ ...binding(parts.listeners, parts.port), ...entranceOf(parts) }],
    clusters: ids.map(id => {
      const protocol = parts.protocols?.[id];
      return cluster(id, { ...parts.clusterChanges, ...(protocol === undefined ? {} : { protocol }) });
    }),
    endpoints: ids.map(id => endpointSet(id, (parts.clusters[id] ?? []).map(endpoint))),
    certificates: parts.certificates ?? [],
    trustBundles: parts.trustBundles ?? [],
    clients: parts.clients ?? [],
  };
}

function entranceOf({ frontend, proxyProtocolFrom = [] }: SnapshotParts): Partial<Binding> {
  return { proxyProtocolFrom, ...(frontend === undefined ? {} : { frontend, admission: 'clients' }) };
}

/** The gateway under test. `close` it. */
export class TestGateway {
  readonly runtime: WorkerRuntime;
  readonly reader = new MetricsReader();
  accessLog = '';
  /** After `runtime.setDebug(true)`. */
  readonly debugLines: Readonly<Record<string, unknown>>[] = [];

  /** `clock`: the machine's, unless a test owns it; wheels look at it each 10 or 500 ms. `loop`: for tests that turn its wheels. */
  constructor(settings: Partial<WorkerSettings> = {}, loop?: SocketLoop, clock: Clock = systemClock) {
    const silent = (): void => {};
    const ignore = { info: silent, warn: silent, error: silent };
    this.runtime = new WorkerRuntime(
      {
        serverHeader: 'daemun',
        via: null,
        upstreamServiceTime: true,
        accessLog: false,
        workers: 1,
        reusePort: false,
        maxConnections: 10_000,
        maxEndpointConnections: 10_000,
        ownPorts: sharedPorts(),
        ticketSecrets: { current: randomBytes(32), others: [] },
        ...settings,
      },
      {
        log: ignore,
        clock,
        random: systemRandom,
        accessLog: lines => {
          this.accessLog += lines;
        },
        debug: (message, fields) => void this.debugLines.push({ message, ...fields }),
        series: series => this.reader.addSeries(1, series),
        ...(loop === undefined ? {} : { loop }),
      },
    );
    this.runtime.setSessionKeys([ringKey(randomBytes(32), 0)]);
    this.reader.addPage(1, this.runtime.metrics.buffer);
  }

  async apply(parts: SnapshotParts): Promise<void> {
    const failures = await this.runtime.apply(snapshot(parts));
    for (const failure of failures.values()) throw new Error(failure.message);
  }

  get port(): number {
    return this.runtime.dump().bindings[0]?.port ?? 0;
  }

  /** The sum of a family's samples whose labels include `labels`. */
  metric(name: string, labels: Readonly<Record<string, string>> = {}): number {
    let sum = 0;
    for (const sample of this.reader.read().find(family => family.name === name)?.samples ?? []) {
      if (!Object.entries(labels).every(([key, value]) => sample.labels[key] === value)) continue;
      sum += typeof sample.value === 'number' ? sample.value : sample.value.count;
    }
    return sum;
  }

  close(): void {
    this.runtime.close();
  }
}
