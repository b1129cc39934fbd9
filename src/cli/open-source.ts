// SPDX-License-Identifier: Apache-2.0

import {
  dumpConfig,
  explainQuestion,
  type LocatedFinding,
  listResources,
  loadOffline,
  locateFindings,
  type Place,
  parseQuestion,
  readCluster,
  type View,
} from '../controller/index.ts';
import { systemClock, systemRandom } from '../time/index.ts';
import { AdminClient } from './admin-client.ts';
import { failureOf, usageError } from './exit-code.ts';
import { checkPaths, type ManifestPaths, withInput } from './manifest-paths.ts';
import { lineText, paintFor } from './paint.ts';
import type { ResourceSource, SourceOptions } from './resource-source.ts';
import type { Terminal } from './terminal.ts';

/** Opens a cluster if one is named, else the manifests of `-f`, else the admin address of a running process. */
export async function openSource(options: SourceOptions, terminal: Terminal): Promise<ResourceSource> {
  if (isCluster(options)) return clusterSource(options, terminal);
  if (options.filename !== undefined) return offlineSource(options.filename, placeOf(options), terminal);
  if (options.nodeName === undefined && options.zone === undefined)
    return new AdminClient(options.admin, 'read manifests with -f', options.answerTimeoutMs);
  throw usageError(
    '--node-name and --zone are not for a running daemun',
    'It knows where it is; add -f or --kubernetes',
  );
}

function placeOf({ nodeName, zone }: SourceOptions): Place {
  return { node: nodeName ?? null, zone: zone ?? null };
}

/** Whether a cluster is to be read. Throws a usage error when manifests are, too, or when what is asked for makes sense of a cluster only. */
export function isCluster(options: Omit<SourceOptions, 'admin'>): boolean {
  const { kubernetes, kubeconfig, context, controllerName, filename } = options;
  if (kubernetes !== true && kubeconfig === undefined && context === undefined) {
    if (controllerName === undefined) return false;
    throw usageError('--controller-name is for a cluster', 'Leave it out, or add --kubernetes');
  }
  if (filename === undefined) return true;
  throw usageError(
    'manifests and a cluster exclude each other',
    'Leave out the manifests, or --kubernetes, --kubeconfig and --context',
  );
}

async function clusterSource(options: SourceOptions, terminal: Terminal): Promise<ResourceSource> {
  const { kubeconfig = null, context = null, controllerName = null } = options;
  try {
    const { view, store } = await readCluster({
      kubeconfig,
      context,
      controllerName,
      place: placeOf(options),
      clock: systemClock,
      random: systemRandom,
    });
    warnOfDenied(view, terminal);
    return sourceOf(view, locateFindings(view.findings, store, view.resources));
  } catch (error) {
    throw failureOf(error);
  }
}

/** What may not be read looks as if it were not there. */
function warnOfDenied({ findings }: View, terminal: Terminal): void {
  const [first, ...others] = findings.filter(({ code }) => code === 'store/not-permitted');
  if (first === undefined) return;
  const more =
    others.length === 0 ? '' : `; ${others.length} more of such kinds (${terminal.program} check --kubernetes)`;
  terminal.err(`${paintFor(terminal)('yellow', 'warning:')} ${lineText(`${first.message}${more}`)}\n`);
}

async function offlineSource(paths: readonly string[], place: Place, terminal: Terminal): Promise<ResourceSource> {
  checkPaths(paths);
  return withInput(paths, terminal, async (manifests: ManifestPaths) => {
    const { view, store } = await loadOffline({
      paths: manifests.paths,
      defaultNamespace: 'default',
      place,
      clock: systemClock,
    });
    return sourceOf(view, locateFindings(view.findings, store, view.resources).map(manifests.rename));
  });
}

/** What one translation shows. */
function sourceOf(view: View, findings: readonly LocatedFinding[]): ResourceSource {
  return {
    list: async kind => listResources(view, kind),
    findings: async () => findings,
    async explain(params) {
      const question = parseQuestion(params);
      if ('fault' in question) throw usageError(question.fault);
      return explainQuestion(view.published, question);
    },
    config: async () => dumpConfig(view, null),
  };
}
