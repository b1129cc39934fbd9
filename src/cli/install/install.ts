// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import type { Document } from 'yaml';
import { isDnsLabel, isDnsSubdomain } from '../../resources/index.ts';
import { openCluster } from '../../store/index.ts';
import { systemClock, systemRandom } from '../../time/index.ts';
import { EXIT, failureOf, usageError } from '../exit-code.ts';
import { lineText } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import { type Applied, applyObjects, type Manifest, nameOf } from './apply-objects.ts';
import { type Installation, installManifests } from './install-manifests.ts';
import { refuseSecondInstallation } from './other-installation.ts';

/** As the command line gives them. */
export interface InstallOptions {
  readonly namespace: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly class: string;
  readonly controllerName: string;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Of an object that changes, more would not be read. */
const FIELDS_SHOWN = 6;

export async function runInstall(options: InstallOptions, terminal: Terminal): Promise<number> {
  const installation = readInstallation(options);
  const documents = installManifests(installation);
  if (!options.apply) {
    terminal.out(documents.map(textOf).join('---\n'));
    return EXIT.ok;
  }
  const manifests: readonly Manifest[] = documents.map(document => document.toJS());
  await applyTo(options, manifests, terminal);
  if (!options.dryRun) tellNext(options, manifests, terminal);
  return EXIT.ok;
}

/** Without the line that begins a document, which some had. */
function textOf(document: Document): string {
  if (document.directives !== undefined) document.directives.docStart = null;
  return document.toString({ lineWidth: 0 });
}

/** As the API wants it: a domain, then a path. */
const CONTROLLER = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

function readInstallation(options: InstallOptions): Installation {
  const { namespace, image = null, replicas = null, controllerName } = options;
  if (!options.apply && (options.dryRun || options.force || options.kubeconfig !== undefined || options.context))
    throw usageError(
      '--dry-run, --force, --kubeconfig and --context are for --apply',
      'Add --apply, or leave them out',
    );
  if (!isDnsLabel(namespace)) throw usageError(`--namespace ${namespace}: no name of a namespace`);
  if (!isDnsSubdomain(options.class)) throw usageError(`--class ${options.class}: no name of a GatewayClass`);
  if (!CONTROLLER.test(controllerName))
    throw usageError(
      `--controller-name ${controllerName}: a domain and a path are needed`,
      'Example: example.com/daemun',
    );
  if (image !== null && !/^\S+$/.test(image)) throw usageError(`--image ${image}: no name of an image`);
  const className = options.class === 'none' ? null : options.class;
  return { namespace, image, replicas, className, controllerName };
}

async function applyTo(options: InstallOptions, manifests: readonly Manifest[], terminal: Terminal): Promise<void> {
  const { kubeconfig = null, context = null, dryRun, force, namespace } = options;
  const binding = manifests.find(({ kind }) => kind === 'ClusterRoleBinding')?.metadata.name ?? '';
  const place = { kubeconfig, context, environment: process.env, home: homedir() };
  const log = { info: () => undefined, warn: () => undefined };
  try {
    const { client } = await openCluster({ place, clock: systemClock, random: systemRandom, log });
    try {
      await refuseSecondInstallation(client, { name: binding, namespace });
      for await (const applied of applyObjects(client, manifests, { dryRun, force }))
        terminal.out(`${lineText(`${told(applied)}${dryRun ? ' (dry run)' : ''}`)}\n`);
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
  { namespace, image, class: className }: InstallOptions,
  manifests: readonly Manifest[],
  terminal: Terminal,
): void {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment')?.metadata.name ?? '';
  const lines = [`kubectl --namespace ${namespace} rollout status deployment/${deployment}`];
  if (className !== 'none') lines.push(`kubectl get gatewayclass ${className}`);
  terminal.out(`\nNext:\n${lines.map(line => `  ${line}\n`).join('')}`);
  if (image === undefined)
    terminal.out('The image is of no registry: the nodes must have it (npm run image), or name yours with --image.\n');
}
