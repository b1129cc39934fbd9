// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run image`: an OCI image of this checkout, without a registry, a base image or a container engine.
 *
 *     npm run image [-- --out FOLDER] [--archive FILE] [--name NAME:TAG] [--with-nft]
 *
 * Writes an OCI layout into FOLDER (default `image`), and one file for `docker load`, `podman load` or `ctr images import` if asked.
 * `--with-nft` adds the `nft` of this machine, which the mesh needs. The image is for this machine's architecture, Debian only: it holds the Node.js that runs
 * this, with the libraries that it loads. The name is `localhost/daemun:VERSION` unless told: container engines take that for an image of no registry. Two builds of the same sources on the same machine have the same digest; SOURCE_DATE_EPOCH is when
 * it says that it was made (default: 1970).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gatewayFiles, nodeFiles, RUN, systemFiles } from './image/gateway-files.ts';
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
  const layers = new Map([
    ['system', layerOf([...systemFiles(), ...libraryFiles([process.execPath, ...(needsNft ? [NFT] : [])])], timeMs)],
    ['node', layerOf(nodeFiles(root), timeMs)],
  ]);
  if (needsNft) layers.set('nft', layerOf(packagedProgram(NFT), timeMs));
  return layers.set(name, layerOf(gatewayFiles(root), timeMs));
}

function buildImage(): Image {
  const label = 'org.opencontainers.image';
  return imageOf({
    name: values.name,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
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
