// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import {
  type CertificateHost,
  type CertificatePair,
  issueCertificate,
  parseCertificateHost,
  selfSignedCertificate,
} from '../../demo/index.ts';
import { systemClock } from '../../time/index.ts';
import { usageError } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { openState, readAuthorityFiles } from './cert-authority-files.ts';
import { secretYaml, writePair } from './cert-files.ts';

export interface IssueOptions {
  readonly host?: readonly string[];
  readonly out: string;
  readonly secret?: string;
  readonly selfSigned?: boolean;
  readonly ca?: string;
  readonly caKey?: string;
  readonly days: number;
  readonly stateDir?: string;
  readonly force?: boolean;
}

/** `cert issue`: to files, or as a Secret on stdout. */
export async function issueFor(terminal: Terminal, options: IssueOptions): Promise<void> {
  const hosts = (options.host ?? []).flatMap(text => text.split(',')).map(parseHost);
  if (hosts.length === 0) throw usageError('no --host is given', "For example: --host '*.example.com'");
  const secret = options.secret === undefined ? undefined : parseSecretName(options.secret);
  const pair = await issue(hosts, options);
  if (secret !== undefined) {
    terminal.out(secretYaml(pair, secret));
    return;
  }
  const files = { certificate: join(options.out, 'tls.crt'), key: join(options.out, 'tls.key') };
  await writePair(pair, files, { overwrite: options.force ?? false });
  terminal.out(`${files.certificate}\n${files.key}\n`);
}

async function issue(hosts: readonly CertificateHost[], options: IssueOptions): Promise<CertificatePair> {
  const lifetime = { nowMs: systemClock.wallMs(), days: options.days };
  if (options.selfSigned === true) {
    if (options.ca !== undefined || options.caKey !== undefined)
      throw usageError('--self-signed and --ca exclude each other');
    return selfSignedCertificate(hosts, lifetime);
  }
  if (options.ca !== undefined && options.caKey !== undefined) {
    return issueCertificate(await readAuthorityFiles(options.ca, options.caKey), hosts, lifetime);
  }
  if (options.ca !== undefined || options.caKey !== undefined) throw usageError('--ca and --ca-key go together');
  return issueCertificate((await openState(options.stateDir)).authority, hosts, lifetime);
}

function parseHost(text: string): CertificateHost {
  const host = parseCertificateHost(text);
  if (host !== undefined) return host;
  throw usageError(`--host ${text}: not a DNS name, a wildcard such as *.example.com, or an IP address`);
}

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function parseSecretName(text: string): { namespace: string; name: string } {
  const parts = text.split('/');
  const [namespace, name] = parts.length === 1 ? ['default', text] : parts;
  if (parts.length <= 2 && namespace !== undefined && name !== undefined && NAME.test(namespace) && NAME.test(name)) {
    return { namespace, name };
  }
  throw usageError(`--secret ${text}: not a NAMESPACE/NAME`);
}
