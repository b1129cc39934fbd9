// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ChannelCredentials, type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import { fileFault } from '../../errors/index.ts';
import { couldNotRun, usageError } from '../exit-code.ts';

export interface TargetOptions {
  readonly plaintext: boolean;
  readonly insecure: boolean;
  readonly cacert: string | undefined;
  readonly authority: string | undefined;
}

/** Where a call goes and how. */
export interface CallTarget {
  /** `host:port`. */
  readonly address: string;
  readonly secure: boolean;
  /** `:authority`, and the name that the certificate must have; undefined: the address. */
  readonly authority: string | undefined;
}

/** What HTTP/2 servers take: the visible characters of ASCII. */
const AUTHORITY = /^[!-~]+$/;

/** Messages that are larger are legal in gRPC; the caller knows what it asks for. */
const NO_LIMIT = -1;

/**
 * Reads an ADDRESS: `host`, `host:port`, `http://…` or `https://…`. TLS unless `http://` or `--plaintext` says
 * otherwise; the port is 443 with TLS, else 80, when it is left out. Throws a usage error.
 */
export function parseTarget(text: string, options: TargetOptions): CallTarget {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw usageError(`ADDRESS ${text}: the scheme is ${scheme}, but must be http or https`);
  }
  if (scheme === 'https' && options.plaintext) throw usageError(`--plaintext and ${text} exclude each other`);
  const secure = scheme === undefined ? !options.plaintext : scheme === 'https';
  if (!secure && (options.insecure || options.cacert !== undefined)) {
    throw usageError('--cacert and --insecure are for TLS, but the call is in cleartext');
  }
  const bare = scheme === undefined ? text : text.slice(scheme.length + 3).replace(/\/$/, '');
  const url = URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`) : undefined;
  if (url === undefined || url.pathname !== '/' || url.username !== '')
    throw usageError(`ADDRESS ${text}: not a host:port`);
  const port = /:(\d+)$/.exec(bare)?.[1] ?? (secure ? '443' : '80');
  const { authority } = options;
  if (authority !== undefined && !AUTHORITY.test(authority)) {
    throw usageError(`--authority ${JSON.stringify(authority)}: not a host or host:port`);
  }
  return { address: `${url.hostname}:${port}`, secure, authority };
}

/** A client for a target; the caller closes it. Exit code 3 when the CA file cannot be read. */
export async function openClient(target: CallTarget, options: TargetOptions): Promise<Client> {
  const channel: ChannelOptions = {
    'grpc.max_receive_message_length': NO_LIMIT,
    'grpc.max_send_message_length': NO_LIMIT,
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
  };
  if (target.authority !== undefined) {
    channel['grpc.default_authority'] = target.authority;
    const name = target.authority.replace(/:\d+$/, '');
    if (target.secure && isIP(name) === 0) channel['grpc.ssl_target_name_override'] = name;
  }
  // grpc-js gives an IP address to node:tls as a server name, which Node ignores, but complains about on stderr.
  if (target.secure && target.authority === undefined) process.noDeprecation = true;
  const security = target.secure ? await tlsCredentials(options) : credentials.createInsecure();
  return new Client(target.address, security, channel);
}

async function tlsCredentials(options: TargetOptions): Promise<ChannelCredentials> {
  const verify = { rejectUnauthorized: !options.insecure };
  if (options.cacert === undefined) return credentials.createSsl(null, null, null, verify);
  return credentials.createSsl(await readAuthorities(options.cacert), null, null, verify);
}

async function readAuthorities(file: string): Promise<Buffer> {
  let pem: Buffer;
  try {
    pem = await readFile(file);
  } catch (error) {
    throw couldNotRun(`--cacert ${file}: ${fileFault(error)}`);
  }
  // TLS would trust nobody then, and say something else.
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw couldNotRun(`--cacert ${file}: no certificate is in it`, 'Name a PEM file, such as `daemun cert` writes');
  return pem;
}
