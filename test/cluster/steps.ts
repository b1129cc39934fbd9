// SPDX-License-Identifier: Apache-2.0

/** What guides have people do on a cluster, and whether it came as they say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Harness } from '../conformance/harness.ts';
import type { Installation } from '../conformance/installed-gateway.ts';

/** What Pods, load balancers and deletions may take. */
const MAX_WAIT = '90s';

/** How a call ended: what `daemun call -v` prints, or why it failed. */
export interface CallResult {
  readonly output: string;
  /** Which Pod answered; '' when none did. */
  readonly pod: string;
}

export interface CallOptions {
  readonly address: string;
  readonly authority: string;
  readonly method: string;
  readonly message?: object;
  /** Further flags of `daemun call`. */
  readonly flags?: readonly string[];
}

interface Deployed {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PodProgram {
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly port?: number;
  /** Files that it finds in a folder. */
  readonly mounted?: { readonly configMap: string; readonly at: string };
}

export class ClusterSteps {
  readonly #harness: Harness;
  readonly #installation: Installation;
  readonly #root: string;
  failures = 0;

  constructor(harness: Harness, installation: Installation, root: string) {
    this.#harness = harness;
    this.#installation = installation;
    this.#root = root;
  }

  check(what: string, isGood: boolean, found: string): void {
    if (!isGood) this.failures += 1;
    process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} ${what}${isGood ? '' : `: ${found.trim()}`}\n`);
  }

  /** What cannot be tried here. */
  skip(what: string): void {
    process.stdout.write(`skip ${what}\n`);
  }

  /** A file of the checkout. */
  read(path: string): string {
    return readFileSync(join(this.#root, path), 'utf8');
  }

  kubectl(...args: readonly string[]): string {
    return this.#harness.kubectl(args);
  }

  /** Applies manifests in a namespace ('': in none), unedited but for the class of Gateways and the image of daemun. */
  apply(namespace: string, manifests: string): string {
    const edited = manifests
      .replace(/gatewayClassName: .*/g, `gatewayClassName: ${this.#installation.className}`)
      .replace(/localhost\/daemun:[\w.]+/g, this.#installation.image);
    return this.#harness.kubectl([...(namespace === '' ? [] : ['-n', namespace]), 'apply', '-f', '-'], edited);
  }

  /** A Secret with a self-signed certificate; its PEM. */
  certificate(secret: string, hosts: readonly string[]): string {
    const names = hosts.flatMap(host => ['--host', host]);
    const manifest = this.#daemun(['cert', 'issue', '--self-signed', ...names, '--secret', secret]);
    this.#harness.kubectl(['apply', '-f', '-'], manifest);
    const [, encoded = ''] = /tls\.crt: (\S+)/.exec(manifest) ?? [];
    return Buffer.from(encoded, 'base64').toString();
  }

  /** Pods that answer `api.Echo` and everything else, for what a Deployment of that name would be. */
  backends(namespace: string, name: string, labels: Readonly<Record<string, string>>, port = 50_051): void {
    this.#deploy(
      { namespace, name, labels },
      {
        args: ['demo', `--listen=0.0.0.0:${port}`],
        ports: [{ containerPort: port }],
        readinessProbe: { grpc: { port }, periodSeconds: 1 },
      },
    );
  }

  /** A Pod of the image that runs another program; it is ready when `port`, if it has one, can be connected to. */
  program(namespace: string, name: string, { labels, command, port, mounted }: PodProgram): void {
    const readinessProbe = port === undefined ? undefined : { tcpSocket: { port }, periodSeconds: 1 };
    const volumeMounts = mounted && [{ name: 'mounted', mountPath: mounted.at }];
    const volumes = mounted && [{ name: 'mounted', configMap: { name: mounted.configMap } }];
    this.#deploy({ namespace, name, labels }, { command, readinessProbe, volumeMounts }, volumes);
  }

  #deploy({ namespace, name, labels }: Deployed, part: object, volumes?: readonly object[]): void {
    const container = { name: 'demo', image: this.#installation.image, ...part };
    const pod = { containers: [container], volumes, terminationGracePeriodSeconds: 1 };
    const template = { metadata: { labels }, spec: pod };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name }, spec };
    this.#harness.kubectl(['apply', '-f', '-'], JSON.stringify(deployment));
  }

  /** Waits until a condition of an object is so. @throws Error when it does not become so. */
  wait(namespace: string, object: string, condition: string): void {
    this.kubectl('-n', namespace, 'wait', object, '--for', condition, '--timeout', MAX_WAIT);
  }

  /** The first address that a Gateway has. */
  address(namespace: string, gateway: string): string {
    return this.kubectl('-n', namespace, 'get', 'gateway', gateway, '-o', 'jsonpath={.status.addresses[0].value}');
  }

  call({ address, authority, method, message = {}, flags = [] }: CallOptions): CallResult {
    const args = ['call', address, method, '-d', JSON.stringify(message), '--authority', authority, '-v', ...flags];
    try {
      const output = this.#daemun([...args, '--max-time', '5']);
      return { output, pod: /^hostname: (.*)$/m.exec(output)?.[1] ?? '' };
    } catch (error) {
      return { output: error instanceof Error ? error.message : String(error), pod: '' };
    }
  }

  /** The output of a program of this machine in the cluster's network. */
  run(...command: readonly string[]): string {
    return this.#harness.run(command);
  }

  /** The output of one that may fail, or why it did. */
  attempt(...command: readonly string[]): string {
    try {
      return this.#harness.run(command);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #daemun(args: readonly string[]): string {
    return this.#harness.run([process.execPath, join(this.#root, 'bin/daemun'), ...args]);
  }
}
