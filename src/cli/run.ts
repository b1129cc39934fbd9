// SPDX-License-Identifier: Apache-2.0
import { type Standalone, startStandalone } from '../controller/index.ts';
import { messageOf } from '../errors/index.ts';
import { couldNotRun, EXIT } from './exit-code.ts';
import { checkWatchedPaths } from './manifest-paths.ts';
import { type RunOptions, readRunOptions } from './run-options.ts';
import { startTable } from './start-table.ts';
import type { Terminal } from './terminal.ts';

/** `run -f PATH…`: the standalone gateway, until a signal ends it. */
export async function runGateway(options: RunOptions, terminal: Terminal): Promise<number> {
  const startedMs = performance.now();
  const { standalone: settings, log, accessLog } = readRunOptions(options, terminal);
  checkWatchedPaths(settings.paths);
  // Before anything starts: a signal that comes while starting is not lost.
  const stopped = terminal.stopSignal(() => {
    terminal.err('daemun: stopped at once by a second signal\n');
    terminal.exit(EXIT.failed);
  });
  const standalone = await start(settings, options);
  terminal.out(startTable(standalone, { terminal, tookMs: performance.now() - startedMs, paths: settings.paths }));
  const signal = await stopped;
  log.info('draining', { signal });
  const report = await standalone.stop();
  await accessLog.close();
  log.info('stopped', { ...report });
  return EXIT.ok;
}

async function start(settings: Parameters<typeof startStandalone>[0], options: RunOptions): Promise<Standalone> {
  try {
    return await startStandalone(settings);
  } catch (error) {
    if (isInUse(error)) {
      throw couldNotRun(
        `the admin address ${options.admin} is in use`,
        'Choose another one with --admin HOST:PORT, or none with --admin off',
      );
    }
    throw couldNotRun(messageOf(error));
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
