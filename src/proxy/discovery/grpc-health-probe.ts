// SPDX-License-Identifier: Apache-2.0

import type { Cluster, Endpoint, GrpcHealthCheck } from '../../snapshot/index.ts';
import type { Timer } from '../../time/index.ts';
import type { HeaderList, MessageEvents, MessageStream, StreamEnd, VolatileFields } from '../../wire/index.ts';
import {
  type ConnectFailure,
  type ConnectionEnvironment,
  type ConnectionOwner,
  type ConnectionTarget,
  endpointKey,
  ResumableSession,
  type TlsClient,
  UpstreamConnection,
} from '../upstream/index.ts';
import type { HealthProbe, ProbeResult } from './health-checker.ts';
import { decodeHealthResponse, encodeHealthRequest } from './health-message.ts';

/** A HealthCheckResponse has two bytes; more than this is something else. */
const MAX_RESPONSE_BYTES = 1_024;

/**
 * Asks one endpoint over a connection of its own, kept between checks. What is not `SERVING` with grpc-status 0 is
 * unhealthy: no connection, no answer in time, any other status (UNIMPLEMENTED too, as in Envoy), NOT_SERVING, UNKNOWN,
 * SERVICE_UNKNOWN.
 *
 * Owns its connection and, during a check, a stream and a timer.
 */
export class GrpcHealthProbe implements HealthProbe, ConnectionOwner, MessageEvents {
  readonly #target: ConnectionTarget;
  readonly #timeoutMs: number;
  readonly #environment: ConnectionEnvironment;
  readonly #head: HeaderList;
  readonly #message: Buffer;
  #connection: UpstreamConnection | null = null;
  /** Takes no new streams; ended with the check under way. */
  #leaving: UpstreamConnection | null = null;
  #stream: MessageStream | null = null;
  #timer: Timer | null = null;
  #done: ((result: ProbeResult) => void) | null = null;
  #body: Buffer[] = [];
  #bodyBytes = 0;

  /** `tls`: the client of `cluster`. */
  constructor(
    { cluster, tls }: { readonly cluster: Cluster; readonly tls: TlsClient | null },
    check: GrpcHealthCheck,
    endpoint: Endpoint,
    environment: ConnectionEnvironment,
  ) {
    const connectTimeoutMs = Math.min(check.timeoutMs, cluster.connectTimeoutMs);
    const { address, port } = endpoint;
    this.#target = {
      address,
      port,
      protocol: cluster.protocol,
      proxyProtocol: cluster.proxyProtocol,
      connectTimeoutMs,
      tls,
      session: new ResumableSession(),
    };
    this.#timeoutMs = check.timeoutMs;
    this.#environment = environment;
    this.#head = requestHead(endpointKey(endpoint), environment);
    this.#message = encodeHealthRequest(check.service);
  }

  check(done: (result: ProbeResult) => void): void {
    this.#done = done;
    this.#body = [];
    this.#bodyBytes = 0;
    this.#timer = this.#environment.clock.after(this.#timeoutMs, () => this.#onTimeout());
    if (this.#connection?.state === 'open') this.#ask(this.#connection);
    else this.#connection ??= new UpstreamConnection(this.#target, this, this.#environment);
  }

  close(): void {
    this.#done = null;
    this.#timer?.cancel();
    this.#leaving?.destroy();
    this.#connection?.destroy();
  }

  onConnected(connection: UpstreamConnection): void {
    if (this.#done !== null) this.#ask(connection);
  }

  onStalled(): void {}

  onCapacity(): void {}

  onLeftOut(): void {}

  onDedicated(): void {}
  onCrowded(): void {}

  /** A check under way may still be answered; the next one connects anew. */
  onDraining(connection: UpstreamConnection): void {
    this.#connection = null;
    if (this.#done === null) connection.destroy();
    else this.#leaving = connection;
  }

  onClosed(connection: UpstreamConnection, failure: ConnectFailure | null): void {
    if (this.#connection === connection) this.#connection = null;
    if (failure !== null && this.#stream === null) this.#finish(false, failure.message);
  }

  onHead(stream: MessageStream, head: HeaderList, _fields: VolatileFields, endStream: boolean): void {
    const status = head.get(':status');
    if (status === '200' && !endStream) return;
    const grpcStatus = head.get('grpc-status');
    this.#abandon(stream);
    if (status === '200' && grpcStatus !== undefined) this.#finish(false, reasonOf(grpcStatus));
    else this.#finish(false, `HTTP status ${status}`);
  }

  onInformational(): void {}

  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    this.#bodyBytes += end - start;
    if (this.#bodyBytes <= MAX_RESPONSE_BYTES && !endStream) {
      this.#body.push(Buffer.from(chunk.subarray(start, end)));
      return;
    }
    this.#abandon(stream);
    this.#finish(false, endStream ? 'the answer has no grpc-status' : 'the answer is too long');
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList): void {
    const grpcStatus = trailers.get('grpc-status');
    if (grpcStatus !== '0') {
      this.#finish(false, reasonOf(grpcStatus));
      return;
    }
    const status = decodeHealthResponse(Buffer.concat(this.#body));
    this.#finish(status === 'SERVING', status ?? 'the answer is not a HealthCheckResponse');
  }

  onEnded(_stream: MessageStream, { origin, detail }: StreamEnd): void {
    this.#finish(false, origin === 'connection' ? 'the connection was lost' : `the stream was reset with ${detail}`);
  }

  onWritable(stream: MessageStream): void {
    this.#send(stream);
  }

  #ask(connection: UpstreamConnection): void {
    const stream = connection.messages?.openStream(this) ?? null;
    if (stream === null) {
      this.#finish(false, 'the endpoint allows no stream');
      return;
    }
    this.#stream = stream;
    stream.sendHead(this.#head, null, false);
    this.#send(stream);
  }

  /** A message this small is taken whole or, by a peer whose window is closed, not at all. */
  #send(stream: MessageStream): void {
    stream.sendData(this.#message, 0, this.#message.length, true);
  }

  #onTimeout(): void {
    const stream = this.#stream;
    if (stream !== null) this.#abandon(stream);
    // It may be the connection that is dead: the next check takes a new one.
    const connection = this.#connection;
    this.#connection = null;
    this.#finish(false, `no answer within ${this.#timeoutMs} ms`);
    connection?.destroy();
  }

  #abandon(stream: MessageStream): void {
    if (!stream.isClosed) stream.reset('cancelled');
  }

  #finish(healthy: boolean, reason: string): void {
    const done = this.#done;
    this.#done = null;
    this.#stream = null;
    this.#timer?.cancel();
    this.#leaving?.destroy();
    this.#leaving = null;
    done?.({ healthy, reason: healthy ? '' : reason });
  }
}

function requestHead(authority: string, { lists }: ConnectionEnvironment): HeaderList {
  const fields: readonly (readonly [string, string])[] = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', '/grpc.health.v1.Health/Check'],
    [':authority', authority],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ['user-agent', 'daemun'],
  ];
  return lists.intern(
    fields.map(([name]) => name),
    fields.map(([, value]) => value),
  );
}

function reasonOf(grpcStatus: string | undefined): string {
  if (grpcStatus === undefined) return 'the answer has no grpc-status';
  return grpcStatus === '12' ? 'grpc-status 12: no health service there' : `grpc-status ${grpcStatus}`;
}
