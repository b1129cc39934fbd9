// SPDX-License-Identifier: Apache-2.0

/** Commands of guides that use grpcurl, run as they stand: where the guide's names lead to the Gateway and its certificate is trusted. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ClusterSteps } from './steps.ts';

/** Where `go install` puts programs. */
const GO_PROGRAMS = join(homedir(), 'go/bin');

export interface GrpcurlPlace {
  /** Whoever has signed these is trusted, as public authorities are. PEM. */
  readonly trusted: string;
  /** Names as DNS would resolve them. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** By their paths from the folder that the command is run in. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export class Grpcurl {
  readonly #steps: ClusterSteps;
  readonly #path: string;

  private constructor(steps: ClusterSteps, path: string) {
    this.#steps = steps;
    this.#path = path;
  }

  /** null: it is not installed, which is said. */
  static find(steps: ClusterSteps): Grpcurl | null {
    const path = [process.env['PATH'] ?? '', GO_PROGRAMS].join(delimiter);
    const grpcurl = new Grpcurl(steps, path);
    if (steps.attempt('env', `PATH=${path}`, 'sh', '-c', 'command -v grpcurl || true') !== '') return grpcurl;
    steps.skip('calls with grpcurl: it is not installed');
    return null;
  }

  /** All that a command prints, whether it succeeds or not. */
  run(command: string, { trusted, hosts = {}, files = {}, environment = {} }: GrpcurlPlace): string {
    const folder = mkdtempSync(join(tmpdir(), 'daemun-grpcurl-'));
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    try {
      for (const [name, text] of Object.entries(files)) write(name, text);
      write(
        'hosts',
        Object.entries(hosts)
          .map(([name, address]) => `${address} ${name}\n`)
          .join(''),
      );
      write('trusted.pem', trusted);
      write('command.sh', command);
      const set = Object.entries({ ...environment, PATH: this.#path, SSL_CERT_FILE: join(folder, 'trusted.pem') });
      const script = 'cd "$0" && mount --bind hosts /etc/hosts && bash command.sh 2>&1 || true';
      const inFolder = ['unshare', '--mount', 'bash', '-c', script, folder];
      return this.#steps.attempt('env', ...set.map(([name, value]) => `${name}=${value}`), ...inFolder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
