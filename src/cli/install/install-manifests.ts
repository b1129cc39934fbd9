// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Document, isMap, parseAllDocuments } from 'yaml';
import { sharedKeysName } from '../../controller/index.ts';
import { couldNotRun } from '../exit-code.ts';

const FOLDER = 'packaging/kubernetes';
const FILE = 'install.yaml';
/** The agents of the mesh. */
const MESH_FILE = 'mesh.yaml';

/** What may be chosen of an installation without the chart. */
export interface Installation {
  readonly namespace: string;
  /** null: the one that belongs to this version. */
  readonly image: string | null;
  /** null: as many as the manifests say. */
  readonly replicas: number | null;
  /** null: no GatewayClass. */
  readonly className: string | null;
  /** Of those who serve Gateways; agents of the mesh have their own. */
  readonly controllerName: string;
  /** With an agent of the mesh on each node. */
  readonly mesh: boolean;
}

/** The manifests that come with this version, as chosen; comments are kept. */
export function installManifests(installation: Installation): readonly Document[] {
  const isWanted = (document: Document): boolean =>
    installation.className !== null || document.get('kind') !== 'GatewayClass';
  const gateway = documentsIn(FILE).filter(isWanted);
  const mesh = installation.mesh ? documentsIn(MESH_FILE) : [];
  for (const document of [...gateway, ...mesh]) place(document, installation);
  for (const document of gateway) choose(document, installation);
  return [...gateway, ...mesh];
}

function documentsIn(file: string): readonly Document[] {
  const text = readFileSync(findFile(file), 'utf8');
  // A namespace may be called `no`, which kubectl would read as false.
  return parseAllDocuments(text, { compat: 'yaml-1.1' }).filter(document => isMap(document.contents));
}

/** Upwards from this file: it is nearer in a built package. */
function findFile(name: string): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, FOLDER, name);
    if (existsSync(file)) return file;
  }
  throw couldNotRun(
    `${FOLDER}/${name} is missing beside the program`,
    'Install daemun anew: the file is part of the package',
  );
}

/** Where it is, and of which image. */
function place(document: Document, { namespace, image, mesh }: Installation): void {
  if (document.hasIn(['metadata', 'namespace'])) document.setIn(['metadata', 'namespace'], namespace);
  switch (document.get('kind')) {
    case 'Namespace':
      document.setIn(['metadata', 'name'], namespace);
      if (mesh) permitAgents(document);
      break;
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      document.setIn(['subjects', 0, 'namespace'], namespace);
      break;
    case 'Deployment':
    case 'DaemonSet':
      if (image !== null) document.setIn([...CONTAINER, 'image'], image);
      break;
  }
}

/** Agents are in the network of their node, and change it. */
function permitAgents(document: Document): void {
  const labels = document.getIn(['metadata', 'labels']);
  if (!isMap(labels)) throw new Error(`the Namespace of ${FILE} has no labels`);
  labels.commentBefore = ' Agents of the mesh are in the network of their node, which no stricter standard permits.';
  labels.set('pod-security.kubernetes.io/enforce', 'privileged');
}

/** What those who serve Gateways are told. */
function choose(document: Document, installation: Installation): void {
  const { className, controllerName } = installation;
  switch (document.get('kind')) {
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
}

/** The right to the Secret of keys is for that one alone. */
function chooseKeys(document: Document, name: string): void {
  const { rules } = document.toJS() as { rules: readonly { readonly resourceNames?: readonly string[] }[] };
  for (const [index, { resourceNames }] of rules.entries())
    if (resourceNames !== undefined) document.setIn(['rules', index, 'resourceNames', 0], name);
}

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];

function chooseDeployment(document: Document, { namespace, replicas, controllerName }: Installation): void {
  if (replicas !== null) document.setIn(['spec', 'replicas'], replicas);
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
