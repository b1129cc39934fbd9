// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { isLogLevel, LOG_LEVELS, type StandaloneOptions } from '../controller/index.ts';
import { messageOf } from '../errors/index.ts';
import { parseDuration } from '../values/index.ts';
import { couldNotRun, usageError } from './exit-code.ts';
import { RunSinks } from './sink/run-sinks.ts';
import type { Terminal } from './terminal.ts';

/** The flags of `run`, as commander hands them over. */
export interface RunOptions {
  readonly filename?: readonly string[];
  readonly settle: string;
  readonly demo: boolean;
  readonly address?: string;
  readonly admin: string;
  readonly workers?: string;
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

export interface RunSettings {
  readonly standalone: StandaloneOptions;
  readonly sinks: RunSinks;
}

/** Reads the flags. Throws a usage error for a value that makes no sense; log files may fail to open. */
export function readRunOptions(options: RunOptions, terminal: Terminal): RunSettings {
  if (options.filename === undefined) {
    throw usageError('run needs manifests', 'Example: daemun run -f ./manifests; --demo adds backends to them');
  }
  if (options.address !== undefined && isIP(options.address) === 0) {
    throw usageError(`--address ${options.address}: not an IP address`);
  }
  const settings = {
    paths: options.filename,
    settleMs: readSettle(options.settle),
    demo: options.demo,
    controllerName: options.controllerName ?? null,
    address: options.address ?? null,
    workers: readWorkers(options.workers),
    admin: readAdmin(options.admin),
    serverHeader: options.serverHeader ? 'daemun' : null,
    via: options.via === true ? 'daemun' : null,
    upstreamServiceTime: options.upstreamServiceTime,
    drainTimeoutMs: readDrainTime('--drain-timeout', options.drainTimeout),
    drainDelayMs: readDrainTime('--drain-delay', options.drainDelay),
  };
  const state = options.stateDir === undefined ? {} : { stateDirectory: options.stateDir };
  const sinks = openSinks(options, terminal);
  const { log, accessLog } = sinks;
  return { standalone: { ...settings, ...state, log, accessLog, metrics: () => sinks.metrics() }, sinks };
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
    throw couldNotRun(`cannot write a log: ${messageOf(error)}`);
  }
}

function readWorkers(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 0 && workers <= 1024 && text.trim() !== '') return workers;
  throw usageError(
    `--workers ${text}: a whole number from 0 to 1024 is needed`,
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

/** `host:port`, `[v6]:port`, `:port` or `off`. */
function readAdmin(text: string): { host: string; port: number } | null {
  if (text === 'off') return null;
  const [, host = '', portText = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  const port = Number(portText);
  const isHost = isIP(bare) !== 0 || bare === 'localhost';
  if (portText !== '' && port <= 65_535 && isHost) return { host: bare, port };
  throw usageError(
    `--admin ${text}: an IP address or localhost with a port, or off, is needed`,
    'Example: --admin 127.0.0.1:9900',
  );
}
