// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { DaemunError, fileFault, messageOf } from '../../errors/index.ts';
import { isObject } from '../plain-object.ts';
import type { KubeAccess, Proof } from './credentials.ts';
import { execCredential } from './exec-credential.ts';
import { reread } from './reread.ts';
import { tokenFile } from './token-file.ts';

export interface KubeconfigChoice {
  readonly file: string;
  /** null: the file's current one. */
  readonly context: string | null;
  wallMs(): number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads how to reach a cluster from a kubeconfig file: certificates and tokens in it or in files beside it, a name and password, or a
 * credential plugin (`exec`). Throws `kubernetes/kubeconfig` for one that cannot be read or asks for anything else.
 */
export function readKubeconfig({ file, context, wallMs }: KubeconfigChoice): KubeAccess {
  const config = new Kubeconfig(file);
  const name = context ?? config.text(config.root, 'current-context');
  if (name === '') throw config.fault('it has no current-context', 'choose one with --context');
  const chosen = config.named('contexts', 'context', name);
  const cluster = config.named('clusters', 'cluster', config.text(chosen, 'cluster'));
  const user = config.named('users', 'user', config.text(chosen, 'user'));
  if (config.text(cluster, 'proxy-url') !== '') {
    throw config.fault(
      'its cluster has a proxy-url, which daemun does not use',
      'reach the API server without a proxy',
    );
  }
  const server = config.text(cluster, 'server').replace(/\/+$/, '');
  if (!/^https?:\/\//.test(server) || !URL.canParse(server))
    throw config.fault(`${JSON.stringify(server)} is not the URL of a server`);
  const ca = reread(() => config.material(cluster, 'certificate-authority'), { wallMs, isSame: (a, b) => a === b });
  return {
    server,
    ca: () => ca(false),
    verify: cluster['insecure-skip-tls-verify'] !== true,
    serverName: config.text(cluster, 'tls-server-name') || null,
    namespace: config.text(chosen, 'namespace') || 'default',
    prove: proofOf(config, user, wallMs),
  };
}

function proofOf(config: Kubeconfig, user: Fields, wallMs: () => number): KubeAccess['prove'] {
  const certificate = certificateOf(config, user, wallMs);
  const fixed = (authorization: string | null): KubeAccess['prove'] => {
    return isRefused => Promise.resolve({ authorization, certificate: certificate(isRefused) });
  };
  const path = config.path(user, 'tokenFile');
  if (path !== null) return tokenFile(path, { certificate, wallMs });
  const token = config.text(user, 'token');
  if (token !== '') return fixed(`Bearer ${token}`);
  const name = config.text(user, 'username');
  if (name !== '') return fixed(`Basic ${Buffer.from(`${name}:${config.text(user, 'password')}`).toString('base64')}`);
  if (isObject(user['exec'])) return execCredential(user['exec'], { certificate, folder: config.folder, wallMs });
  if (user['auth-provider'] !== undefined) {
    throw config.fault(
      'its user has an auth-provider, which Kubernetes has given up',
      'use a credential plugin (exec), a token or a client certificate',
    );
  }
  return fixed(null);
}

function certificateOf(
  config: Kubeconfig,
  user: Fields,
  wallMs: () => number,
): (isRefused: boolean) => Proof['certificate'] {
  let known: Proof['certificate'] = null;
  const read = (): Proof['certificate'] => {
    const cert = config.material(user, 'client-certificate');
    const key = config.material(user, 'client-key');
    if (cert === null || key === null) return null;
    // They are two files: between one and the other they do not fit, and the pair of before may still be taken.
    if (known !== null && !isPair(cert, key)) return known;
    known = { cert, key };
    return known;
  };
  return reread(read, { wallMs, isSame: (a, b) => a?.cert === b?.cert && a?.key === b?.key });
}

function isPair(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/** One file's text as data, and its paths made absolute. */
class Kubeconfig {
  readonly root: Fields;
  readonly folder: string;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.folder = dirname(resolve(file));
    const root = this.#parse();
    if (!isObject(root)) throw this.fault('it is empty or not a mapping');
    this.root = root;
  }

  fault(why: string, help?: string): DaemunError {
    // As of a variable that is not set.
    const name = this.#file.trim() === '' ? `the kubeconfig ${JSON.stringify(this.#file)}` : this.#file;
    return new DaemunError('kubernetes/kubeconfig', `${name}: ${why}`, help === undefined ? {} : { help });
  }

  text(fields: Fields, name: string): string {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  }

  /** `clusters: [{name, cluster: {…}}]` and its like. */
  named(list: string, field: string, name: string): Fields {
    const items = this.root[list];
    const found = Array.isArray(items) ? items.find(item => isObject(item) && item['name'] === name) : undefined;
    const value = isObject(found) ? found[field] : undefined;
    if (isObject(value)) return value;
    throw this.fault(`it has no ${field} ${JSON.stringify(name)}`);
  }

  path(fields: Fields, name: string): string | null {
    const written = this.text(fields, name);
    return written === '' ? null : resolve(this.folder, written);
  }

  /** PEM that stands in `NAME-data` in base64, or in the file that `NAME` says; null without either. */
  material(fields: Fields, name: string): string | null {
    const inline = this.text(fields, `${name}-data`);
    if (inline !== '') return Buffer.from(inline, 'base64').toString();
    const path = this.path(fields, name);
    return path === null ? null : this.#read(path);
  }

  #parse(): unknown {
    const text = this.#read(this.#file);
    try {
      return parse(text);
    } catch (error) {
      // Below the first line is a copy of the text, which may hold keys.
      throw this.fault(messageOf(error).replace(/:?(\n.*)?$/s, ''));
    }
  }

  #read(path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const why = fileFault(error);
      throw this.fault(path === this.#file ? why : `it names ${path}, where ${why}`);
    }
  }
}
