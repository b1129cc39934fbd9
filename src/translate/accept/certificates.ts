// SPDX-License-Identifier: Apache-2.0

import type { Finding, FindingCode } from '../../errors/index.ts';
import { GATEWAY_GROUP, type GatewayListener, type ResourceSet, type Secret } from '../../resources/index.ts';
import type { Certificate } from '../../snapshot/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { contentHash } from '../content-hash.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { expiryOf } from '../expiry.ts';
import { type ListenerSite, listenerPath } from '../listener-site.ts';
import type { ListenerRefsReason, Problem } from '../outcomes.ts';
import { findingOf, type Named } from '../report.ts';
import { missingText } from '../resolve/missing-object.ts';
import { type GrantFrom, type GrantTo, grantToCreate, type ReferenceGrants } from '../resolve/reference-grants.ts';
import type { TrustReader } from '../resolve/trust-bundles.ts';

/** What a Secret holds; kept for as long as the Secret object is the same. */
export type SecretContent =
  | { readonly kind: 'certificate'; readonly secret: Secret; readonly certificate: Certificate }
  | { readonly kind: 'broken'; readonly secret: Secret; readonly problem: string };

/** Reads Secrets once per version of each; the next translation starts from what this one read. */
export interface SecretReader {
  readonly resources: ResourceSet;
  readonly grants: ReferenceGrants;
  readonly environment: TranslateEnvironment;
  readonly previous: ReadonlyMap<string, SecretContent>;
  readonly read: Map<string, SecretContent>;
  readonly trust: TrustReader;
}

/** The usable certificates of one listener, in the order written, and what is wrong with the others. */
export interface ListenerCertificates {
  readonly certificates: readonly Certificate[];
  readonly problems: readonly Problem<ListenerRefsReason>[];
  readonly findings: readonly Finding[];
}

/** Resolves `tls.certificateRefs` of a listener. */
export function resolveCertificates(site: ListenerSite, reader: SecretReader): ListenerCertificates {
  const { owner, spec } = site;
  const certificates: Certificate[] = [];
  const problems: Problem<ListenerRefsReason>[] = [];
  const findings: Finding[] = [];
  const refs = spec.tls?.certificateRefs ?? [];
  refs.forEach((ref, refIndex) => {
    const path = listenerPath(site, 'tls', 'certificateRefs', refIndex);
    const found = resolveCertificate(ref, { owner, path, reader });
    if ('reason' in found) {
      problems.push(found);
      findings.push(found.finding);
      return;
    }
    certificates.push(found.certificate);
    findings.push(...expiryFindings(found, { owner, path, reader }));
  });
  return { certificates, problems, findings };
}

export type CertificateRef = NonNullable<NonNullable<NonNullable<GatewayListener['tls']>['certificateRefs']>[number]>;
/** Where a certificate is referred to. */
export interface CertificateSite {
  readonly owner: Named;
  readonly path: readonly (string | number)[];
  readonly reader: SecretReader;
}

/** Follows one reference to a certificate. */
export function resolveCertificate(
  ref: CertificateRef,
  { owner, path, reader }: CertificateSite,
): Problem<'InvalidCertificateRef' | 'RefNotPermitted'> | Extract<SecretContent, { kind: 'certificate' }> {
  const broken = (code: FindingCode, message: string, help: string): Problem<'InvalidCertificateRef'> => ({
    reason: 'InvalidCertificateRef',
    finding: findingOf(code, owner, { path, message, help }),
  });
  if (ref.kind !== 'Secret' || ref.group !== '') {
    return broken(
      'gateway/certificate-kind',
      `${path.findLast(step => typeof step === 'string')} names a ${ref.group === '' ? ref.kind : `${ref.kind} (${ref.group})`}; only Secrets can hold certificates`,
      ref.kind === 'Secret' ? 'Leave group out, or write group: ""' : 'Use kind: Secret',
    );
  }
  const namespace = ref.namespace ?? owner.metadata.namespace;
  const from = { group: GATEWAY_GROUP, kind: owner.kind, namespace: owner.metadata.namespace };
  const to = { group: '', kind: 'Secret', namespace, name: ref.name };
  // Before the Secret is looked up: whether it exists must not be told to those who may not refer to it.
  if (!reader.grants.permits(from, to)) return notPermitted(owner, path, { from, to });
  const content = readSecret(formatNamespacedName({ namespace, name: ref.name }), reader);
  if (content === undefined) {
    const target = { kind: 'Secret', namespace, name: ref.name };
    const text = missingText(target, reader.environment.refused?.get(`Secret/${formatNamespacedName(target)}`), {
      help: `Create it: daemun cert, or kubectl create secret tls ${ref.name} -n ${namespace} --cert=… --key=… (run --demo makes one)`,
    });
    const report = { path, ...text };
    return { reason: 'InvalidCertificateRef', finding: findingOf('gateway/certificate-not-found', owner, report) };
  }
  if (content.kind === 'certificate') return content;
  return broken(
    'gateway/certificate-invalid',
    `Secret ${namespace}/${ref.name} holds no usable certificate: ${content.problem}`,
    'Put a PEM chain, leaf first, under tls.crt and its private key under tls.key',
  );
}

function notPermitted(
  owner: Named,
  path: CertificateSite['path'],
  { from, to }: { from: GrantFrom; to: GrantTo },
): Problem<'RefNotPermitted'> {
  const message = `The reference to Secret ${to.namespace}/${to.name} is not permitted by a ReferenceGrant in namespace ${to.namespace}`;
  const target = { kind: 'Secret', namespace: to.namespace, name: to.name };
  const report = { path, message, help: grantToCreate(from, to), target };
  return { reason: 'RefNotPermitted', finding: findingOf('gateway/certificate-not-permitted', owner, report) };
}

function readSecret(key: string, reader: SecretReader): SecretContent | undefined {
  const secret = reader.resources.secrets.get(key);
  if (secret === undefined) return undefined;
  const known = reader.read.get(key) ?? reader.previous.get(key);
  const content = known?.secret === secret ? known : inspectSecret(key, secret, reader.environment);
  reader.read.set(key, content);
  return content;
}

function inspectSecret(key: string, secret: Secret, environment: TranslateEnvironment): SecretContent {
  const chain = decodeBase64(secret.data['tls.crt']);
  const privateKey = decodeBase64(secret.data['tls.key']);
  if (chain === undefined) return { kind: 'broken', secret, problem: 'tls.crt is missing' };
  if (privateKey === undefined) return { kind: 'broken', secret, problem: 'tls.key is missing' };
  const inspection = environment.inspectCertificate(chain, privateKey);
  if ('problem' in inspection) return { kind: 'broken', secret, problem: inspection.problem };
  const certificate: Certificate = {
    id: `${key}@${contentHash(`${chain}\n${privateKey}`)}`,
    ...inspection,
  };
  return { kind: 'certificate', secret, certificate };
}

function decodeBase64(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  try {
    return atob(value.replaceAll(/\s/g, ''));
  } catch {
    return undefined;
  }
}

/** That a certificate has expired, or will soon. */
export function expiryFindings(
  content: Extract<SecretContent, { kind: 'certificate' }>,
  { owner, path, reader }: CertificateSite,
): readonly Finding[] {
  const name = formatNamespacedName(content.secret.metadata);
  const { notAfterMs } = content.certificate;
  reader.environment.noteEnd?.(notAfterMs);
  const expiry = expiryOf(notAfterMs, reader.environment.nowMs);
  const help = `Renew Secret ${name}`;
  switch (expiry.state) {
    case 'later':
      return [];
    case 'soon': {
      const message = `The certificate in Secret ${name} expires on ${expiry.day}`;
      return [findingOf('gateway/certificate-expires-soon', owner, { path, message, help })];
    }
    case 'over': {
      const message = `The certificate in Secret ${name} expired on ${expiry.day}`;
      return [findingOf('gateway/certificate-expired', owner, { path, message, help })];
    }
  }
}
