// SPDX-License-Identifier: Apache-2.0

import {
  dumpConfig,
  explainQuestion,
  listResources,
  loadOffline,
  locateFindings,
  parseQuestion,
} from '../controller/index.ts';
import { systemClock } from '../time/index.ts';
import { AdminClient } from './admin-client.ts';
import { usageError } from './exit-code.ts';
import { checkPaths, type ManifestPaths, withInput } from './manifest-paths.ts';
import type { ResourceSource, SourceOptions } from './resource-source.ts';
import type { Terminal } from './terminal.ts';

/** Opens the manifests of `-f`, else the admin address of a running process. */
export async function openSource(options: SourceOptions, terminal: Terminal): Promise<ResourceSource> {
  if (options.filename === undefined) return new AdminClient(options.admin);
  return offlineSource(options.filename, terminal);
}

async function offlineSource(paths: readonly string[], terminal: Terminal): Promise<ResourceSource> {
  checkPaths(paths);
  return withInput(paths, terminal, async (manifests: ManifestPaths) => {
    const { view, store } = await loadOffline({
      paths: manifests.paths,
      defaultNamespace: 'default',
      clock: systemClock,
    });
    const findings = locateFindings(view.findings, store, view.resources).map(manifests.rename);
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
  });
}
