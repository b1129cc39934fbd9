// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';
import type { ImageFile } from '../../tools/image/image-file.ts';
import { layerOf } from '../../tools/image/layer.ts';
import { type ImageOptions, imageOf, writeArchive } from '../../tools/image/layout.ts';
import { libraryFiles } from '../../tools/image/program-files.ts';

const FILES: readonly ImageFile[] = [
  { path: '/opt/daemun/bin/daemun', data: '#!/usr/local/bin/node\n', mode: '755' },
  { path: '/etc/empty', data: '' },
  { path: '/var/lib/daemun', data: null, mode: '700', owner: 65532 },
];

function sha256(data: Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function options(files: readonly ImageFile[], timeMs = 0): ImageOptions {
  return {
    name: 'localhost/daemun:1',
    architecture: 'amd64',
    layers: [layerOf(files, timeMs)],
    timeMs,
    labels: { 'org.opencontainers.image.title': 'daemun' },
    run: { user: '65532:65532', env: { HOME: '/var/lib/daemun' }, entrypoint: ['/node'], cmd: [] },
  };
}

describe('a layer', () => {
  it('has folders before what is in them, and every file with its mode and owner', () => {
    const { data, diffId, unpackedBytes } = layerOf(FILES, 0);
    const tar = gunzipSync(data);
    assert.equal(sha256(tar), diffId);
    assert.equal(unpackedBytes, 22);
    // A copy: the parser reads the memory below. It also takes the octal digits of an owner for decimal ones.
    const entries = parseTar(new Uint8Array(tar)).map(
      ({ name, type, attrs }) =>
        `${name} ${type} ${attrs?.mode} ${Number.parseInt(String(attrs?.uid), 8)} ${attrs?.mtime}`,
    );
    assert.deepEqual(entries, [
      'etc/ directory 0000755 0 0',
      'etc/empty file 0000644 0 0',
      'opt/ directory 0000755 0 0',
      'opt/daemun/ directory 0000755 0 0',
      'opt/daemun/bin/ directory 0000755 0 0',
      'opt/daemun/bin/daemun file 0000755 0 0',
      'var/ directory 0000755 0 0',
      'var/lib/ directory 0000755 0 0',
      'var/lib/daemun/ directory 0000700 65532 0',
    ]);
  });

  it('refuses a name that a tar file would cut, and two files of one name', () => {
    assert.throws(() => layerOf([{ path: `/${'a'.repeat(101)}`, data: '' }], 0), /too long a name/);
    assert.throws(() => layerOf([...FILES, { path: '/etc/empty', data: 'other' }], 0), /\/etc\/empty is there twice/);
  });
});

describe('an image', () => {
  it('has every blob under its digest, from the index to the layers', () => {
    const { files, digest } = imageOf(options(FILES));
    const blob = (name: string): Uint8Array => files.get(`blobs/${name.replace(':', '/')}`) ?? assert.fail(name);
    for (const [name, data] of files)
      if (name.startsWith('blobs/')) assert.equal(sha256(blob(sha256(data))), sha256(data));
    const json = (data: Uint8Array | undefined) => JSON.parse(Buffer.from(data ?? []).toString());
    const [entry] = json(files.get('index.json')).manifests;
    assert.equal(entry.digest, digest);
    assert.equal(entry.annotations['io.containerd.image.name'], 'localhost/daemun:1');
    const manifest = json(blob(entry.digest));
    const config = json(blob(manifest.config.digest));
    assert.equal(manifest.layers[0].size, blob(manifest.layers[0].digest).length);
    assert.deepEqual(config.rootfs.diff_ids, [sha256(gunzipSync(blob(manifest.layers[0].digest)))]);
    assert.equal(config.config.User, '65532:65532');
    assert.equal(config.config.Labels['org.opencontainers.image.title'], 'daemun');
  });

  it('is known in one file by layouts and by what Docker had before', t => {
    const folder = mkdtempSync(join(tmpdir(), 'daemun-image-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const image = imageOf(options(FILES));
    writeArchive(image, join(folder, 'image.tar'));
    const files = new Map(
      parseTar(new Uint8Array(readFileSync(join(folder, 'image.tar')))).map(({ name, data }) => [name, data]),
    );
    for (const [name, data] of image.files)
      assert.deepEqual(Buffer.from(files.get(name) ?? []), Buffer.from(data), name);
    const [{ Config, RepoTags, Layers }] = JSON.parse(Buffer.from(files.get('manifest.json') ?? []).toString());
    assert.deepEqual(RepoTags, ['localhost/daemun:1']);
    const { rootfs } = JSON.parse(Buffer.from(files.get(Config) ?? []).toString());
    assert.deepEqual(
      Layers.map((name: string) => sha256(gunzipSync(files.get(name) ?? new Uint8Array()))),
      rootfs.diff_ids,
    );
  });

  it('is the same for the same files in another order, and another when one of them is', () => {
    const { digest } = imageOf(options(FILES));
    assert.equal(imageOf(options([...FILES].reverse())).digest, digest);
    assert.notEqual(imageOf(options([...FILES, { path: '/more', data: '' }])).digest, digest);
    assert.notEqual(imageOf(options(FILES, 1_000)).digest, digest);
  });
});

const isDebian = existsSync('/etc/debian_version');

describe('the files of a program', { skip: !isDebian && 'not Debian' }, () => {
  it('are its libraries, the licences of their packages, and what scanners read', () => {
    const paths = libraryFiles(['/bin/sh', '/bin/sh']).map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length, 'none twice');
    assert.ok(
      paths.some(path => /\/ld-linux[^/]*\.so/.test(path)),
      'the loader',
    );
    assert.ok(paths.some(path => path.endsWith('/libc.so.6')));
    assert.ok(paths.includes('/usr/share/doc/libc6/copyright'));
    assert.ok(paths.includes('/var/lib/dpkg/status.d/libc6'));
  });
});
