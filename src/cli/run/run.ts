// SPDX-License-Identifier: Apache-2.0

import { type Readiness, type RunningGateway, startKubernetes, startStandalone } from '../../controller/index.ts';
import { messageOf } from '../../errors/index.ts';
import { bindFailure } from '../../snapshot/index.ts';
import { systemClock } from '../../time/index.ts';
import { couldNotRun, EXIT, failureOf } from '../exit-code.ts';
import { checkWatchedPaths } from '../manifest-paths.ts';
import { paintFor } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import { type RunOptions, type RunSettings, type RunSource, readRunOptions } from './run-options.ts';
import { watchSignals } from './run-signals.ts';
import { ServiceManager } from './service-manager.ts';
import { readyLine, startTable, type TableSource } from './start-table.ts';

/** `run -f PATH…` and `run --kubernetes`: a gateway, until a signal ends it. */
export async function runGateway(options: RunOptions, terminal: Terminal): Promise<number> {
  const settings = readRunOptions(options, terminal);
  const run = new GatewayRun(settings, terminal);
  // Without an admin address, a worker and a Gateway nothing else does.
  const leave = terminal.stay();
  try {
    const exitCode = await run.untilStopped(options);
    await settings.sinks.close();
    run.end(exitCode);
    return exitCode;
  } catch (error) {
    await settings.sinks.abandon();
    throw error;
  } finally {
    leave();
  }
}

/** Why it ends: a signal, or an error that nobody caught. */
type EndReason = { readonly signal: string } | { readonly error: string };

class GatewayRun {
  readonly #settings: RunSettings;
  readonly #terminal: Terminal;
  readonly #startedMs = systemClock.nowMs();
  readonly #manager: ServiceManager;
  readonly #ended: Promise<EndReason>;
  #gateway: RunningGateway | null = null;
  #wasReady = false;
  /** Threads that do not end. */
  #stuck = 0;

  constructor(settings: RunSettings, terminal: Terminal) {
    this.#settings = settings;
    this.#terminal = terminal;
    const { log } = settings.sinks;
    this.#manager = new ServiceManager(terminal.environment, why =>
      log.warn('systemd cannot be told how far this process is', { why }),
    );
    // Before anything starts: a signal that comes while starting is not lost.
    this.#ended = Promise.race([this.#watchSignals(), this.#watchCrashes()]);
  }

  async untilStopped(options: RunOptions): Promise<number> {
    const { source, sinks } = this.#settings;
    if (source.kind === 'files') checkWatchedPaths(source.options.paths);
    // A cluster that does not answer is waited for: a signal ends that, too.
    const gateway = await Promise.race([start(source, options), this.#ended]);
    if (!('view' in gateway)) return 'signal' in gateway ? EXIT.ok : EXIT.failed;
    this.#gateway = gateway;
    const tookMs = systemClock.nowMs() - this.#startedMs;
    sinks.out(startTable(gateway, { terminal: this.#terminal, tookMs, source: tableSource(source) }));
    gateway.onReadiness(readiness => this.#tellReadiness(readiness));
    this.#wasReady = gateway.readiness().ready;
    this.#tellManager(gateway.readiness());
    const reason = await this.#ended;
    sinks.log.info('draining', reason);
    void this.#manager.stopping('Draining: requests in progress may end');
    const report = await gateway.stop();
    this.#stuck = report.stuck;
    if (report.lost > 0) sinks.log.error('workers ended before their requests did', { workers: report.lost });
    sinks.log.info('stopped', { ...report });
    return 'signal' in reason && report.lost === 0 ? EXIT.ok : EXIT.failed;
  }

  /**
   * Ends the process now: other commands wait for the reader of what they wrote; one that takes nothing must not keep this
   * one. Nor must a thread that hangs, for which Node would wait.
   */
  end(exitCode: number): void {
    if (this.#stuck === 0) {
      this.#terminal.exit(exitCode);
      return;
    }
    this.#terminal.err('daemun: a thread does not end; the process ends without it\n');
    this.#terminal.exitWithoutThreads(exitCode);
  }

  async #endAtOnce(): Promise<void> {
    this.#stuck = (await this.#gateway?.abandon()) ?? 0;
    this.end(EXIT.failed);
  }

  async #watchSignals(): Promise<EndReason> {
    const { sinks } = this.#settings;
    const signal = await watchSignals(this.#terminal, {
      onReload: () => void this.#reload(),
      onReopen: () => sinks.reopen(),
      onUnknown: name => sinks.log.warn('a signal that means nothing to daemun was ignored', { signal: name }),
      onSecond: () => {
        this.#terminal.err('daemun: stopped at once by a second signal\n');
        void this.#endAtOnce();
      },
    });
    return { signal };
  }

  /**
   * An error that nobody caught leaves this thread in doubt, not the workers: requests get their time to end, then the
   * process ends with a failure so that whoever watches it starts another one. A second one, or one before there is
   * anything to drain, ends it at once.
   */
  #watchCrashes(): Promise<EndReason> {
    let isFirst = true;
    return new Promise(resolve => {
      this.#terminal.onCrash(error => {
        const stack = error instanceof Error ? error.stack : undefined;
        this.#settings.sinks.log.error('an error that nothing caught: a bug', { error: messageOf(error), stack });
        if (isFirst && this.#gateway !== null) {
          isFirst = false;
          resolve({ error: messageOf(error) });
          return;
        }
        this.#terminal.err(`daemun: ended by an error that nothing caught: ${messageOf(error)}\n`);
        void this.#endAtOnce();
      });
    });
  }

  /** A reload that breaks is in the log already; the gateway goes on with what it had. */
  async #reload(): Promise<void> {
    const { sinks } = this.#settings;
    sinks.log.info('reloading', { signal: 'SIGHUP' });
    sinks.reopen();
    if (this.#gateway === null) return;
    void this.#manager.reloading();
    await this.#gateway.reload();
    void this.#manager.ready(statusOf(this.#gateway.readiness()));
  }

  #tellReadiness(readiness: Readiness): void {
    const { sinks } = this.#settings;
    if (!readiness.ready) sinks.log.warn('not ready', { reason: readiness.reason });
    else if (this.#wasReady) sinks.log.info('ready again');
    else if (this.#gateway !== null) {
      this.#wasReady = true;
      const tookMs = systemClock.nowMs() - this.#startedMs;
      sinks.out(readyLine(this.#gateway, tookMs, paintFor(this.#terminal)));
    }
    this.#tellManager(readiness);
  }

  #tellManager(readiness: Readiness): void {
    const status = statusOf(readiness);
    void (readiness.ready ? this.#manager.ready(status) : this.#manager.status(status));
  }
}

/** For `systemctl status`. */
function statusOf(readiness: Readiness): string {
  return readiness.ready ? 'Ready' : `Not ready: ${readiness.reason}`;
}

function tableSource(source: RunSource): TableSource {
  return source.kind === 'files' ? { kind: 'files', paths: source.options.paths } : { kind: 'kubernetes' };
}

async function start(source: RunSource, options: RunOptions): Promise<RunningGateway> {
  try {
    return await (source.kind === 'files' ? startStandalone(source.options) : startKubernetes(source.options));
  } catch (error) {
    throw adminFailure(error, options.admin) ?? threadFailure(error) ?? failureOf(error);
  }
}

/** Null: it was not for its address that the process could not start. Nothing else listens at one that the user chose before it has. */
function adminFailure(error: unknown, admin: string): Error | null {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'listen') return null;
  const { code, message } = bindFailure('code' in error ? String(error.code) : undefined, error.message);
  const why = code === 'port-in-use' ? 'is in use' : `cannot be bound: ${message}`;
  return couldNotRun(
    `the admin address ${admin} ${why}`,
    'Choose another one with --admin HOST:PORT, or none with --admin off',
  );
}

/** Null: it was not for want of a thread. Node says no more than the system's word for it. */
function threadFailure(error: unknown): Error | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_WORKER_INIT_FAILED') return null;
  return couldNotRun(
    `a worker thread cannot be started: ${error.message}`,
    'Allow more processes (ulimit -u, pids.max of the cgroup) or memory, or ask for fewer --workers',
  );
}
