// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run image`: an OCI image of this checkout, without a registry, a base image or a container engine.
 *
 *     npm run image [-- --out FOLDER] [--archive FILE] [--name NAME:TAG] [--architecture arm64] [--with-nft]
 *
 * Writes an OCI layout into FOLDER (default `image`), and one file for `docker load`, `podman load` or `ctr images import` if asked.
 * `--with-nft` adds the `nft` of this machine, which the mesh needs. Debian only. The image is for this machine's architecture: it holds the Node.js that runs
 * this, with the libraries that it loads. With `--architecture` (`amd64`, `arm64`) it may be for another one: the same Node.js and the libraries are then fetched from npm and Debian. The name is `localhost/daemun:VERSION` unless told: container engines take that for an image of no registry. Two builds of the same sources on the same machine have the same digest; SOURCE_DATE_EPOCH is when
 * it says that it was made (default: 1970).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchForeignNode, isArchitecture, ownArchitecture } from './image/foreign-files.ts';
import { gatewayFiles, nodeFiles, nodeLicense, RUN, systemFiles } from './image/gateway-files.ts';
import type { ImageFile } from './image/image-file.ts';
import { type Layer, layerOf } from './image/layer.ts';
import { type Image, imageOf, writeArchive, writeFolder } from './image/layout.ts';
import { libraryFiles, packagedProgram } from './image/program-files.ts';

const NFT = '/usr/sbin/nft';
const MIB = 1024 * 1024;
const root = join(import.meta.dirname, '..');
const { name, version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'image') },
    archive: { type: 'string' },
    name: { type: 'string', default: `localhost/${name}:${version}` },
    architecture: { type: 'string', default: ownArchitecture() },
    'with-nft': { type: 'boolean', default: false },
  },
});

await import('./build.ts');
const timeMs = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0) * 1000;
const layers = layersOf();
const image = buildImage();
writeFolder(image, values.out);
if (values.archive !== undefined) writeArchive(image, values.archive);
for (const [what, { data, unpackedBytes }] of layers)
  print(`${what}: ${mib(unpackedBytes)} MiB unpacked, ${mib(data.length)} MiB compressed`);
print(`${values.name} ${image.digest}\n${values.archive ?? values.out}`);

/** What changes least is below: a new version of daemun is one small layer. */
function layersOf(): ReadonlyMap<string, Layer> {
  const needsNft = values['with-nft'];
  const { libraries, node } = platformFiles();
  const layers = new Map([
    ['system', layerOf([...systemFiles(), ...libraries], timeMs)],
    ['node', layerOf(node, timeMs)],
  ]);
  if (needsNft) layers.set('nft', layerOf(packagedProgram(NFT), timeMs));
  return layers.set(name, layerOf(gatewayFiles(root), timeMs));
}

/** What differs from one architecture to another. */
function platformFiles(): { readonly libraries: readonly ImageFile[]; readonly node: readonly ImageFile[] } {
  const { architecture, 'with-nft': needsNft } = values;
  if (architecture === ownArchitecture()) {
    const libraries = libraryFiles([process.execPath, ...(needsNft ? [NFT] : [])]);
    return { libraries, node: nodeFiles({ binary: process.execPath, license: nodeLicense(root) }) };
  }
  if (!isArchitecture(architecture)) throw new Error(`--architecture ${architecture}: amd64 or arm64`);
  if (needsNft) throw new Error('--with-nft takes the nft of this machine: build it on one of that architecture');
  const folder = mkdtempSync(join(tmpdir(), 'daemun-image-'));
  try {
    const foreign = fetchForeignNode(architecture, folder);
    return { libraries: foreign.libraries, node: nodeFiles(foreign) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function buildImage(): Image {
  const label = 'org.opencontainers.image';
  return imageOf({
    name: values.name,
    architecture: values.architecture,
    layers: [...layers.values()],
    timeMs,
    labels: {
      [`${label}.title`]: name,
      [`${label}.description`]: description,
      [`${label}.version`]: version,
      [`${label}.licenses`]: license,
      [`${label}.created`]: new Date(timeMs).toISOString(),
    },
    run: RUN,
  });
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
