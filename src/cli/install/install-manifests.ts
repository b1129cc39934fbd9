// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Document, isMap, parseAllDocuments } from 'yaml';
import { sharedKeysName } from '../../controller/index.ts';
import { couldNotRun } from '../exit-code.ts';

const FILE = 'packaging/kubernetes/install.yaml';

/** What may be chosen of an installation without the chart. */
export interface Installation {
  readonly namespace: string;
  /** null: the one that belongs to this version. */
  readonly image: string | null;
  /** null: as many as the manifests say. */
  readonly replicas: number | null;
  /** null: no GatewayClass. */
  readonly className: string | null;
  readonly controllerName: string;
}

/** The manifests that come with this version, as chosen; comments are kept. */
export function installManifests(installation: Installation): readonly Document[] {
  const documents = parseAllDocuments(readFileSync(findFile(), 'utf8')).filter(document => isMap(document.contents));
  const isWanted = (document: Document): boolean =>
    installation.className !== null || document.get('kind') !== 'GatewayClass';
  return documents.filter(isWanted).map(document => chosen(document, installation));
}

/** Upwards from this file: it is nearer in a built package. */
function findFile(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, FILE);
    if (existsSync(file)) return file;
  }
  throw couldNotRun(`${FILE} is missing beside the program`, 'Install daemun anew: the file is part of the package');
}

function chosen(document: Document, installation: Installation): Document {
  const { namespace, className, controllerName } = installation;
  if (document.hasIn(['metadata', 'namespace'])) document.setIn(['metadata', 'namespace'], namespace);
  switch (document.get('kind')) {
    case 'Namespace':
      document.setIn(['metadata', 'name'], namespace);
      break;
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      document.setIn(['subjects', 0, 'namespace'], namespace);
      break;
    case 'Role':
      chooseKeys(document, sharedKeysName(controllerName));
      break;
    case 'GatewayClass':
      document.setIn(['metadata', 'name'], className);
      document.setIn(['spec', 'controllerName'], controllerName);
      break;
    case 'Deployment':
      chooseDeployment(document, installation);
      break;
  }
  return document;
}

/** The right to the Secret of keys is for that one alone. */
function chooseKeys(document: Document, name: string): void {
  const { rules } = document.toJS() as { rules: readonly { readonly resourceNames?: readonly string[] }[] };
  for (const [index, { resourceNames }] of rules.entries())
    if (resourceNames !== undefined) document.setIn(['rules', index, 'resourceNames', 0], name);
}

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];

function chooseDeployment(document: Document, { namespace, image, replicas, controllerName }: Installation): void {
  if (replicas !== null) document.setIn(['spec', 'replicas'], replicas);
  if (image !== null) document.setIn([...CONTAINER, 'image'], image);
  setFlag(document, '--controller-name', () => controllerName);
  // Which Service it is stays as it is.
  setFlag(document, '--pods-service', value => value.replace(/^[^/]*/, namespace));
}

function setFlag(document: Document, flag: string, change: (value: string) => string): void {
  const { spec } = document.toJS();
  const args: readonly string[] = spec.template.spec.containers[0].args;
  const index = args.findIndex(arg => arg.startsWith(`${flag}=`));
  if (index < 0) throw new Error(`${FILE} has no ${flag}`);
  document.setIn([...CONTAINER, 'args', index], `${flag}=${change(args[index]?.slice(flag.length + 1) ?? '')}`);
}
