// SPDX-License-Identifier: Apache-2.0

/** The test bed: backends, a certificate, one proxy at a time in front of them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { message } from './load/client.ts';
import type { Peer, Setup } from './peers/peer.ts';
import { GRPC } from './peers/wiring.ts';
import { cpuMs, freePort, type Program, startProgram, waitForPort } from './processes.ts';

export const MIB = 2 ** 20;
/** Bytes of a body that is streamed. */
export const GIB = 2 ** 30;

export interface Bed {
  readonly folder: string;
  /** Of the backends: one for each version, and one of HTTP/2 that says `x-backend: two` where the first says `one`. */
  readonly ports: { readonly h1: number; readonly h2: number; readonly otherH2: number; readonly udp: number };
  /** Of backends in TLS, with `certificateFile`. */
  readonly tlsPorts: { readonly h1: number; readonly h2: number };
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Request bodies: a gRPC message of 12 bytes and one of 64 KiB, and 1 GiB of zeros that take no room on the disk. */
  readonly smallBody: string;
  readonly largeBody: string;
  readonly endlessBody: string;
  close(): Promise<void>;
}

export async function makeBed(): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-bench-'));
  const certificateFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  makeCertificate(['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], certificateFile, keyFile);
  const smallBody = join(folder, 'small');
  const largeBody = join(folder, 'large');
  const endlessBody = join(folder, 'endless');
  writeFileSync(smallBody, message(12));
  writeFileSync(largeBody, message(65_536));
  writeFileSync(endlessBody, '');
  truncateSync(endlessBody, GIB);
  const secure = ['tls', certificateFile, keyFile];
  const [h2, otherH2, h1, udp, tlsH1, tlsH2] = await Promise.all([
    startBackend('backend.ts', 'one'),
    startBackend('backend.ts', 'two'),
    startBackend('backend-http1.ts', 'one'),
    startBackend('backend-udp.ts', 'one'),
    startBackend('backend-http1.ts', ...secure),
    startBackend('backend.ts', ...secure),
  ]);
  return {
    folder,
    ports: { h1: h1.port, h2: h2.port, otherH2: otherH2.port, udp: udp.port },
    tlsPorts: { h1: tlsH1.port, h2: tlsH2.port },
    certificateFile,
    keyFile,
    smallBody,
    largeBody,
    endlessBody,
    close: async () => {
      await Promise.all([h2, otherH2, h1, udp, tlsH1, tlsH2].map(({ program }) => program.stop()));
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

async function startBackend(file: string, ...args: readonly string[]): Promise<{ program: Program; port: number }> {
  const port = await freePort();
  const program = startProgram(process.execPath, [join(import.meta.dirname, file), String(port), ...args]);
  await waitForPort(program, port);
  return { program, port };
}

export interface Running {
  readonly setup: Setup;
  readonly program: Program;
  readonly pid: number;
  /** From starting the process to the first accepted connection. */
  readonly readyMs: number;
}

/** How a proxy is set up: gRPC, one route, one worker, no questions to a server and no datagrams where nothing is said. */
export type SetupOptions = Partial<
  Pick<Setup, 'wiring' | 'routes' | 'workers' | 'isAuthorized' | 'carriesDatagrams' | 'encrypts' | 'carriesStreams'>
>;

/** A peer as a case may start it, in front of a bed. */
export interface Stand {
  readonly bed: Bed;
  readonly peer: Peer;
  /** Cases measure as many calls times this. */
  readonly scale: number;
}

/** Starts the peer in front of the backends, hands it to `use`, and stops it. */
export async function withPeer<T>(
  { bed, peer }: Stand,
  options: SetupOptions,
  use: (running: Running) => Promise<T>,
): Promise<T> {
  const wiring = options.wiring ?? GRPC;
  const setup: Setup = {
    routes: 1,
    workers: 1,
    isAuthorized: false,
    carriesDatagrams: false,
    encrypts: false,
    carriesStreams: false,
    ...options,
    wiring,
    lastRouteTo: 'backend',
    backendPort: (options.encrypts === true ? bed.tlsPorts : bed.ports)[wiring.backend],
    otherPort: bed.ports.otherH2,
    datagramPort: bed.ports.udp,
    streamPort: bed.ports.h1,
    tlsStreamPort: bed.tlsPorts.h1,
    port: await freePort(),
    tlsPort: await freePort(),
    certificateFile: bed.certificateFile,
    keyFile: bed.keyFile,
    folder: bed.folder,
  };
  if (setup.isAuthorized && !peer.doesExternalAuth) throw new Error('it does not ask such a server');
  if (setup.carriesDatagrams && !peer.carriesDatagrams) throw new Error('it does not carry datagrams');
  if (setup.carriesStreams && !peer.carriesStreams) throw new Error('it does not pass streams on here');
  if (setup.encrypts && !peer.doesBackendTls) throw new Error('it does not speak TLS to backends here');
  const how = peer.command(setup);
  if (how === undefined) throw new Error(`it does not do ${wiring.name}`);
  const start = performance.now();
  const program = startProgram(how.command, how.args, how.env);
  try {
    await waitForPort(program, setup.port);
    return await use({ setup, program, pid: program.child.pid ?? 0, readyMs: performance.now() - start });
  } finally {
    await program.stop();
  }
}

/** CPU µs of the proxy for each of `measured` calls that `load` makes; `warm` calls are made before. */
export async function cpuPerCall(
  { pid }: Running,
  { warm, measured }: { readonly warm: number; readonly measured: number },
  load: (calls: number) => Promise<void>,
): Promise<number> {
  await load(warm);
  const before = cpuMs(pid);
  await load(measured);
  return ((cpuMs(pid) - before) * 1000) / measured;
}
