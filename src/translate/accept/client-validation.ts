// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway } from '../../resources/index.ts';
import type { ClientValidation, TrustBundle } from '../../snapshot/index.ts';
import type { ListenerRefsReason, Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { resolveTrust, type TrustReader, type TrustReason } from '../resolve/trust-bundles.ts';

/** What clients must show on some ports of a Gateway. */
export interface PortValidation {
  /** null: no certificate of an authority can be used, so nobody could be let in. */
  readonly trusted: { readonly clients: ClientValidation; readonly bundle: TrustBundle } | null;
  /** The first reference that cannot be used. */
  readonly resolvedRefs: Problem<ListenerRefsReason> | null;
  readonly accepted: Problem<'NoValidCACertificate'> | null;
}

/** What `spec.tls.frontend` of a Gateway asks of clients (GatewayTLSConfig.frontend). */
export interface FrontendValidation {
  /** null: nobody is asked. */
  readonly elsewhere: PortValidation | null;
  /** Ports with rules of their own instead; null: nobody is asked there. */
  readonly byPort: ReadonlyMap<number, PortValidation | null>;
  /** Set: clients whose certificates fail are let in, somewhere. */
  readonly insecure: Problem<'ConfigurationChanged'> | null;
  readonly findings: readonly Finding[];
}

type Path = readonly (string | number)[];
type Validation = NonNullable<NonNullable<NonNullable<Gateway['spec']['tls']>['frontend']>['default']['validation']>;

/** Judges what a Gateway asks of clients, once for all of its listeners. */
export function judgeFrontend(gateway: Gateway, reader: TrustReader): FrontendValidation {
  const frontend = gateway.spec.tls?.frontend;
  const findings: Finding[] = [];
  const insecure: Problem<'ConfigurationChanged'>[] = [];
  const judge = (validation: Validation | undefined, at: Path): PortValidation | null => {
    if (validation === undefined) return null;
    const path = ['spec', 'tls', 'frontend', ...at, 'validation'];
    const judged = judgeValidation(gateway, { validation, path, reader }, findings);
    if (validation.mode === 'AllowInsecureFallback') insecure.push(insecureMode(gateway, path));
    return judged;
  };
  const elsewhere = judge(frontend?.default.validation, ['default']);
  const byPort = new Map<number, PortValidation | null>();
  for (const [index, { port, tls }] of (frontend?.perPort ?? []).entries())
    byPort.set(port, judge(tls.validation, ['perPort', index, 'tls']));
  findings.push(...insecure.map(({ finding }) => finding));
  return { elsewhere, byPort, insecure: insecure[0] ?? null, findings };
}

/** What a listener of `port` asks of clients; null: nothing. */
export function validationAt({ elsewhere, byPort }: FrontendValidation, port: number): PortValidation | null {
  const own = byPort.get(port);
  return own === undefined ? elsewhere : own;
}

function judgeValidation(
  gateway: Gateway,
  { validation, path, reader }: { readonly validation: Validation; readonly path: Path; readonly reader: TrustReader },
  findings: Finding[],
): PortValidation {
  const site = { referrer: gateway, path: [...path, 'caCertificateRefs'], reader };
  const { bundle, problems, findings: found } = resolveTrust(validation.caCertificateRefs, site);
  findings.push(...found);
  const certificate = validation.mode === 'AllowValidOnly' ? 'required' : 'wanted';
  const first = problems[0];
  return {
    trusted: bundle === null ? null : { clients: { bundle: bundle.id, certificate, isForwarded: false }, bundle },
    resolvedRefs: first === undefined ? null : { reason: refsReason(first.reason), finding: first.finding },
    accepted:
      bundle === null && first !== undefined ? { reason: 'NoValidCACertificate', finding: first.finding } : null,
  };
}

function refsReason(reason: TrustReason): ListenerRefsReason {
  return reason === 'InvalidKind' ? 'InvalidCACertificateKind' : reason;
}

function insecureMode(gateway: Gateway, path: Path): Problem<'ConfigurationChanged'> {
  const finding = findingOf('gateway/insecure-client-validation', gateway, {
    path: [...path, 'mode'],
    message: 'Clients without a certificate, or with one that fails, are let in (AllowInsecureFallback)',
    help: 'Set mode: AllowValidOnly, unless every backend looks at x-forwarded-client-cert itself',
  });
  return { reason: 'ConfigurationChanged', finding };
}
