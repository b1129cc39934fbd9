// SPDX-License-Identifier: Apache-2.0

import { forwardedProto, isHiddenFromRules, normalTarget, upgradeProtocol } from '../values/index.ts';
import type { CompiledListener } from './compiled-listener.ts';
import type { Question } from './explanation.ts';
import { splitGrpcPath } from './grpc/grpc-path.ts';
import type { RequestView } from './request-view.ts';

/** What rules see of the path that is asked for; '': it is refused. */
export function readPath({ protocol, path }: Question): string {
  return protocol === 'grpc' ? path : normalTarget(path);
}

/** The protocol that the request asks to go on with; null: none. What a client would send beside it is taken for granted. */
export function upgradeOf({ headers, method }: Question): string | null {
  return method === 'HEAD' ? null : upgradeProtocol(headers['upgrade'] ?? '');
}

/** A question as a request for `host` to a listener, whose Gateway says which peers are believed. */
export function viewOf(question: Question, host: string, listener: CompiledListener | undefined): RequestView {
  const { protocol, method, headers, client } = question;
  const isGrpc = protocol === 'grpc';
  const fields: Question['headers'] = isGrpc ? { 'content-type': 'application/grpc', ...headers } : headers;
  const isTrusted = client !== null && listener?.trustedProxies?.has(client) === true;
  const own = listener?.listener.kind === 'https' ? 'https' : 'http';
  const said = (name: string): string | undefined => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  const path = readPath(question);
  return {
    method,
    path,
    isGrpc,
    called: isGrpc ? splitGrpcPath(path) : null,
    header: name => {
      if (name === 'x-forwarded-proto') return forwardedProto(said(name), isTrusted, own);
      if (name === 'host') return host;
      if (name === 'upgrade') return upgradeOf(question) ?? undefined;
      return isHiddenFromRules(name, isTrusted) ? undefined : said(name);
    },
  };
}
