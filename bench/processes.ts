// SPDX-License-Identifier: Apache-2.0

/** Starting the programs under test and reading what they cost from the operating system (Linux, /proc). */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock ticks a second in /proc/PID/stat (USER_HZ): 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface Program {
  readonly child: ChildProcess;
  /** The end of what it printed, for error messages. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a program; its output is kept for the case that it dies. */
export function startProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()));
  return {
    child,
    output: () => text,
    stop: async () => {
      child.kill('SIGTERM');
      await Promise.race([gone, delay(3000, undefined, { ref: false })]);
      if (child.exitCode === null) child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * What Node runs daemun of a checkout with, and the environment beside the usual one: from its sources, or, `isBuilt`, from `dist/` as it is shipped,
 * with what bin/daemun gives to Node as it starts it again.
 */
export function daemunOf(
  checkout: string,
  { isBuilt }: { readonly isBuilt: boolean },
): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } {
  if (!isBuilt) return { args: [join(checkout, 'bin/daemun')], env: {} };
  const flags = ['--no-memory-reducer', '--max-semi-space-size=4'];
  return { args: [...flags, join(checkout, 'dist/main.js')], env: { MALLOC_MMAP_THRESHOLD_: '32768' } };
}

/** Resolves when something accepts connections at the port; rejects with the program's output when it does not. */
export async function waitForPort(program: Program, port: number, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end && program.child.exitCode === null) {
    if (await accepts(port)) return;
    await delay(25);
  }
  throw new Error(`nothing listens on port ${port}:\n${program.output()}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** User and system CPU of a process and all its descendants, in milliseconds. */
export function cpuMs(pid: number): number {
  const ticks = family(pid).reduce((sum, { fields }) => {
    return sum + Number(fields[11]) + Number(fields[12]); // utime, stime: fields 14 and 15 of proc(5)
  }, 0);
  return (ticks * 1000) / TICKS_PER_SECOND;
}

/** Resident memory of a process and all its descendants, in bytes. */
export function rssBytes(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readOf(member.pid, 'status'));
    return sum + Number(line?.[1] ?? 0) * 1024;
  }, 0);
}

interface Member {
  readonly pid: number;
  /** Of /proc/PID/stat, those after the command's name, which may hold spaces. */
  readonly fields: readonly string[];
}

function family(pid: number): Member[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => {
      const text = readOf(Number(name), 'stat');
      return { pid: Number(name), fields: text.slice(text.lastIndexOf(')') + 2).split(' ') };
    });
  const members = all.filter(one => one.pid === pid);
  for (const member of members) members.push(...all.filter(one => Number(one.fields[1]) === member.pid));
  return members;
}

/** Empty when the process ended since it was listed. */
function readOf(pid: number, file: 'stat' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
