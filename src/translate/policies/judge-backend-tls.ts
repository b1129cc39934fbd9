// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { BackendTLSPolicy, ServerValidation } from '../../resources/index.ts';
import type { BackendTls, PeerIdentity, TrustBundle } from '../../snapshot/index.ts';
import type { PolicyAcceptedReason, PolicyRefsReason, Problem } from '../outcomes.ts';
import { findingOf, type Named } from '../report.ts';
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
  const judged = judgeValidation(policy.spec.validation, { owner: policy, path: ['spec', 'validation'], reader });
  return { ...judged, findings: [...judged.findings, ...ignoredOptions(policy)] };
}

/** Whose validation it is, and where. */
export interface ValidationSite {
  readonly owner: Named;
  readonly path: readonly (string | number)[];
  readonly reader: TrustReader;
}

/** Judges how the certificates of a backend are to be judged. */
export function judgeValidation(validation: ServerValidation, site: ValidationSite): JudgedBackendTls {
  const { hostname, caCertificateRefs, wellKnownCACertificates } = validation;
  const serverName = hostname.toLowerCase();
  const names = { serverName, identities: identitiesOf(validation, serverName) };
  if (caCertificateRefs === undefined) {
    const unknown = wellKnownCACertificates === SYSTEM ? null : unknownAuthorities(validation, site);
    const tls = unknown === null ? { ...names, trust: { kind: 'system' as const } } : null;
    const findings = unknown === null ? [] : [unknown.finding];
    return { tls, bundle: null, accepted: unknown, resolvedRefs: null, findings };
  }
  const path = [...site.path, 'caCertificateRefs'];
  const { bundle, problems, findings } = resolveTrust(caCertificateRefs, {
    referrer: site.owner,
    path,
    reader: site.reader,
  });
  const [first] = problems;
  const untrusting = bundle === null && first !== undefined ? noValidAuthority({ ...site, path }, first.finding) : null;
  return {
    tls: bundle === null ? null : { ...names, trust: { kind: 'bundle', bundle: bundle.id } },
    bundle,
    accepted: untrusting,
    resolvedRefs: first ?? null,
    findings: [...findings, ...(untrusting === null ? [] : [untrusting.finding])],
  };
}

/** Alternative names take the place of the hostname (BackendTLSPolicyValidation.subjectAltNames). */
function identitiesOf({ subjectAltNames: names = [] }: ServerValidation, serverName: string): readonly PeerIdentity[] {
  if (names.length === 0) return [{ kind: 'hostname', hostname: serverName }];
  return names.map(name =>
    name.type === 'URI' ? { kind: 'uri', uri: name.uri } : { kind: 'hostname', hostname: name.hostname.toLowerCase() },
  );
}

function noValidAuthority(
  { owner, path }: ValidationSite,
  { message, help }: Finding,
): Problem<'NoValidCACertificate'> {
  const finding = findingOf('policy/no-valid-ca', owner, {
    path,
    message: `No CA certificate can be used, so requests to the target are answered with an error: ${message}`,
    help,
  });
  return { reason: 'NoValidCACertificate', finding };
}

function unknownAuthorities(
  { wellKnownCACertificates }: ServerValidation,
  { owner, path }: ValidationSite,
): Problem<'Invalid'> {
  const finding = findingOf('policy/well-known-ca', owner, {
    path: [...path, 'wellKnownCACertificates'],
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
