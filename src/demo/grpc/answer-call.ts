// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { echoedMetadata } from './echoed-metadata.ts';
import { GRPC_CODE, GrpcError } from './grpc-error.ts';
import type { GrpcMethod, GrpcMethods } from './grpc-method.ts';
import { frameMessage, readMessages } from './message-frames.ts';

export interface Answering {
  readonly podName: string;
  readonly methods: GrpcMethods;
  readonly fallback: GrpcMethod;
}

/**
 * Answers one gRPC call on a stream: head with the `hostname` of the pod, messages (compressed as the request was),
 * status in the trailers, or in the head when there is no message (trailers-only). Never throws.
 */
export function answerCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answering: Answering): void {
  const abort = new AbortController();
  stream.on('close', () => abort.abort());
  const path = headers[':path'] ?? '';
  const method = answering.methods.get(path) ?? answering.fallback;
  const chunks = stream.iterator({ destroyOnReturn: false }); // a method may answer before it has read all
  const requests = readMessages(chunks, encodingOf(headers, 'grpc-encoding'));
  const answers = method(requests, { path, signal: abort.signal });
  const metadata = echoedMetadata(headers);
  const head = { hostname: answering.podName, ...metadata.initial };
  const write = new AnswerWriter(stream, {
    head,
    trailers: metadata.trailing,
    encoding: answerEncoding(headers),
    signal: abort.signal,
  });
  send(answers, write).catch((error: unknown) => write.end(statusOf(error)));
}

async function send(answers: AsyncIterable<Uint8Array>, write: AnswerWriter): Promise<void> {
  for await (const answer of answers) await write.message(answer);
  write.end({ code: GRPC_CODE.ok, message: '' });
}

interface Status {
  readonly code: number;
  readonly message: string;
}

interface AnswerParts {
  readonly head: OutgoingHttpHeaders;
  readonly trailers: OutgoingHttpHeaders;
  readonly encoding: string;
  /** Aborted when the stream is closed. */
  readonly signal: AbortSignal;
}

/** open → (head sent) → ended. A stream that is closed takes nothing and says nothing. */
class AnswerWriter {
  readonly #stream: ServerHttp2Stream;
  readonly #parts: AnswerParts;

  constructor(stream: ServerHttp2Stream, parts: AnswerParts) {
    this.#stream = stream;
    this.#parts = parts;
  }

  /** Resolves when the client is ready for more (or gone). */
  async message(message: Uint8Array): Promise<void> {
    if (this.#stream.closed) return;
    if (!this.#stream.headersSent) this.#sendHead();
    if (this.#stream.write(frameMessage(message, this.#parts.encoding))) return;
    await once(this.#stream, 'drain', { signal: this.#parts.signal }).catch(() => {}); // gone: nothing to wait for
  }

  end(status: Status): void {
    if (this.#stream.closed) return;
    this.#stream.resume(); // what the method did not read
    const trailers = { ...this.#parts.trailers, ...statusFields(status) };
    if (!this.#stream.headersSent) {
      this.#stream.respond({ ...answerHead(this.#parts.head), ...trailers }, { endStream: true });
      return;
    }
    this.#stream.on('wantTrailers', () => this.#stream.sendTrailers(trailers));
    this.#stream.end();
  }

  #sendHead(): void {
    const encoding = this.#parts.encoding === 'identity' ? {} : { 'grpc-encoding': this.#parts.encoding };
    this.#stream.respond({ ...answerHead(this.#parts.head), ...encoding }, { waitForTrailers: true });
  }
}

function answerHead(fields: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return { ':status': 200, 'content-type': 'application/grpc', ...fields };
}

function statusFields(status: Status): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = { 'grpc-status': String(status.code) };
  if (status.message !== '') fields['grpc-message'] = encodeURI(status.message.toWellFormed());
  return fields;
}

function statusOf(error: unknown): Status {
  if (error instanceof GrpcError) return { code: error.code, message: error.message };
  return { code: GRPC_CODE.unknown, message: error instanceof Error ? error.message : String(error) };
}

function encodingOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : 'identity';
}

/** gzip when the client spoke gzip and accepts it; so compression passes through in both directions. */
function answerEncoding(headers: IncomingHttpHeaders): string {
  if (encodingOf(headers, 'grpc-encoding') !== 'gzip') return 'identity';
  return encodingOf(headers, 'grpc-accept-encoding').includes('gzip') ? 'gzip' : 'identity';
}
