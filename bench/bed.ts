// SPDX-License-Identifier: Apache-2.0

/** The test bed: a backend, a certificate, one proxy at a time in front of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { message } from './load/client.ts';
import type { Peer, Setup } from './peers/peer.ts';
import { cpuMs, freePort, type Program, startProgram, waitForPort } from './processes.ts';

export interface Bed {
  readonly folder: string;
  readonly backendPort: number;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Request bodies: a gRPC message of 12 bytes and one of 64 KiB. */
  readonly smallBody: string;
  readonly largeBody: string;
  close(): Promise<void>;
}

export async function makeBed(): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-bench-'));
  const certificateFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  makeCertificate(['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], certificateFile, keyFile);
  const smallBody = join(folder, 'small');
  const largeBody = join(folder, 'large');
  writeFileSync(smallBody, message(12));
  writeFileSync(largeBody, message(65_536));
  const { program, port } = await startBackend('one');
  return {
    folder,
    backendPort: port,
    certificateFile,
    keyFile,
    smallBody,
    largeBody,
    close: async () => {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The bed with another key: `-newkey` and what follows, as openssl has it. */
export function withCertificate(bed: Bed, key: readonly string[]): Bed {
  const certificateFile = join(bed.folder, `${key[0]?.replace(':', '-')}.pem`);
  const keyFile = `${certificateFile}.key`;
  makeCertificate(key, certificateFile, keyFile);
  return { ...bed, certificateFile, keyFile };
}

function makeCertificate(key: readonly string[], certificateFile: string, keyFile: string): void {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', keyFile, '-out', certificateFile];
  execFileSync('openssl', ['req', '-x509', '-newkey', ...key, '-nodes', '-days', '90', ...names, ...files], {
    stdio: 'ignore',
  });
}

/** A backend process; its answers carry `x-backend: name`. */
export async function startBackend(name: string): Promise<{ program: Program; port: number }> {
  const port = await freePort();
  const program = startProgram(process.execPath, [join(import.meta.dirname, 'backend.ts'), String(port), name]);
  await waitForPort(program, port);
  return { program, port };
}

export interface Running {
  readonly setup: Setup;
  readonly program: Program;
  readonly pid: number;
}

/** Starts a peer in front of the backend, hands it to `use`, and stops it. */
export async function withPeer<T>(bed: Bed, peer: Peer, use: (running: Running) => Promise<T>): Promise<T> {
  const setup: Setup = { ...bed, port: await freePort(), tlsPort: await freePort() };
  const { command, args } = peer.command(setup);
  const program = startProgram(command, args);
  try {
    await waitForPort(program, setup.port);
    return await use({ setup, program, pid: program.child.pid ?? 0 });
  } finally {
    await program.stop();
  }
}

/** CPU µs of the proxy for each of `calls` calls that `load` makes; a tenth of them is made before, unmeasured. */
export async function cpuPerCall(
  { pid }: Running,
  calls: number,
  load: (calls: number) => Promise<void>,
): Promise<number> {
  await load(Math.ceil(calls / 10));
  const before = cpuMs(pid);
  await load(calls);
  return ((cpuMs(pid) - before) * 1000) / calls;
}
