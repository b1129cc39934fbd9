// SPDX-License-Identifier: Apache-2.0

/** Requests whose headers never change, by nghttp2's h2load, which speaks HTTP/1.1 too. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Setup } from '../peers/peer.ts';

const run = promisify(execFile);

/** No load of ours takes as long: for a proxy that stopped answering. */
const TIMEOUT_MS = 300_000;

export interface Shape {
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly streams: number;
}

export function text(shape: Shape): string {
  return `${shape.connections}×${shape.streams}`;
}

export interface Load {
  /** Or a file of paths that are asked for in turn, one in each line. */
  readonly path: string | { readonly file: string };
  /** At the TLS port; default: in cleartext. */
  readonly isTls?: boolean;
  readonly shape: Shape;
  readonly calls: number;
  /** Left out: a GET. For gRPC a message with its five-byte prefix. */
  readonly bodyFile?: string;
}

/** Makes the calls; rejects when any did not succeed. */
export async function h2load(setup: Setup, { path, isTls, shape, calls: asked, bodyFile }: Load): Promise<void> {
  const calls = Math.max(asked, shape.connections); // it makes no fewer
  const origin = isTls ? `https://127.0.0.1:${setup.tlsPort}` : `http://127.0.0.1:${setup.port}`;
  if (setup.wiring.client === 'h1') await expectSuccess(origin + firstPath(path));
  const { stdout } = await run(
    'h2load',
    [
      `-n${calls}`,
      `-c${shape.connections}`,
      `-m${shape.streams}`,
      ...(bodyFile === undefined ? [] : [`-d${bodyFile}`]),
      ...(setup.wiring.client === 'h1' ? ['--h1'] : []),
      ...(setup.wiring.kind === 'grpc' ? ['-Hcontent-type: application/grpc', '-Hte: trailers'] : []),
      '-w24', // windows of 16 MiB: the client is not what is measured
      '-W24',
      ...(typeof path === 'string' ? [origin + path] : [`-B${origin}`, `-i${path.file}`]),
    ],
    { timeout: TIMEOUT_MS },
  );
  const [, done, succeeded] = /requests: .* (\d+) done, (\d+) succeeded/.exec(stdout) ?? [];
  const [answers = ''] = /status codes: .*/.exec(stdout) ?? [];
  const isGood =
    setup.wiring.client === 'h1'
      ? done === String(calls) && / 0 errored, 0 timeout/.test(stdout) && / 0 3xx, 0 4xx, 0 5xx/.test(answers)
      : succeeded === String(calls) && answers.includes(` ${calls} 2xx`);
  if (!isGood) throw new Error(`of ${calls} calls ${succeeded} succeeded; ${answers}`);
}

function firstPath(path: Load['path']): string {
  return typeof path === 'string' ? path : (readFileSync(path.file, 'utf8').split('\n')[0] ?? '');
}

/** Of HTTP/1.1 h2load counts no status without a reason phrase, good or bad: what they are is asked once. */
async function expectSuccess(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: { connection: 'close' } });
  // A good one may have a GiB.
  if (response.status === 200) await response.body?.cancel();
  else throw new Error(`answered ${response.status}: ${await response.text()}`);
}
