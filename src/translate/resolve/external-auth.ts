// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { ExternalAuthConfig } from '../../resources/index.ts';
import type { ExternalAuth } from '../../snapshot/index.ts';
import { normalTarget } from '../../values/index.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { authorityOf } from './backend-authority.ts';
import { type BackendReason, type ReferenceSite, type ResolvedBackend, resolveBackend } from './backend-refs.ts';

/** The API sets no bound, and each request that waits holds its body: larger ones are refused. */
const MAX_AUTH_BODY_BYTES = 1_048_576;

/** An authorization server that can be asked. */
export interface ResolvedAuth {
  readonly auth: ExternalAuth;
  readonly backend: ResolvedBackend;
  readonly findings: readonly Finding[];
}

/** Resolves an ExternalAuth filter at `path`, of a rule or a listener, or tells why its server cannot be used: then nothing may pass. */
export function resolveExternalAuth(
  config: ExternalAuthConfig,
  { referrer, path, context }: Omit<ReferenceSite, 'speaks'>,
): ResolvedAuth | Problem<BackendReason> {
  const at = [...path, 'externalAuth'];
  const speaks = config.protocol === 'GRPC' ? 'GRPCRoute' : 'HTTPRoute';
  const backend = resolveBackend(config.backendRef, { referrer, speaks, path: [...at, 'backendRef'], context });
  if ('reason' in backend) return backend;
  const wanted = config.forwardBody?.maxSize ?? 0;
  const authority = authorityOf(backend, context);
  const auth = compileAuth(config, { backend, authority, maxBodyBytes: Math.min(wanted, MAX_AUTH_BODY_BYTES) });
  if (wanted <= MAX_AUTH_BODY_BYTES) return { auth, backend, findings: [] };
  const finding = findingOf('route/external-auth-body', referrer, {
    path: [...at, 'forwardBody', 'maxSize'],
    message: `Bodies of more than ${MAX_AUTH_BODY_BYTES} bytes are refused, whatever maxSize says (${wanted})`,
    help: `Write maxSize: ${MAX_AUTH_BODY_BYTES}, or less`,
  });
  return { auth, backend, findings: [finding] };
}

function compileAuth(
  config: ExternalAuthConfig,
  {
    backend,
    authority,
    maxBodyBytes,
  }: { readonly backend: ResolvedBackend; readonly authority: string; readonly maxBodyBytes: number },
): ExternalAuth {
  const cluster = backend.clusterId;
  switch (config.protocol) {
    case 'GRPC': {
      const allowedHeaders = namesOf(config.grpc.allowedHeaders);
      return { kind: 'grpc', cluster, maxBodyBytes, authority, allowedHeaders };
    }
    case 'HTTP': {
      const { path = '', allowedHeaders, allowedResponseHeaders } = config.http;
      return {
        kind: 'http',
        cluster,
        maxBodyBytes,
        pathPrefix: prefixOf(path),
        // Always told (HTTPAuthConfig.allowedHeaders), beside what every request has.
        allowedHeaders: [...new Set([...(namesOf(allowedHeaders) ?? []), 'authorization'])].sort(),
        allowedResponseHeaders: namesOf(allowedResponseHeaders),
      };
    }
  }
}

/** In lower case, sorted; null: none are named, so all are meant. */
function namesOf(names: readonly string[] | undefined): readonly string[] | null {
  if (names === undefined || names.length === 0) return null;
  return [...new Set(names.map(name => name.toLowerCase()))].sort();
}

/** In the one form that paths have, if it has one; without the slash at its end, since one follows. */
function prefixOf(path: string): string {
  const whole = path.startsWith('/') ? path : `/${path}`;
  return (normalTarget(whole) || whole).replace(/\/$/, '');
}
