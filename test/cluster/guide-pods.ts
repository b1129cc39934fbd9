// SPDX-License-Identifier: Apache-2.0

/** Pods for Services of guides that show no program of theirs: the guide server, bundled, with the .proto files of what it answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { ClusterSteps } from './steps.ts';

const root = join(import.meta.dirname, '../..');
const REFLECTION = join(root, 'src/demo/proto/grpc/reflection/v1/reflection.proto');
const CONFIG_MAP = 'guide-server';
const FOLDER = '/guide';

export class GuidePods {
  readonly #steps: ClusterSteps;
  /** Names of the files in Pods. */
  readonly #files: ReadonlyMap<string, string>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'daemun-guide-server-'));
  readonly #namespaces = new Set<string>();

  /** `protos`: paths of the .proto files. */
  constructor(steps: ClusterSteps, protos: readonly string[]) {
    this.#steps = steps;
    const program = join(this.#folder, 'server.cjs');
    buildSync({
      entryPoints: [join(import.meta.dirname, 'guide-server.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      minify: true,
      logLevel: 'warning',
    });
    const numbered = [REFLECTION, ...protos].map((path, at) => [`${at}.proto`, path] as const);
    this.#files = new Map([['server.cjs', program], ...numbered]);
  }

  /** A Deployment of that name and labels, which answers at `port`. */
  add(
    namespace: string,
    name: string,
    { labels, port }: { labels: Readonly<Record<string, string>>; port: number },
  ): void {
    if (!this.#namespaces.has(namespace)) this.#makeFiles(namespace);
    this.#namespaces.add(namespace);
    const command = ['node', ...[...this.#files.keys()].map(file => `${FOLDER}/${file}`)];
    command.splice(2, 0, String(port));
    this.#steps.program(namespace, name, { labels, command, port, mounted: { configMap: CONFIG_MAP, at: FOLDER } });
  }

  /** In a namespace that is gone there is nothing. */
  forget(): void {
    this.#namespaces.clear();
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #makeFiles(namespace: string): void {
    const from = [...this.#files].map(([name, path]) => `--from-file=${name}=${path}`);
    this.#steps.kubectl('-n', namespace, 'create', 'configmap', CONFIG_MAP, ...from);
  }
}
