// SPDX-License-Identifier: Apache-2.0

/** A daemun of this checkout that follows the cluster as a ServiceAccount, and what it says of itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import type { StatusPage } from '../../../src/controller/index.ts';

const DAEMUN = join(import.meta.dirname, '../../../bin/daemun');

export interface FollowerOptions {
  readonly token: string;
  readonly controllerName: string;
  readonly leaseNamespace: string;
  /** Addresses of this machine for its Gateways. */
  readonly pool: string;
  /** Of the admin address: one that replaces another has the same, and answers at the next port until that is gone. */
  readonly adminPort: number;
  /** Default: there. */
  readonly answersAt?: number;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export class Follower {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #adminPort: number;
  readonly lines: LogLine[] = [];

  constructor(options: FollowerOptions) {
    const { token, controllerName, leaseNamespace, pool, adminPort, answersAt = adminPort } = options;
    this.#adminPort = answersAt;
    this.#folder = mkdtempSync('/dev/shm/daemun-troubles-');
    const kubeconfig = join(this.#folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(token));
    const state = join(this.#folder, 'state');
    mkdirSync(state);
    const cluster = ['--kubernetes', '--kubeconfig', kubeconfig, '--lease-namespace', leaseNamespace];
    const names = ['--controller-name', controllerName, '--admin', `127.0.0.1:${adminPort}`];
    const place = ['--address-mode', 'host', '--address-pool', pool, '--state-dir', state];
    const more = ['--workers', '1', '--log-format', 'json', '--drain-timeout', '5s'];
    this.#child = spawn(process.execPath, [DAEMUN, 'run', ...cluster, ...names, ...place, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (this.#child.stderr !== null)
      createInterface({ input: this.#child.stderr }).on('line', line => this.lines.push(lineOf(line)));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Whether it says that it is ready; false also before it can be asked. */
  async isReady(): Promise<boolean> {
    return (await this.#ask('ready').catch(() => null))?.ok === true;
  }

  async page(): Promise<StatusPage> {
    return (await (await this.#ask('status')).json()) as StatusPage;
  }

  /** Whether `daemun status` tells of a trouble with such a subject and message. */
  async tells(subject: string, message: RegExp): Promise<boolean> {
    const page = await this.page().catch(() => null);
    return page?.troubles.shown.some(one => one.subject === subject && message.test(one.message)) === true;
  }

  /** Requests to the API server so far, by labels. */
  async requests(): Promise<ReadonlyMap<string, number>> {
    const text = await (await this.#ask('metrics')).text();
    const samples = text.matchAll(/^daemun_kubernetes_requests_total\{([^}]*)\} (\d+)$/gm);
    return new Map(Array.from(samples, ([, labels = '', count]) => [labels, Number(count)]));
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#adminPort}/${path}`, { signal: AbortSignal.timeout(5_000) });
  }
}

/** That of the administrator, for somebody else. */
function kubeconfigOf(token: string): string {
  const config = parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
    readonly users: readonly { readonly name: string }[];
  };
  return JSON.stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) });
}

function lineOf(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'error', msg: text };
  }
}
