// SPDX-License-Identifier: Apache-2.0

/** A gateway with a guard rule, raw backends behind it and a raw client before it. */
import type { Filter, Listener, RouteEntry } from '../../snapshot/index.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';
import { grpcHead, listOf, RawBackend, RawClient, type Received } from './raw-peer.test-support.ts';

/** `/adm.Svc/Admin` goes to `guarded`, anything else to `wide`; `filters` are those of the wide rule. */
export class RawBed {
  readonly gateway: TestGateway;
  readonly guarded: RawBackend;
  readonly wide: RawBackend;
  readonly mirror: RawBackend;
  readonly client: RawClient;

  private constructor(
    backends: readonly [RawBackend, RawBackend, RawBackend],
    gateway: TestGateway,
    client: RawClient,
  ) {
    [this.guarded, this.wide, this.mirror] = backends;
    this.gateway = gateway;
    this.client = client;
  }

  static async start(filters: readonly Filter[] = []): Promise<RawBed> {
    const backends = await Promise.all([RawBackend.start(), RawBackend.start(), RawBackend.start()]);
    const [guarded, wide, mirror] = backends;
    const gateway = new TestGateway({ accessLog: true });
    const clusters = { guarded: [guarded.port], wide: [wide.port], mirror: [mirror.port] };
    await gateway.apply({ listeners: [guardedListener(filters)], clusters });
    return new RawBed(backends, gateway, await RawClient.open(gateway.port));
  }

  /** Requests that got to an endpoint. */
  get reached(): number {
    return this.guarded.requests.length + this.wide.requests.length;
  }

  /** What the endpoint of the wide rule got last. */
  get seen(): Received | undefined {
    return this.wide.last;
  }

  /** One gRPC request with other fields (see `grpcHead`). */
  call(...parts: Parameters<typeof grpcHead>): Promise<Received> {
    return this.client.call(listOf(grpcHead(...parts)));
  }

  close(): void {
    this.client.close();
    this.gateway.close();
    for (const one of [this.guarded, this.wide, this.mirror]) one.close();
  }
}

function guardedListener(filters: readonly Filter[]): Listener {
  const entries: RouteEntry[] = [
    {
      match: { kind: 'grpc', method: { kind: 'exact', service: 'adm.Svc', method: 'Admin' }, headers: [] },
      rule: rule('guard', [backend('guarded')]),
      matchIndex: 0,
    },
    {
      match: { kind: 'grpc', method: null, headers: [] },
      rule: rule('wide', [backend('wide')], { filters }),
      matchIndex: 0,
    },
  ];
  return listener('grpc', [], { virtualHosts: [{ hostname: '*', entries }] });
}
