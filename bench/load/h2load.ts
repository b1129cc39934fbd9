// SPDX-License-Identifier: Apache-2.0

/** Unary gRPC calls whose headers never change, by nghttp2's h2load. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Shape {
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly streams: number;
}

export interface Load {
  readonly url: string;
  readonly shape: Shape;
  readonly calls: number;
  /** A gRPC message with its five-byte prefix. */
  readonly bodyFile: string;
}

/** Makes the calls; rejects when any did not succeed. */
export async function h2load(load: Load): Promise<void> {
  const { stdout } = await run('h2load', [
    `-n${load.calls}`,
    `-c${load.shape.connections}`,
    `-m${load.shape.streams}`,
    `-d${load.bodyFile}`,
    '-Hcontent-type: application/grpc',
    '-Hte: trailers',
    '-w24', // windows of 16 MiB: the client is not what is measured
    '-W24',
    load.url,
  ]);
  const failed = /requests: (\d+) total.* (\d+) succeeded/.exec(stdout);
  const bad = /status codes: (\d+) 2xx/.exec(stdout);
  if (failed?.[2] !== String(load.calls) || bad?.[1] !== String(load.calls)) throw new Error(`h2load:\n${stdout}`);
}
