// SPDX-License-Identifier: Apache-2.0

/**
 * The test cluster, driven by the scripts of a folder: `up`, `down`, `run COMMAND…` (in the cluster's network, with KUBECONFIG and
 * kubectl) and `conformance FLAGS…` (the official suite). Needs Linux and root.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Addresses of the cluster that a program may bind by itself, without adding them first. */
export const BINDABLE = '10.200.0.0/17';
/** One of them that no Gateway is given by chance, and one outside that nobody can bind. */
export const USABLE_ADDRESS = '10.200.127.1';
export const UNUSABLE_ADDRESS = '10.201.0.1';

/** The same of Services of type LoadBalancer: an address that none is given by chance, and what cannot be had. */
export const USABLE_SERVICE_ADDRESS = '10.200.255.1';
export const UNUSABLE_SERVICE_ADDRESS = '10.201.0.1';

/** The one there is. */
export interface ClusterNode {
  readonly name: string;
  readonly address: string;
}

/** There is no test cluster, or it does not start. */
export class NoCluster extends Error {}

/** A start takes some ten seconds, half a minute more when packages must be installed. */
const MAX_START_MS = 300_000;
/** All of the suite; three minutes when nothing fails. */
const MAX_SUITE = '25m';

export class Harness {
  readonly #folder: string;

  /** @throws NoCluster when the folder has none in it. */
  constructor(folder: string) {
    if (!existsSync(join(folder, 'conformance')))
      throw new NoCluster(`no test cluster in ${folder}; --cluster names its folder`);
    this.#folder = folder;
  }

  get isUp(): boolean {
    return spawnSync(join(this.#folder, 'run'), ['true'], { stdio: 'ignore' }).status === 0;
  }

  /** Some ten seconds; no effect on a cluster that is up. @throws NoCluster when it does not start. */
  up(): void {
    try {
      execFileSync(join(this.#folder, 'up'), { stdio: ['ignore', 'ignore', 'inherit'], timeout: MAX_START_MS });
    } catch (error) {
      throw new NoCluster(`the cluster does not start: ${error instanceof Error ? error.message : error}`);
    }
  }

  down(): void {
    execFileSync(join(this.#folder, 'down'), { stdio: 'ignore' });
  }

  /** Its output; `input` is what it reads. */
  kubectl(args: readonly string[], input = ''): string {
    return execFileSync(join(this.#folder, 'run'), ['kubectl', ...args], { input, encoding: 'utf8' });
  }

  /** The output of a command of the host in the cluster's network. */
  run(command: readonly string[]): string {
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    return execFileSync(join(this.#folder, 'run'), [...command], { encoding: 'utf8', stdio: [...stdio] });
  }

  /** Puts an image, of an OCI archive that holds it by this name, into the cluster. */
  loadImage(name: string, archive: string): void {
    execFileSync(join(this.#folder, 'load-image'), [name, archive], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** @throws Error when the cluster has none. */
  node(): ClusterNode {
    const path = '{.items[0].metadata.name} {.items[0].status.addresses[?(@.type=="InternalIP")].address}';
    const [name = '', address = ''] = this.kubectl(['get', 'nodes', '--output', `jsonpath=${path}`]).split(' ');
    if (name === '' || address === '') throw new Error('the cluster has no node');
    return { name, address };
  }

  /** A process of the host in the cluster's network; its output goes to file descriptor `log`. */
  start(command: readonly string[], log: number): ChildProcess {
    return spawn(join(this.#folder, 'run'), [...command], { stdio: ['ignore', log, log] });
  }

  /** One run of the suite. Each line that it prints is handed over; resolves with the exit code. */
  async suite(flags: readonly string[], log: string, onLine: (line: string) => void): Promise<number> {
    const child = spawn(join(this.#folder, 'conformance'), [...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CONFORMANCE_LOG: log, CONFORMANCE_TIMEOUT: MAX_SUITE },
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', code => resolve(code ?? 1));
    });
    for await (const line of createInterface({ input: child.stdout })) onLine(line);
    return await ended;
  }
}
