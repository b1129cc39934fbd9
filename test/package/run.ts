// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run package`: packs daemun as it is published, installs the tarball into an empty prefix, and holds the installed
 * command against what is promised: it starts quickly, serves, idles without waking, stays small, and ends in order.
 *
 * Linux's /proc is read and ports are fixed, so this is no part of `npm test`. Prints each figure; exit code 1 when one is over
 * its bound.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** One run of `daemun version`. */
const MAX_VERSION_CPU_SECONDS = 0.15;
/** `run` with one worker and the admin server, a second after it is ready. Node.js itself takes 62 with an empty worker. */
const MAX_RSS_MIB = 86;
/** The same, all threads, with nothing to do. */
const MAX_WAKEUPS_PER_SECOND = 2;
const IDLE_SECONDS = 10;
/** proc(5): what `cutime` and `cstime` count in. */
const TICKS_PER_SECOND = 100;

/** One Gateway, one route, one backend that nobody calls. */
const MANIFESTS = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gateway }
spec: { gatewayClassName: daemun, listeners: [{ name: grpc, port: 18080, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: route }
spec: { parentRefs: [{ name: gateway }], rules: [{ backendRefs: [{ name: backend, port: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: backend, annotations: { daemun.dev/endpoints: "127.0.0.1:18081" } }
spec: { ports: [{ port: 80 }] }
`;
/** A certificate to be minted and a backend to be started: what `run` does not load otherwise. */
const DEMO_MANIFESTS = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gateway }
spec:
  gatewayClassName: daemun
  listeners:
    - { name: tls, port: 18443, protocol: HTTPS, hostname: echo.example.com, tls: { certificateRefs: [{ name: minted }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: route }
spec: { parentRefs: [{ name: gateway }], rules: [{ backendRefs: [{ name: echo, port: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: echo }
spec: { ports: [{ port: 80 }] }
`;

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'daemun-package-'));
const env = { ...process.env, HOME: folder, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` };
let failures = 0;

try {
  const command = install();
  check('daemun version', versionCpuSeconds(command), MAX_VERSION_CPU_SECONDS, 's of CPU');
  check('kinds of objects that are missing in what install prints', missingKinds(command), 0, '');
  await checkRunning(command);
  await checkDemo(command);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

function check(what: string, value: number, most: number, unit: string): void {
  const isGood = value <= most;
  if (!isGood) failures += 1;
  process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} ${what}: ${value} ${unit}, at most ${most}\n`);
}

/** Packs, installs; the path of the installed command. */
function install(): string {
  const npm = (...args: string[]): string =>
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
  npm('pack', '--silent', '--pack-destination', folder);
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '';
  npm('install', '--global', '--silent', '--no-audit', '--prefix', folder, join(folder, tarball));
  return join(folder, 'bin/daemun');
}

/** The cheapest of five runs; the first one fills the cache of compiled modules. */
function versionCpuSeconds(command: string): number {
  const costs = [1, 2, 3, 4, 5].map(() => {
    const before = endedChildrenCpuTicks();
    execFileSync(command, ['version'], { env, stdio: 'ignore' });
    return (endedChildrenCpuTicks() - before) / TICKS_PER_SECOND;
  });
  return Math.min(...costs);
}

/** The manifests come with the package. */
function missingKinds(command: string): number {
  const printed = execFileSync(command, ['install'], { env, encoding: 'utf8' });
  return ['Namespace', 'Deployment', 'ClusterRole', 'GatewayClass'].filter(kind => !printed.includes(`kind: ${kind}\n`))
    .length;
}

async function checkRunning(command: string): Promise<void> {
  writeFileSync(join(folder, 'manifests.yaml'), MANIFESTS);
  const child = startGateway(command);
  await readyLine(child);
  await wait(1_000);
  const pid = child.pid ?? 0;
  const isMapped = readFileSync(`/proc/${pid}/environ`, 'utf8').includes('MALLOC_MMAP_THRESHOLD_=32768');
  check('reads that would stay in arenas', isMapped ? 0 : 1, 0, '');
  const residentMib = Math.round(rssKib(pid) / 1024);
  check('idle', await quietestWakeups(pid), MAX_WAKEUPS_PER_SECOND, 'wake-ups a second');
  child.kill('SIGTERM');
  const [exitCode] = await once(child, 'exit');
  check('exit code after SIGTERM', Number(exitCode ?? 255), 0, '');
  const least = await leastResidentMib(command, residentMib);
  check('memory with one worker', least, MAX_RSS_MIB, 'MiB resident');
}

/** The least of five further starts, and of the one before: V8's optimizing compiler, 5 MiB, comes in where a busy machine makes a start slow. */
async function leastResidentMib(command: string, before: number): Promise<number> {
  let least = before;
  for (let start = 0; start < 5 && least > MAX_RSS_MIB; start++) {
    const child = startGateway(command);
    await readyLine(child);
    await wait(1_000);
    least = Math.min(least, Math.round(rssKib(child.pid ?? 0) / 1024));
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return least;
}

function startGateway(command: string): ChildProcess {
  const args = ['run', '-f', join(folder, 'manifests.yaml'), '--workers', '1', '--admin', '127.0.0.1:0'];
  return spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A call over TLS by reflection: needs every package that came along. */
async function checkDemo(command: string): Promise<void> {
  writeFileSync(join(folder, 'demo.yaml'), DEMO_MANIFESTS);
  const state = join(folder, 'state');
  const args = ['run', '-f', join(folder, 'demo.yaml'), '--demo', '--state-dir', state, '--admin', 'off'];
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await readyLine(child);
  const to = ['--cacert', join(state, 'ca/ca.crt'), '--authority', 'echo.example.com', '127.0.0.1:18443'];
  const call = spawn(command, ['call', ...to, 'api.Echo/Echo', '{"content":"hello"}'], { env, stdio: 'inherit' });
  const [callExitCode] = await once(call, 'exit');
  check('exit code of a call to a demo backend', Number(callExitCode ?? 255), 0, '');
  child.kill('SIGTERM');
  const [exitCode] = await once(child, 'exit');
  check('exit code of the demo', Number(exitCode ?? 255), 0, '');
}

/** A second, in the quietest of three periods: V8 tidies its heap up for some seconds after a start. */
async function quietestWakeups(pid: number): Promise<number> {
  const rates: number[] = [];
  while (rates.length < 3) {
    const before = wakeups(pid);
    await wait(IDLE_SECONDS * 1_000);
    rates.push((wakeups(pid) - before) / IDLE_SECONDS);
  }
  return Math.min(...rates);
}

/** Resolves when the process says that it is ready; rejects when it ends before. */
async function readyLine(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error('no standard output');
  for await (const line of createInterface({ input: stdout })) {
    if (!line.startsWith('Ready in')) continue;
    stdout.resume();
    return;
  }
  throw new Error('daemun ended before it was ready');
}

function endedChildrenCpuTicks(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[13]) + Number(fields[14]);
}

function rssKib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Times that a thread of the process waited for something and was woken, so far. */
function wakeups(pid: number): number {
  const counts = readdirSync(`/proc/${pid}/task`).map(task => {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
    return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
