// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run manifests`: renders the chart with its default values into `packaging/kubernetes/install.yaml` and, for the agents of the mesh, `mesh.yaml` beside it, which `daemun
 * install` prints and `kubectl apply` takes. Needs helm (`go install helm.sh/helm/v3/cmd/helm@latest`). Each file says of which chart it is, so that a test
 * can tell without helm when the chart has changed since.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHART,
  chartDigest,
  INSTALL_FILE,
  MESH_FILE,
  RULES_FILE,
  render,
  renderMesh,
} from './manifests/rendered-chart.ts';

copyFileSync(RULES_FILE, join(CHART, 'files/daemun-rules.yaml'));
const helm = (args: readonly string[]): string =>
  execFileSync('helm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
writeFileSync(INSTALL_FILE, render(helm));
writeFileSync(MESH_FILE, renderMesh(helm));
process.stdout.write(`${INSTALL_FILE}\n${MESH_FILE}\n${chartDigest()}\n`);
