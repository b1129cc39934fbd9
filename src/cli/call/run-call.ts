// SPDX-License-Identifier: Apache-2.0

import { createReadStream } from 'node:fs';
import { type Client, type ServiceError, status } from '@grpc/grpc-js';
import { CommandFailure, EXIT, usageError } from '../exit-code.ts';
import { readStream } from '../read-stream.ts';
import type { Terminal } from '../terminal.ts';
import { callFailure, isServiceError, unservedHostHint } from './call-failure.ts';
import { formatMetadata, parseMetadata } from './call-metadata.ts';
import type { CallOptions } from './call-options.ts';
import { type CallTarget, openClient, parseTarget } from './call-target.ts';
import { whileConnected } from './connection-limit.ts';
import { describeMethod } from './describe-type.ts';
import { isUnservedHost } from './failure-reason.ts';
import { parseJsonDocuments } from './json-documents.ts';
import { describeSymbol, listNames } from './list-and-describe.ts';
import { type CallRequest, encodeMessages, performCall } from './perform-call.ts';
import { loadProtoFiles } from './proto-schema.ts';
import { ReflectionSchema } from './reflection-schema.ts';
import { findMethod, type MethodPath, parseMethodPath, type SchemaSource } from './schema-source.ts';

export interface CallArguments {
  readonly address: string;
  readonly method: string | undefined;
  readonly json: string | undefined;
}

/** All that one run of `call` works with. */
interface CallRun {
  readonly terminal: Terminal;
  readonly target: CallTarget;
  readonly client: Client;
  readonly schema: SchemaSource;
  readonly options: CallOptions;
}

/** Runs `daemun call`. Rejects with a CommandFailure: 1 the RPC failed, 2 wrong arguments, 3 no connection or no file. */
export async function runCall(terminal: Terminal, args: CallArguments, options: CallOptions): Promise<void> {
  const target = parseTarget(args.address, options);
  const metadata = parseMetadata(options.header);
  const client = await openClient(target, options);
  try {
    const schema =
      options.proto.length > 0
        ? await loadProtoFiles(options.proto, options.importPath)
        : new ReflectionSchema(client, metadata, options.deadline);
    await whileConnected(client, options.clock, perform({ terminal, target, client, schema, options }, args));
  } finally {
    client.close();
  }
}

async function perform(run: CallRun, args: CallArguments): Promise<void> {
  const { terminal, schema, options } = run;
  if (options.list) terminal.out(await explained(run, args, listNames(schema, args.method)));
  else if (options.describe) terminal.out(await explained(run, args, describeSymbol(schema, args.method)));
  else await callMethod(run, args);
}

async function callMethod(run: CallRun, args: CallArguments): Promise<void> {
  const path = args.method === undefined ? undefined : parseMethodPath(args.method);
  if (path === undefined) {
    throw usageError(
      args.method === undefined ? 'call needs a method' : `"${args.method}" is not a method`,
      'Write package.Service/Method, or use --list or --describe.',
    );
  }
  const messages = parseJsonDocuments(await readRequest(run.terminal, args.json));
  const method = await explained(run, args, findMethod(run.schema, path));
  const registry = await explained(run, args, run.schema.registryFor(path.service));
  if (registry === undefined) throw new Error(`the types of ${path.service} are gone`);
  const metadata = parseMetadata(run.options.header);
  const frames = encodeMessages({ method, registry }, messages);
  const request = { method, registry, frames, metadata, deadline: run.options.deadline };
  await answerTo(run, request, path);
}

async function answerTo(run: CallRun, request: CallRequest, path: MethodPath): Promise<void> {
  const { terminal, options } = run;
  const verbose = (text: string): void => {
    if (options.verbose) terminal.out(text);
  };
  verbose(`\nResolved method descriptor:\n${describeMethod(request.method)}\n`);
  verbose(`\nRequest metadata to send:\n${formatMetadata(request.metadata)}`);
  let received = 0;
  const observer = {
    onHeaders: (headers: CallRequest['metadata']) =>
      verbose(`\nResponse headers received:\n${formatMetadata(headers)}`),
    onMessage: (message: unknown) => {
      received++;
      verbose('\nResponse contents:\n');
      terminal.out(`${JSON.stringify(message, null, 2)}\n`);
    },
    onTrailers: (trailers: CallRequest['metadata']) =>
      verbose(`\nResponse trailers received:\n${formatMetadata(trailers)}`),
  };
  try {
    await performCall(run.client, request, observer);
  } catch (error) {
    throw isServiceError(error) ? callFailure(error, subjectOf(run, `${path.service}/${path.method}`)) : error;
  } finally {
    verbose(`Sent ${count(request.frames.length, 'request')} and received ${count(received, 'response')}\n`);
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The JSON text: the argument itself, `@FILE`, or `@` and `@-` for stdin. Nothing is an empty text. */
async function readRequest(terminal: Terminal, json: string | undefined): Promise<string> {
  if (json === undefined) return '';
  if (json === '@' || json === '@-') return (await readStream(terminal.input(), 'standard input')).toString();
  if (!json.startsWith('@')) return json;
  return (await readStream(createReadStream(json.slice(1)), `the request ${json}`)).toString();
}

/** What fails while the schema is asked for is told as a failure of reflection. */
async function explained<T>(run: CallRun, args: CallArguments, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isServiceError(error)) throw error;
    const reflection = 'grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    if (error.code !== status.UNIMPLEMENTED) throw callFailure(error, subjectOf(run, args.method ?? reflection));
    throw noReflection(error, run.target);
  }
}

/** A host that is not served fails like reflection that is not routed. */
function noReflection(error: ServiceError, target: CallTarget): CommandFailure {
  const { details } = error;
  if (isUnservedHost(error)) {
    const message = `the types are not known, because the host is not served: ${details}`;
    return new CommandFailure(EXIT.refused, message, unservedHostHint(target));
  }
  const told = details === '' ? 'the server gave no message' : details;
  return new CommandFailure(
    EXIT.refused,
    `the types are not known, because reflection is not available: ${told}`,
    `Name the .proto file with --proto, or add a rule for grpc.reflection.v1.ServerReflection to the GRPCRoute. ` +
      `If ${target.authority ?? target.address} is not the host of a route, name one with --authority.`,
  );
}

function subjectOf(run: CallRun, method: string): { target: CallTarget; method: string; program: string } {
  return { target: run.target, method, program: run.terminal.program };
}
