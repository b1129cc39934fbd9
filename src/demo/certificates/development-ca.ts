// SPDX-License-Identifier: Apache-2.0

/**
 * The development CA: made on first use, kept in a state directory, never to be trusted outside this machine.
 *
 *   STATE/ca/ca.crt, ca.key    the authority; the folder appears at once, so two processes agree on one
 *   STATE/issued/NAME.pem      certificates that were issued, key first; used again while they are valid
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DaemunError, fileFault } from '../../errors/index.ts';
import {
  closeFolder,
  closeToOthers,
  createFile,
  makeFolder,
  makePrivateFolder,
  replaceFile,
} from '../../files/index.ts';
import {
  type CertificateAuthority,
  type CertificatePair,
  createAuthority,
  issueCertificate,
  loadAuthority,
} from './certificate-authority.ts';
import { type CertificateHost, parseCertificateHost } from './certificate-host.ts';

const CA_DAYS = 3650;
const LEAF_DAYS = 365;
/** What is about to end is made anew, so that a process does not start with a certificate that ends while it runs. */
const RENEW_BEFORE_MS = 7 * 86_400_000;

export interface DevelopmentCa {
  /** PEM file of the authority, for clients to trust (`--cacert`). */
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly authority: CertificateAuthority;
  /** A certificate for DNS names, wildcards and IP addresses; the same one for the same hosts while it is valid. Throws for a host that is none of these. */
  issue(hosts: readonly string[]): Promise<CertificatePair>;
}

export interface DevelopmentCaOptions {
  readonly stateDirectory: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Opens the authority, or makes it. Rejects with a `DaemunError` when the directory cannot be written, or belongs to another user. */
export async function openDevelopmentCa(options: DevelopmentCaOptions): Promise<DevelopmentCa> {
  try {
    return await openOrMake(options);
  } catch (error) {
    const message = `the development CA in ${options.stateDirectory} cannot be used: ${fileFault(error)}`;
    throw new DaemunError('demo/unusable-ca', message, { cause: error });
  }
}

async function openOrMake(options: DevelopmentCaOptions): Promise<DevelopmentCa> {
  const folder = join(options.stateDirectory, 'ca');
  makeFolder(options.stateDirectory);
  if (existsSync(folder)) await closeFolder(folder);
  const authority = (await readAuthority(folder, options.nowMs)) ?? (await makeAuthority(folder, options));
  return {
    certificateFile: join(folder, 'ca.crt'),
    keyFile: join(folder, 'ca.key'),
    authority,
    issue: async hosts => issue(authority, parseHosts(hosts), options),
  };
}

async function readAuthority(folder: string, nowMs: number): Promise<CertificateAuthority | undefined> {
  try {
    const chain = await readFile(join(folder, 'ca.crt'), 'utf8');
    await closeToOthers(join(folder, 'ca.key'));
    const authority = loadAuthority({ chain, key: await readFile(join(folder, 'ca.key'), 'utf8') });
    return authority.notAfterMs - nowMs > RENEW_BEFORE_MS ? authority : undefined;
  } catch {
    return undefined; // not there yet, or damaged: it is made anew
  }
}

async function makeAuthority(folder: string, options: DevelopmentCaOptions): Promise<CertificateAuthority> {
  const authority = await createAuthority(
    `daemun development CA ${new Date(options.nowMs).toISOString().slice(0, 10)}`,
    {
      nowMs: options.nowMs,
      days: CA_DAYS,
    },
  );
  const fresh = await mkdtemp(join(options.stateDirectory, 'ca-'));
  await createFile(join(fresh, 'ca.key'), authority.pair.key);
  await createFile(join(fresh, 'ca.crt'), authority.pair.chain, 0o644);
  try {
    await rename(fresh, folder);
  } catch {
    const other = await readAuthority(folder, options.nowMs); // another process was first
    if (other !== undefined) {
      await rm(fresh, { recursive: true });
      return other;
    }
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  }
  return authority;
}

async function issue(
  authority: CertificateAuthority,
  hosts: readonly CertificateHost[],
  options: DevelopmentCaOptions,
): Promise<CertificatePair> {
  const file = join(options.stateDirectory, 'issued', `${fileName(hosts)}.pem`);
  const known = await readIssued(file, authority, options.nowMs);
  if (known !== undefined) return known;
  const pair = await issueCertificate(authority, hosts, { nowMs: options.nowMs, days: LEAF_DAYS });
  await makePrivateFolder(join(options.stateDirectory, 'issued'));
  await replaceFile(file, pair.key + pair.chain);
  return pair;
}

async function readIssued(
  file: string,
  authority: CertificateAuthority,
  nowMs: number,
): Promise<CertificatePair | undefined> {
  try {
    await closeToOthers(file);
    const text = await readFile(file, 'utf8');
    const start = text.indexOf('-----BEGIN CERTIFICATE-----');
    const pair = { key: text.slice(0, start), chain: text.slice(start) };
    const leaf = new X509Certificate(pair.chain);
    const fits =
      leaf.verify(new X509Certificate(authority.pair.chain).publicKey) &&
      leaf.checkPrivateKey(createPrivateKey(pair.key)) &&
      Date.parse(leaf.validTo) - nowMs > RENEW_BEFORE_MS;
    return fits ? pair : undefined;
  } catch {
    return undefined; // not issued yet, or damaged
  }
}

function parseHosts(hosts: readonly string[]): CertificateHost[] {
  if (hosts.length === 0) throw new Error('a certificate needs at least one host');
  return hosts.map(text => {
    const host = parseCertificateHost(text);
    if (host === undefined)
      throw new Error(`"${text}" is not a DNS name, a wildcard such as *.example.com, or an IP address`);
    return host;
  });
}

/** Readable, and unique for the set of hosts. */
function fileName(hosts: readonly CertificateHost[]): string {
  const texts = [...new Set(hosts.map(host => host.text))].sort();
  const hash = createHash('sha256').update(texts.join(',')).digest('hex').slice(0, 12);
  return `${texts[0]?.replaceAll(/[^a-z0-9.-]/g, '_') ?? ''}-${hash}`;
}
