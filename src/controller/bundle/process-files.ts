// SPDX-License-Identifier: Apache-2.0

import { availableParallelism, release } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StatusPage } from '../health/status-page.ts';
import type { ConfigDump } from '../shown/config-dump.ts';
import type { LocatedFinding } from '../shown/located-finding.ts';
import type { View } from '../shown/view.ts';
import { type BundleFile, bundleFile, jsonFile } from './bundle-file.ts';
import { bundledResources } from './bundled-resources.ts';
import { redact, redactLogLine } from './redact.ts';

/** What a process says of itself in a support bundle. */
export interface ProcessFileParts {
  readonly status: StatusPage;
  /** null until the first reload has ended. */
  readonly view: Pick<View, 'resources' | 'statuses'> | null;
  readonly config: ConfigDump | null;
  readonly findings: readonly LocatedFinding[];
  /** The last lines of the log; null: they are not kept. */
  readonly logLines: readonly string[] | null;
}

/** The files of a process, without secrets. Other work of the thread goes first after each: of 10,000 routes one takes a second. */
export async function processFiles(parts: ProcessFileParts): Promise<BundleFile[]> {
  const { status, view, config, findings, logLines } = parts;
  const makers = [
    () => jsonFile('status.json', redact(status)),
    () => jsonFile('config.json', redact(config)),
    () => jsonFile('findings.json', redact(findings)),
    () => jsonFile('resources.json', view === null ? [] : bundledResources(view)),
    () => jsonFile('process.json', aboutProcess()),
    ...(logLines === null
      ? []
      : [() => bundleFile('log.ndjson', logLines.map(line => `${redactLogLine(line)}\n`).join(''))]),
  ];
  const files: BundleFile[] = [];
  for (const make of makers) {
    files.push(make());
    await nextTurn();
  }
  return files;
}

/** Nothing of the command line and the environment: they may hold anything. */
function aboutProcess(): object {
  const { pid, platform, arch, versions } = process;
  return {
    ...{ pid, platform, arch, release: release(), cpus: availableParallelism(), versions },
    uptimeSeconds: process.uptime(),
    memory: process.memoryUsage(),
    usage: process.resourceUsage(),
  };
}
