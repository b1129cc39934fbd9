// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { XBackend } from '../../resources/index.ts';
import type { TrustBundle } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName, shareMap } from '../../values/index.ts';
import type { AncestorOutcome } from '../outcomes.ts';
import { judgeValidation } from '../policies/judge-backend-tls.ts';
import { compileSessionPersistence } from '../resolve/session-persistence.ts';
import type { JudgedXBackend, XBackends, XBackendTls } from '../resolve/x-backend.ts';
import type { SecretReader } from './certificates.ts';
import { type ClientCertificate, NO_CLIENT_CERTIFICATE, resolveClientRef } from './client-certificate.ts';

/** All XBackends, judged. */
export interface AcceptedXBackends {
  /** Sorted by name. */
  readonly accepted: readonly AcceptedXBackend[];
  /** Keeps its identity while it is unchanged. */
  readonly byName: XBackends;
}

export interface AcceptedXBackend extends Pick<AncestorOutcome, 'accepted' | 'resolvedRefs'> {
  /** `namespace/name`. */
  readonly key: string;
  readonly client: ClientCertificate;
  /** What its TLS trusts; null: the system's authorities, or nobody. */
  readonly bundle: TrustBundle | null;
  readonly findings: readonly Finding[];
}

/** Judges each by itself: whom its TLS trusts, what is shown to it, how it keeps sessions. */
export function acceptXBackends(reader: SecretReader, previous: XBackends | undefined): AcceptedXBackends {
  const judged = [...reader.resources.xBackends.values()]
    .map(backend => judge(backend, reader))
    .sort((a, b) => compareStrings(a.accepted.key, b.accepted.key));
  const byName = new Map(judged.map(({ accepted: { key }, facts }) => [key, facts] as const));
  return { accepted: judged.map(({ accepted }) => accepted), byName: shareMap(previous, byName) };
}

function judge(
  backend: XBackend,
  reader: SecretReader,
): { readonly accepted: AcceptedXBackend; readonly facts: JudgedXBackend } {
  const key = formatNamespacedName(backend.metadata);
  const path = ['spec', 'sessionPersistence'];
  const session = compileSessionPersistence(backend.spec.sessionPersistence, {
    owner: backend,
    id: `XBackend/${key}`,
    path,
  });
  const { tls, ...accepted } = judgeTls(backend, reader);
  return {
    accepted: { ...accepted, key, findings: [...accepted.findings, ...session.findings] },
    facts: { backend, tls, session: session.policy },
  };
}

interface JudgedTls extends Omit<AcceptedXBackend, 'key'> {
  readonly tls: XBackendTls | null;
}

function judgeTls(backend: XBackend, reader: SecretReader): JudgedTls {
  const asked = backend.spec.tls;
  if (asked.mode === 'None') {
    return {
      tls: null,
      client: NO_CLIENT_CERTIFICATE,
      bundle: null,
      accepted: null,
      resolvedRefs: 'unused',
      findings: [],
    };
  }
  const site = { owner: backend, path: ['spec', 'tls', 'validation'], reader: reader.trust };
  const { tls, bundle, accepted, resolvedRefs, findings } = judgeValidation(asked.validation, site);
  const client =
    asked.mode === 'ClientAndServer'
      ? resolveClientRef(asked.clientCertificateRef, {
          owner: backend,
          path: ['spec', 'tls', 'clientCertificateRef'],
          reader,
        })
      : NO_CLIENT_CERTIFICATE;
  const unproven = client.problem === null ? null : { reason: 'Invalid' as const, finding: client.problem.finding };
  return {
    tls: { tls: unproven === null ? tls : null, clientSecret: client.secret },
    client,
    bundle,
    accepted: accepted ?? unproven,
    resolvedRefs,
    findings: [...findings, ...client.findings],
  };
}

/** What there is to say of XBackends. */
export function xBackendFindings({ accepted }: AcceptedXBackends): readonly Finding[] {
  return accepted.flatMap(({ findings }) => findings);
}
