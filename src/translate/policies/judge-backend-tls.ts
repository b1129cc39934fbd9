// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { BackendTLSPolicy } from '../../resources/index.ts';
import type { BackendTls, PeerIdentity, TrustBundle } from '../../snapshot/index.ts';
import type { PolicyAcceptedReason, PolicyRefsReason, Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { resolveTrust, type TrustReader } from '../resolve/trust-bundles.ts';

const SYSTEM = 'System';

/** One policy by itself, whatever it is for. */
export interface JudgedBackendTls {
  /** null: it cannot be used. */
  readonly tls: Omit<BackendTls, 'clientCertificate'> | null;
  /** What `tls` trusts; null: the system's authorities, or nobody. */
  readonly bundle: TrustBundle | null;
  readonly accepted: Problem<PolicyAcceptedReason> | null;
  readonly resolvedRefs: Problem<PolicyRefsReason> | null;
  readonly findings: readonly Finding[];
}

/** Judges `spec.validation` and `spec.options`. */
export function judgeBackendTls(policy: BackendTLSPolicy, reader: TrustReader): JudgedBackendTls {
  const { hostname, caCertificateRefs, wellKnownCACertificates } = policy.spec.validation;
  const serverName = hostname.toLowerCase();
  const names = { serverName, identities: identitiesOf(policy, serverName) };
  const ignored = ignoredOptions(policy);
  if (caCertificateRefs === undefined) {
    const unknown = wellKnownCACertificates === SYSTEM ? null : unknownAuthorities(policy);
    const tls = unknown === null ? { ...names, trust: { kind: 'system' as const } } : null;
    const findings = [...(unknown === null ? [] : [unknown.finding]), ...ignored];
    return { tls, bundle: null, accepted: unknown, resolvedRefs: null, findings };
  }
  const path = ['spec', 'validation', 'caCertificateRefs'];
  const { bundle, problems, findings } = resolveTrust(caCertificateRefs, { referrer: policy, path, reader });
  const [first] = problems;
  const untrusting = bundle === null && first !== undefined ? noValidAuthority(policy, first.finding) : null;
  return {
    tls: bundle === null ? null : { ...names, trust: { kind: 'bundle', bundle: bundle.id } },
    bundle,
    accepted: untrusting,
    resolvedRefs: first ?? null,
    findings: [...findings, ...(untrusting === null ? [] : [untrusting.finding]), ...ignored],
  };
}

/** Alternative names take the place of the hostname (BackendTLSPolicyValidation.subjectAltNames). */
function identitiesOf({ spec }: BackendTLSPolicy, serverName: string): readonly PeerIdentity[] {
  const names = spec.validation.subjectAltNames ?? [];
  if (names.length === 0) return [{ kind: 'hostname', hostname: serverName }];
  return names.map(name =>
    name.type === 'URI' ? { kind: 'uri', uri: name.uri } : { kind: 'hostname', hostname: name.hostname.toLowerCase() },
  );
}

function noValidAuthority(policy: BackendTLSPolicy, { message, help }: Finding): Problem<'NoValidCACertificate'> {
  const finding = findingOf('policy/no-valid-ca', policy, {
    path: ['spec', 'validation', 'caCertificateRefs'],
    message: `No CA certificate can be used, so requests to the target are answered with an error: ${message}`,
    help,
  });
  return { reason: 'NoValidCACertificate', finding };
}

function unknownAuthorities(policy: BackendTLSPolicy): Problem<'Invalid'> {
  const { wellKnownCACertificates } = policy.spec.validation;
  const finding = findingOf('policy/well-known-ca', policy, {
    path: ['spec', 'validation', 'wellKnownCACertificates'],
    message: `wellKnownCACertificates ${wellKnownCACertificates} is not known to daemun; requests to the target are answered with an error`,
    help: `Write ${SYSTEM}, or name your own in caCertificateRefs`,
  });
  return { reason: 'Invalid', finding };
}

function ignoredOptions(policy: BackendTLSPolicy): readonly Finding[] {
  const names = Object.keys(policy.spec.options ?? {}).sort();
  if (names.length === 0) return [];
  return [
    findingOf('policy/options-ignored', policy, {
      path: ['spec', 'options'],
      message: `Without effect: ${names.join(', ')}; no options are known`,
      help: 'Remove them: TLS 1.2 and 1.3 are spoken, with the ciphers that OpenSSL finds strong',
    }),
  ];
}
