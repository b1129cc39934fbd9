// SPDX-License-Identifier: Apache-2.0

import { readClusterReport, reportOf, type StatusReport } from '../../controller/index.ts';
import { systemClock, systemRandom } from '../../time/index.ts';
import { AdminClient } from '../admin-client.ts';
import { EXIT, failureOf, usageError } from '../exit-code.ts';
import { isCluster } from '../open-source.ts';
import { type OutputFormat, writeData } from '../output-format.ts';
import { paintFor } from '../paint.ts';
import type { ClusterOptions } from '../resource-source.ts';
import type { Terminal } from '../terminal.ts';
import { nextCommand } from './next-command.ts';
import { reportText } from './report-text.ts';

export interface StatusOptions extends ClusterOptions {
  /** `--admin`: the running process. */
  readonly admin: string;
  readonly output: OutputFormat;
  /** `-w`: go on until a signal comes. */
  readonly watch?: boolean;
}

/** How often a process is asked while it is watched. */
const EVERY_MS = 1_000;

/** `status`: how a gateway is, on one page. 0 when it is healthy, 1 when it is not, 3 when nobody answers. */
export async function runStatus(options: StatusOptions, terminal: Terminal): Promise<number> {
  const ofCluster = isCluster(options);
  if (ofCluster && options.watch === true) {
    throw usageError(
      '-w asks a running daemun, and a cluster is read once',
      'Leave out -w, or ask one process with --admin',
    );
  }
  const client = new AdminClient(options.admin, 'ask those of a cluster with --kubernetes');
  const ask = async (): Promise<StatusReport> =>
    ofCluster ? askCluster(options) : reportOf(await client.status(), client.address);
  const report = await ask();
  write(report, options, terminal);
  return exitCodeOf(options.watch === true ? await watch(ask, report, { options, terminal }) : report);
}

async function askCluster(options: StatusOptions): Promise<StatusReport> {
  const { kubeconfig = null, context = null, controllerName = null } = options;
  try {
    return await readClusterReport({ kubeconfig, context, controllerName, clock: systemClock, random: systemRandom });
  } catch (error) {
    throw failureOf(error);
  }
}

/** Prints the page again whenever it says something else; the last one, once a signal has come. */
async function watch(
  ask: () => Promise<StatusReport>,
  first: StatusReport,
  { options, terminal }: { readonly options: StatusOptions; readonly terminal: Terminal },
): Promise<StatusReport> {
  let report = first;
  let isStopped = false;
  const stopped = terminal
    .stopSignal(() => terminal.exit(exitCodeOf(report)))
    .then(() => {
      isStopped = true;
    });
  for (;;) {
    await Promise.race([terminal.pause(EVERY_MS), stopped]);
    if (isStopped) return report;
    const now = await ask();
    if (JSON.stringify(now) === JSON.stringify(report)) continue;
    report = now;
    if (options.output === 'table' || options.output === 'wide') terminal.out('\n');
    write(report, options, terminal);
  }
}

function exitCodeOf({ healthy }: StatusReport): number {
  return healthy ? EXIT.ok : EXIT.refused;
}

function write(report: StatusReport, options: StatusOptions, terminal: Terminal): void {
  if (writeData(terminal, options.output, report)) return;
  const commandOf = (next: string): string => nextCommand(next, options, terminal.program);
  terminal.out(reportText(report, { paint: paintFor(terminal), nowMs: systemClock.wallMs(), commandOf }));
}
