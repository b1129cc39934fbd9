// SPDX-License-Identifier: Apache-2.0

/**
 * Unary calls by real grpc-go clients (ghz). grpc-go puts a new `grpc-timeout` on each call and indexes it, so that no
 * two header blocks of a connection are equal.
 */
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firstLine } from '../peers/peer.ts';

const run = promisify(execFile);

/** ghz reports each call by itself: about 100 bytes. */
const MAX_REPORT_BYTES = 2 ** 28;

const PROTO = `syntax = "proto3";
package bench;
message Message { bytes payload = 1; }
service Bench { rpc Unary(Message) returns (Message); }
`;

/** The path of ghz, undefined when it is not installed. */
export function findGhz(): string | undefined {
  const inGoBin = join(homedir(), 'go/bin/ghz');
  if (existsSync(inGoBin)) return inGoBin;
  return firstLine('ghz', ['--version']) === undefined ? undefined : 'ghz';
}

/** Makes the calls over 8 connections with 40 callers; rejects when any did not succeed. */
export async function ghz(program: string, port: number, calls: number, folder: string): Promise<void> {
  const proto = join(folder, 'bench.proto');
  writeFileSync(proto, PROTO);
  const args = [
    '--insecure',
    `--proto=${proto}`,
    '--call=bench.Bench.Unary',
    '--data={"payload":"aGVsbG8gd29ybGQ="}',
    `--total=${calls}`,
    '--concurrency=40',
    '--connections=8',
    '--format=json',
    `127.0.0.1:${port}`,
  ];
  const { stdout } = await run(program, args, { maxBuffer: MAX_REPORT_BYTES });
  const report: { statusCodeDistribution?: Record<string, number> } = JSON.parse(stdout);
  if (report.statusCodeDistribution?.['OK'] !== calls)
    throw new Error(`ghz: ${JSON.stringify(report.statusCodeDistribution)}`);
}
