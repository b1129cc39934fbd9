// SPDX-License-Identifier: Apache-2.0

/** A client of `api.Echo` as users write them: grpc-js with the `.proto` file. */
import { join } from 'node:path';
import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface EchoRequest {
  readonly content?: string;
  readonly repeat?: number;
  readonly delay_ms?: number;
  readonly status?: number;
}

export interface EchoResponse {
  readonly content: string;
}

const proto = join(import.meta.dirname, '../../src/demo/proto/api/echo.proto');
const service = loadSync(proto, { keepCase: true, defaults: true })['api.Echo'];

function method(name: string): MethodDefinition<EchoRequest, EchoResponse> {
  const found: unknown = service === undefined ? undefined : Object.entries(service).find(([key]) => key === name)?.[1];
  if (!isMethod(found)) throw new Error(`echo.proto has no method ${name}`);
  return found;
}

function isMethod(value: unknown): value is MethodDefinition<EchoRequest, EchoResponse> {
  return typeof value === 'object' && value !== null && 'requestSerialize' in value;
}

/** The end of a unary call, with what came along. */
export interface UnaryAnswer {
  readonly response: EchoResponse;
  readonly headers: Metadata;
  readonly trailers: Metadata;
}

export class EchoClient {
  readonly #client: Client;

  constructor(address: string, credentials: ChannelCredentials, options: ChannelOptions = {}) {
    this.#client = new Client(address, credentials, options);
  }

  echo(request: EchoRequest, metadata = new Metadata(), options: CallOptions = {}): Promise<UnaryAnswer> {
    return this.#single(done => {
      const { path, requestSerialize, responseDeserialize } = method('Echo');
      return this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options,
        done,
      );
    });
  }

  /** A unary call to cancel; its end is not waited for. */
  startEcho(request: EchoRequest, done: (error: ServiceError | null) => void): ClientUnaryCall {
    const { path, requestSerialize, responseDeserialize } = method('Echo');
    return this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, done);
  }

  serverStream(request: EchoRequest): ClientReadableStream<EchoResponse> {
    const { path, requestSerialize, responseDeserialize } = method('ServerStream');
    return this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
  }

  clientStream(requests: readonly EchoRequest[]): Promise<UnaryAnswer> {
    return this.#single(done => {
      const { path, requestSerialize, responseDeserialize } = method('ClientStream');
      const call = this.#client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, done);
      for (const request of requests) call.write(request);
      call.end();
      return call;
    });
  }

  bidiStream(): ClientDuplexStream<EchoRequest, EchoResponse> {
    const { path, requestSerialize, responseDeserialize } = method('BidiStream');
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  }

  close(): void {
    this.#client.close();
  }

  #single(
    start: (
      done: (error: ServiceError | null, response?: EchoResponse) => void,
    ) => ClientUnaryCall | ClientWritableStream<EchoRequest>,
  ): Promise<UnaryAnswer> {
    return new Promise((resolve, reject) => {
      let headers = new Metadata();
      let answer: EchoResponse | undefined;
      const call = start((error, response) => {
        if (error !== null) reject(error);
        else answer = response;
      });
      call.on('metadata', (metadata: Metadata) => {
        headers = metadata;
      });
      call.on('status', status => {
        const trailers: Metadata = status.metadata;
        if (answer !== undefined) resolve({ response: answer, headers, trailers });
        else setImmediate(() => answer !== undefined && resolve({ response: answer, headers, trailers }));
      });
    });
  }
}
