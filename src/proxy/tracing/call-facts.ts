// SPDX-License-Identifier: Apache-2.0

/** What a call of ours for a request has to say under the names of OpenTelemetry's semantic conventions (RPC and HTTP client spans). */
import { GrpcStatus, hostOfAuthority } from '../../values/index.ts';
import { grpcStatusName, parseGrpcStatus, targetOf } from '../../wire/index.ts';
import type { StepCallEnd } from '../filters/index.ts';
import { keyField } from './span-fields.ts';

/** An attribute: the field that names it, and its value. */
export type CallFact = readonly [key: Buffer, value: string | number];

export interface CallFacts {
  readonly name: string;
  readonly attributes: readonly CallFact[];
  /** Why the call has failed, for people; null: it has not. */
  readonly failure: string | null;
}

const KEYS = {
  system: keyField('rpc.system'),
  service: keyField('rpc.service'),
  rpcMethod: keyField('rpc.method'),
  grpcStatus: keyField('rpc.grpc.status_code'),
  method: keyField('http.request.method'),
  httpStatus: keyField('http.response.status_code'),
  server: keyField('server.address'),
  error: keyField('error.type'),
  endpoint: keyField('daemun.endpoint'),
} as const;

/** `error.type` where no answer has one. */
const NO_ANSWER = 'no_answer';

export function callFacts(call: StepCallEnd): CallFacts {
  const { name, attributes, error } = call.kind === 'grpc' ? grpcFacts(call) : httpFacts(call);
  const { request, endpoint, why } = call;
  const server = hostOfAuthority(request.head.get(':authority') ?? '');
  const common: CallFact[] = [[KEYS.server, server]];
  if (endpoint !== '') common.push([KEYS.endpoint, endpoint]);
  if (error !== null) common.push([KEYS.error, error]);
  return { name, attributes: [...attributes, ...common], failure: error === null ? null : why };
}

interface ProtocolFacts {
  readonly name: string;
  readonly attributes: readonly CallFact[];
  readonly error: string | null;
}

function grpcFacts({ request, answer }: StepCallEnd): ProtocolFacts {
  const path = targetOf(request.head, request.fields);
  const slash = path.lastIndexOf('/');
  const attributes: CallFact[] = [
    [KEYS.system, 'grpc'],
    [KEYS.service, path.slice(1, slash)],
    [KEYS.rpcMethod, path.slice(slash + 1)],
  ];
  const name = path.slice(1);
  if (answer === null) return { name, attributes, error: NO_ANSWER };
  const status = parseGrpcStatus((answer.trailers ?? answer.head).get('grpc-status')) ?? GrpcStatus.UNKNOWN;
  attributes.push([KEYS.grpcStatus, status]);
  return { name, attributes, error: status === 0 ? null : grpcStatusName(status) };
}

function httpFacts({ request, answer }: StepCallEnd): ProtocolFacts {
  const method = request.head.get(':method') ?? '';
  const attributes: CallFact[] = [[KEYS.method, method]];
  if (answer === null) return { name: method, attributes, error: NO_ANSWER };
  const status = Number(answer.head.get(':status'));
  attributes.push([KEYS.httpStatus, status]);
  return { name: method, attributes, error: status < 400 ? null : String(status) };
}
