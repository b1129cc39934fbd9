// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import type { Document } from 'yaml';
import { openCluster } from '../../store/index.ts';
import { systemClock, systemRandom } from '../../time/index.ts';
import { EXIT, failureOf } from '../exit-code.ts';
import { lineText } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import { type Applied, applyObjects, type Manifest, nameOf } from './apply-objects.ts';
import { awaitInstalled } from './await-installed.ts';
import { installManifests } from './install-manifests.ts';
import { type InstallOptions, readInstallation, readWait } from './install-options.ts';
import { refuseRelease, refuseSecondInstallation, refuseToForgetAgents } from './other-installation.ts';

/** Of an object that changes, more would not be read. */
const FIELDS_SHOWN = 6;

export async function runInstall(options: InstallOptions, terminal: Terminal): Promise<number> {
  const documents = installManifests(readInstallation(options));
  const waitMs = readWait(options);
  if (!options.apply) {
    terminal.out(documents.map(textOf).join('---\n'));
    return EXIT.ok;
  }
  const manifests: readonly Manifest[] = documents.map(document => document.toJS());
  await applyTo({ ...options, waitMs }, manifests, terminal);
  if (!options.dryRun && waitMs === null) tellNext(options, manifests, terminal);
  return EXIT.ok;
}

/** Without the line that begins a document, which some had. */
function textOf(document: Document): string {
  if (document.directives !== undefined) document.directives.docStart = null;
  return document.toString({ lineWidth: 0 });
}

interface Applying extends InstallOptions {
  /** As `readWait`. */
  readonly waitMs: number | null;
}

async function applyTo(options: Applying, manifests: readonly Manifest[], terminal: Terminal): Promise<void> {
  const { kubeconfig = null, context = null, dryRun, force, namespace, mesh, waitMs } = options;
  const bindings = manifests.filter(({ kind }) => kind === 'ClusterRoleBinding');
  const place = { kubeconfig, context, environment: process.env, home: homedir() };
  const log = { info: () => undefined, warn: () => undefined };
  try {
    const { client } = await openCluster({ place, clock: systemClock, random: systemRandom, log });
    try {
      for (const { metadata } of bindings) await refuseSecondInstallation(client, { name: metadata.name, namespace });
      await refuseRelease(client, namespace);
      if (!mesh) await refuseToForgetAgents(client, { namespace, program: terminal.program });
      for await (const applied of applyObjects(client, manifests, { dryRun, force }))
        terminal.out(`${lineText(`${told(applied)}${dryRun ? ' (dry run)' : ''}`)}\n`);
      if (waitMs !== null) await awaitInstalled(client, manifests, { waitMs, terminal });
    } finally {
      client.close();
    }
  } catch (error) {
    throw failureOf(error);
  }
}

function told(applied: Applied): string {
  const name = nameOf(applied.manifest);
  if (applied.what !== 'changed') return `${name} ${applied.what}`;
  const { fields } = applied;
  const more = fields.length > FIELDS_SHOWN ? `; ${fields.length - FIELDS_SHOWN} more` : '';
  return `${name} changed: ${fields.slice(0, FIELDS_SHOWN).join('; ')}${more}`;
}

function tellNext(
  { namespace, image, class: className, mesh }: InstallOptions,
  manifests: readonly Manifest[],
  terminal: Terminal,
): void {
  const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet');
  const lines = workloads.map(
    ({ kind, metadata }) => `kubectl --namespace ${namespace} rollout status ${kind.toLowerCase()}/${metadata.name}`,
  );
  if (className !== 'none') lines.push(`kubectl get gatewayclass ${className}`);
  terminal.out(`\nNext:\n${lines.map(line => `  ${line}\n`).join('')}`);
  const made = mesh ? 'npm run image -- --with-nft' : 'npm run image';
  if (image === undefined)
    terminal.out(`The image is of no registry: the nodes must have it (${made}), or name yours with --image.\n`);
}
