// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import {
  type GatewayOptions,
  isLogLevel,
  type KubernetesOptions,
  LOG_LEVELS,
  type StandaloneOptions,
} from '../../controller/index.ts';
import { fileFault } from '../../errors/index.ts';
import { isControllerName, parseDuration } from '../../values/index.ts';
import { couldNotRun, notAControllerName, usageError } from '../exit-code.ts';
import { readHostPort } from '../host-port.ts';
import { RunSinks } from '../sink/run-sinks.ts';
import type { Terminal } from '../terminal.ts';
import { type AddressingFlags, readAddressing } from './addressing-options.ts';
import { type LoopbackMeshFlags, readLoopbackMesh } from './loopback-mesh-options.ts';
import { type MeshFlags, readMesh } from './mesh-options.ts';

/** The flags of `run`, as commander hands them over. */
export interface RunOptions extends AddressingFlags, LoopbackMeshFlags, MeshFlags {
  readonly filename?: readonly string[];
  readonly kubernetes: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly leaderElection: boolean;
  readonly leaseNamespace?: string;
  readonly settle: string;
  readonly demo: boolean;
  readonly address?: string;
  readonly admin: string;
  readonly adminGuarded?: boolean;
  readonly workers?: string;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly accessLog: string;
  readonly logLevel: string;
  readonly logFormat?: string;
  readonly logFile?: string;
  readonly controllerName?: string;
  readonly stateDir?: string;
  readonly drainTimeout: string;
  readonly drainDelay: string;
  readonly serverHeader: boolean;
  readonly via?: boolean;
  readonly upstreamServiceTime: boolean;
}

/** Where the resources come from, and all that the gateway is told. */
export type RunSource =
  | { readonly kind: 'files'; readonly options: StandaloneOptions }
  | { readonly kind: 'kubernetes'; readonly options: KubernetesOptions };

export interface RunSettings {
  readonly source: RunSource;
  readonly sinks: RunSinks;
}

/** Reads the flags. Throws a usage error for a value that makes no sense; log files may fail to open. */
export function readRunOptions(options: RunOptions, terminal: Terminal): RunSettings {
  const settings = {
    workers: readWorkers(options.workers),
    admin: readAdmin(options),
    place: readPlace(options, process.env),
    serverHeader: options.serverHeader ? 'daemun' : null,
    via: options.via === true ? 'daemun' : null,
    upstreamServiceTime: options.upstreamServiceTime,
    drainTimeoutMs: readDrainTime('--drain-timeout', options.drainTimeout),
    drainDelayMs: readDrainTime('--drain-delay', options.drainDelay),
    ...(options.stateDir === undefined ? {} : { stateDirectory: options.stateDir }),
  };
  const { controllerName } = options;
  if (controllerName !== undefined && !isControllerName(controllerName)) throw notAControllerName(controllerName);
  const source = readSource(options, settings);
  const sinks = openSinks(options, terminal);
  const { log, accessLog } = sinks;
  const told = { log, accessLog, metrics: () => sinks.metrics(), troubles: () => sinks.troubles() };
  switch (source.kind) {
    case 'files':
      return { source: { ...source, options: { ...source.options, ...told } }, sinks };
    case 'kubernetes':
      return { source: { ...source, options: { ...source.options, ...told } }, sinks };
  }
}

function readSource(options: RunOptions, settings: GatewayOptions): RunSource {
  const { filename, kubernetes } = options;
  if (kubernetes && filename !== undefined) {
    throw usageError(
      '-f and --kubernetes exclude each other: resources come from manifests or from a cluster',
      'leave one of them out; kubectl apply -f PATH brings manifests into the cluster',
    );
  }
  return kubernetes
    ? { kind: 'kubernetes', options: { ...settings, ...readCluster(options) } }
    : { kind: 'files', options: { ...settings, ...readManifests(options) } };
}

/** Where the process runs; what is empty is not known. */
function readPlace(
  { nodeName, zone }: RunOptions,
  environment: NodeJS.ProcessEnv,
): Required<StandaloneOptions>['place'] {
  return { node: nodeName || environment['NODE_NAME'] || null, zone: zone || environment['NODE_ZONE'] || null };
}

function readManifests(options: RunOptions): StandaloneOptions {
  const { filename, address, settle, demo, controllerName = null } = options;
  const stray = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).find(name => options[name] !== undefined);
  if (filename === undefined) {
    throw usageError(
      'run needs manifests, or --kubernetes',
      'Example: daemun run -f ./manifests; --demo adds backends to them',
    );
  }
  if (stray !== undefined) throw usageError(`${FLAGS[stray]} is for --kubernetes`, 'leave it out, or -f');
  if (options.mesh)
    throw usageError('--mesh is for --kubernetes', 'leave it out: manifests may have routes of Services without it');
  if (address !== undefined && isIP(address) === 0) throw usageError(`--address ${address}: not an IP address`);
  const mesh = readLoopbackMesh(options);
  return { paths: filename, settleMs: readSettle(settle), demo, controllerName, address: address ?? null, mesh };
}

const FLAGS = {
  kubeconfig: '--kubeconfig',
  context: '--context',
  addressMode: '--address-mode',
  addressPool: '--address-pool',
  podIp: '--pod-ip',
  podsService: '--pods-service',
  leaseNamespace: '--lease-namespace',
  nodeIp: '--node-ip',
  meshPorts: '--mesh-ports',
} as const;

const MANIFEST_FLAGS = { clientNamespace: '--client-namespace', meshAddressPool: '--mesh-address-pool' } as const;

function readCluster(options: RunOptions): KubernetesOptions {
  const { kubeconfig = null, context = null, controllerName } = options;
  if (options.demo) throw usageError('--demo is for manifests', 'leave it out: a cluster has Pods');
  if (options.address !== undefined) throw usageError('--address is for manifests', 'leave it out: see --address-mode');
  const ofManifests = (Object.keys(MANIFEST_FLAGS) as (keyof typeof MANIFEST_FLAGS)[]).find(
    name => options[name] !== undefined,
  );
  if (ofManifests !== undefined)
    throw usageError(
      `${MANIFEST_FLAGS[ofManifests]} is for manifests`,
      'leave it out: a cluster has Pods and ClusterIPs',
    );
  const mesh = readMesh(options, process.env);
  const addressing = servesGateways(options) ? readAddressing(options, process.env) : ({ mode: 'none' } as const);
  const name = controllerName === undefined ? {} : { controllerName };
  const namespace = options.leaseNamespace ?? process.env['POD_NAMESPACE'] ?? null;
  const lease = options.leaderElection ? { namespace } : null;
  return { kubeconfig, context, addressing, mesh, lease, ...name };
}

/** An agent of a mesh does only when it is told how. */
function servesGateways({ mesh, addressMode, addressPool }: RunOptions): boolean {
  return !mesh || addressMode !== undefined || addressPool !== undefined;
}

function openSinks(options: RunOptions, terminal: Terminal): RunSinks {
  if (!isLogLevel(options.logLevel)) {
    throw usageError(`--log-level ${options.logLevel}: not a level`, `Levels: ${LOG_LEVELS.join(', ')}`);
  }
  const format = options.logFormat ?? (terminal.interactive && options.logFile === undefined ? 'pretty' : 'json');
  if (format !== 'json' && format !== 'pretty') throw usageError(`--log-format ${format}: use json or pretty`);
  const { logLevel: level, logFile = null, accessLog } = options;
  try {
    return new RunSinks({ level, format, logFile, accessLog }, terminal);
  } catch (error) {
    const file = error instanceof Error && 'path' in error ? ` ${error.path}` : '';
    throw couldNotRun(`cannot write the log${file}: ${fileFault(error)}`, 'Make its folder, or name another file');
  }
}

/** Threads: 4 GiB at rest, and connections of each to every endpoint. More than the CPUs there are make nothing faster. */
const MAX_WORKERS = 256;

function readWorkers(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), MAX_WORKERS);
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 0 && workers <= MAX_WORKERS && text.trim() !== '') return workers;
  throw usageError(
    `--workers ${text}: a whole number from 0 to ${MAX_WORKERS} is needed`,
    '0 runs the data plane in the main thread',
  );
}

/** A timer cannot wait for more than 24 days, and nobody should. */
const MAX_WAIT_MS = 86_400_000;

function readSettle(text: string): number {
  const settleMs = parseDuration(text);
  if (settleMs !== undefined && settleMs <= MAX_WAIT_MS) return settleMs;
  throw usageError(`--settle ${text}: a duration of at most 24h is needed`, 'Example: --settle 10s');
}

/** Seconds without a unit, as the flag is known, or a duration as of `--settle`. */
function readDrainTime(flag: string, text: string): number {
  const timeoutMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (timeoutMs !== undefined && timeoutMs <= MAX_WAIT_MS) return timeoutMs;
  throw usageError(`${flag} ${text}: seconds or a duration of at most 24h are needed`, `Example: ${flag} 30s`);
}

/** `host:port`, or `off`. */
function readAdmin({
  admin: text,
  adminGuarded: isGuarded = false,
}: RunOptions): NonNullable<GatewayOptions['admin']> | null {
  if (text === 'off') return null;
  const place = readHostPort(text);
  if (place !== undefined) return { ...place, isGuarded };
  throw usageError(
    `--admin ${text}: an IP address or localhost with a port, or off, is needed`,
    'Example: --admin 127.0.0.1:9900',
  );
}
