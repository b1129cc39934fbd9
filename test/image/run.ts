// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run image:check [-- --architecture arm64]`: builds the image twice and holds it against what is promised: the same digest, small, and a command that runs
 * with nothing but the image around it, as its user, on a file system that it cannot write.
 *
 * Debian only. Without root the command is not run, nor is that of another architecture without its emulator (`apt-get install qemu-user-static`), which is
 * said. Exit code 1 when a promise is broken.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ownArchitecture } from '../../tools/image/foreign-files.ts';

/** Beyond Node.js itself; unpacked. */
const MAX_MIB_BESIDE_NODE = 120;
const MIB = 1024 * 1024;
const NODE = 'usr/local/bin/node';
const EMULATORS: Readonly<Record<string, string>> = {
  amd64: '/usr/bin/qemu-x86_64-static',
  arm64: '/usr/bin/qemu-aarch64-static',
};
const root = join(import.meta.dirname, '../..');
const { architecture } = parseArgs({
  options: { architecture: { type: 'string', default: ownArchitecture() } },
}).values;
const isOwn = architecture === ownArchitecture();
const emulator = EMULATORS[architecture] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'daemun-image-'));
let failures = 0;

try {
  const digest = build('first');
  check('two builds have one digest', digest === build('second'), digest);
  const { config, layers, ...image } = readLayout(join(folder, 'first'));
  check('it says for which architecture it is', image.architecture === architecture, image.architecture);
  check('the user is a number that is not 0', /^[1-9]\d*:[1-9]\d*$/.test(config.User), config.User);
  const unpacked = unpack(layers);
  const nodeBytes = readFileSync(join(unpacked, NODE)).length;
  const mib = (layers.reduce((sum, { length }) => sum + length, 0) - nodeBytes) / MIB;
  check(`at most ${MAX_MIB_BESIDE_NODE} MiB beside Node.js`, mib <= MAX_MIB_BESIDE_NODE, `${mib.toFixed(1)} MiB`);
  if (process.getuid?.() !== 0) process.stdout.write('the command was NOT run: that takes root\n');
  else if (isOwn) checkCommand(config, unpacked);
  else if (existsSync(emulator)) checkEmulated(config, unpacked);
  else process.stdout.write(`the command was NOT run: that takes ${emulator}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

interface Config {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
}

function build(name: string): string {
  const args = [join(root, 'tools/image.ts'), '--architecture', architecture, '--out', join(folder, name)];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return /sha256:\w+/.exec(output)?.[0] ?? '';
}

/** Layers as tar files. */
function readLayout(layout: string): { config: Config; architecture: string; layers: readonly Buffer[] } {
  const blob = (digest: string): Buffer => readFileSync(join(layout, 'blobs', digest.replace(':', '/')));
  const [entry] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
  const manifest = JSON.parse(blob(entry.digest).toString());
  const { config, architecture } = JSON.parse(blob(manifest.config.digest).toString());
  return {
    config,
    architecture,
    layers: manifest.layers.map(({ digest }: { digest: string }) => gunzipSync(blob(digest))),
  };
}

/** Where it is unpacked, as a container would see it. */
function unpack(layers: readonly Buffer[]): string {
  const image = join(folder, 'root');
  mkdirSync(image);
  for (const tar of layers) execFileSync('tar', ['-x', '-C', image], { input: tar });
  return image;
}

type Inside = (...command: string[]) => {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

function insideOf(image: string, { User, Env }: Config): Inside {
  // A state directory that is a file system of its own belongs to the container; here it cannot be written, either.
  execFileSync('chown', ['-R', '0:0', image]);
  const env = Object.fromEntries(Env.map(line => line.split('=') as [string, string]));
  return (...command) => spawnSync('chroot', [`--userspec=${User}`, image, ...command], { encoding: 'utf8', env });
}

function checkCommand(config: Config, image: string): void {
  const inside = insideOf(image, config);
  const byEntrypoint = inside(...config.Entrypoint, 'version');
  check('the entry point runs', /^daemun \d/.test(byEntrypoint.stdout), byEntrypoint.stdout + byEntrypoint.stderr);
  const byName = inside('daemun', 'errors', 'gateway/certificate-expires-soon');
  check('the command is found by its name', byName.status === 0, byName.stdout + byName.stderr);
}

function checkEmulated(config: Config, image: string): void {
  copyFileSync(emulator, join(image, 'emulator'));
  const ran = insideOf(image, config)('/emulator', ...config.Entrypoint, 'version');
  check('the entry point runs, emulated', /^daemun \d/.test(ran.stdout), ran.stdout + ran.stderr);
}

function check(what: string, isGood: boolean, found: string): void {
  if (!isGood) failures += 1;
  process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} ${what}: ${found.trim().split('\n')[0]}\n`);
}
