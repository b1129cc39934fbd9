// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run manifests`: renders the chart with its default values into `packaging/kubernetes/install.yaml`, which `daemun install` prints and
 * `kubectl apply` takes. Needs helm (`go install helm.sh/helm/v3/cmd/helm@latest`). The file says of which chart it is, so that a test
 * can tell without helm when the chart has changed since.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, chartDigest, INSTALL_FILE, RULES_FILE, render } from './manifests/rendered-chart.ts';

copyFileSync(RULES_FILE, join(CHART, 'files/daemun-rules.yaml'));
const rendered = render(args => execFileSync('helm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
writeFileSync(INSTALL_FILE, rendered);
process.stdout.write(`${INSTALL_FILE}\n${chartDigest()}\n`);
