// SPDX-License-Identifier: Apache-2.0

/** What `packaging/kubernetes/install.yaml` is made of. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const packaging = join(import.meta.dirname, '../../packaging');
export const CHART = join(packaging, 'helm/daemun');
export const INSTALL_FILE = join(packaging, 'kubernetes/install.yaml');
export const MESH_FILE = join(packaging, 'kubernetes/mesh.yaml');
/** The source of the copy that the chart has: a chart reads nothing outside its folder. */
export const RULES_FILE = join(packaging, 'prometheus/daemun-rules.yaml');

/** In which it is installed unless told. */
const NAMESPACE = 'daemun-system';
/** Any that the chart takes: nothing in it depends on the version. */
const KUBE_VERSION = '1.34.0';

/** A digest of all that the chart is made of. */
export function chartDigest(): string {
  const hash = createHash('sha256');
  const names = readdirSync(CHART, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const file = join(CHART, name);
    if (statSync(file).isFile()) hash.update(`${name}\0${readFileSync(file, 'utf8')}\0`);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** Runs helm with these arguments, and gives its output. */
type Helm = (args: readonly string[]) => string;

function objectsOf(helm: Helm, flags: readonly string[]): string {
  const where = ['--namespace', NAMESPACE, '--kube-version', KUBE_VERSION];
  return (
    helm(['template', 'daemun', CHART, ...where, ...flags])
      .replaceAll(/^# Source: .*\n/gm, '')
      // Nobody manages what is applied by hand.
      .replaceAll(/^ *app\.kubernetes\.io\/managed-by: Helm\n/gm, '')
      .trimEnd()
  );
}

/** The whole of `MESH_FILE`: the agents, in the namespace that `INSTALL_FILE` makes. */
export function renderMesh(helm: Helm): string {
  return `# Agents of the mesh beside install.yaml: what the chart of packaging/helm/daemun adds with mesh.enabled, rendered by \`npm run manifests\`.
# Their namespace must permit what they need: \`daemun install --mesh\` sees to it.
# chart: ${chartDigest()}
${objectsOf(helm, ['--set', 'mesh.enabled=true', '--show-only', 'templates/mesh.yaml'])}
`;
}

/** The whole of `INSTALL_FILE`. */
export function render(helm: Helm): string {
  return `# daemun in a cluster: the chart of packaging/helm/daemun with its default values, rendered by \`npm run manifests\`.
# chart: ${chartDigest()}
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
  labels:
    # Pods of daemun ask for nothing that this standard forbids.
    pod-security.kubernetes.io/enforce: restricted
${objectsOf(helm, [])}
`;
}
