// SPDX-License-Identifier: Apache-2.0

import { forwardedProto, isDroppedAtEdge, normalTarget } from '../values/index.ts';
import type { CompiledListener } from './compiled-listener.ts';
import type { Question } from './explanation.ts';
import type { RequestView } from './request-view.ts';

/** What rules see of the path that is asked for; '': it is refused. */
export function readPath({ protocol, path }: Question): string {
  return protocol === 'grpc' ? path : normalTarget(path);
}

/** A question as a request to a listener, whose Gateway says which peers are believed. */
export function viewOf(question: Question, listener: CompiledListener | undefined): RequestView {
  const { protocol, method, headers, client } = question;
  const isGrpc = protocol === 'grpc';
  const fields: Question['headers'] = isGrpc ? { 'content-type': 'application/grpc', ...headers } : headers;
  const isTrusted = client !== null && listener?.trustedProxies?.has(client) === true;
  const own = listener?.listener.kind === 'https' ? 'https' : 'http';
  const said = (name: string): string | undefined => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return {
    method,
    path: readPath(question),
    isGrpc,
    header: name => {
      if (name === 'x-forwarded-proto') return forwardedProto(said(name), isTrusted, own);
      return isDroppedAtEdge(name, isTrusted) ? undefined : said(name);
    },
  };
}
