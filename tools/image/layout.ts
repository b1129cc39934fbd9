// SPDX-License-Identifier: Apache-2.0

/** An OCI image layout: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTar } from 'nanotar';
import { type Blob, blobOf, type Layer } from './layer.ts';

export interface ImageOptions {
  /** `NAME:TAG`, with its registry when it has one. */
  readonly name: string;
  /** As the image specification has it: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly layers: readonly Layer[];
  /** When it was made. */
  readonly timeMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly run: {
    /** Numeric, so that a cluster can see that it is not root. */
    readonly user: string;
    readonly env: Readonly<Record<string, string>>;
    readonly entrypoint: readonly string[];
    readonly cmd: readonly string[];
  };
}

/** An image, and the files of its layout. */
export interface Image {
  readonly name: string;
  /** `sha256:…` of its manifest: the same for equal options. */
  readonly digest: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Names of them. */
  readonly config: string;
  readonly layers: readonly string[];
}

const TYPE = 'application/vnd.oci.image';

export function imageOf(options: ImageOptions): Image {
  const { layers, labels, name } = options;
  const config = blobOf(JSON.stringify(configOf(options)));
  const described = layers.map(layer => describe(`${TYPE}.layer.v1.tar+gzip`, layer));
  const manifestType = `${TYPE}.manifest.v1+json`;
  const manifest = blobOf(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: describe(`${TYPE}.config.v1+json`, config),
      layers: described,
      annotations: labels,
    }),
  );
  // The first is what containerd reads, the second podman and skopeo.
  const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name };
  const index = {
    schemaVersion: 2,
    mediaType: `${TYPE}.index.v1+json`,
    manifests: [{ ...describe(manifestType, manifest), annotations }],
  };
  const blobs = [...layers, config, manifest].map(blob => [fileOf(blob), blob.data] as const);
  const files = new Map<string, Uint8Array>([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', Buffer.from(JSON.stringify(index))],
    ...blobs,
  ]);
  return { name, digest: manifest.digest, files, config: fileOf(config), layers: layers.map(fileOf) };
}

/** A folder, in place of whatever is there. */
export function writeFolder({ files }: Image, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, data] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
}

/**
 * One file, as `docker load`, `podman load`, `skopeo` and `ctr images import` take it: the layout, and beside it the list by which Docker knows
 * an image where it does not read layouts.
 */
export function writeArchive({ name, files, config, layers }: Image, file: string): void {
  const forDocker = JSON.stringify([{ Config: config, RepoTags: [name], Layers: layers }]);
  const entries = [...files, ['manifest.json', forDocker] as const].map(([path, data]) => ({ name: path, data }));
  writeFileSync(file, createTar(entries, { attrs: { mode: '644', uid: 0, gid: 0, mtime: 0 } }));
}

function configOf({ architecture, layers, labels, run, timeMs }: ImageOptions): unknown {
  const created = new Date(timeMs).toISOString();
  return {
    created,
    architecture,
    os: 'linux',
    config: {
      User: run.user,
      Env: Object.entries(run.env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: run.entrypoint,
      Cmd: run.cmd,
      WorkingDir: '/',
      Labels: labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'npm run image' })),
  };
}

function fileOf({ digest }: Blob): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function describe(mediaType: string, { digest, data }: Blob): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: data.length };
}
