// SPDX-License-Identifier: Apache-2.0

/**
 * `node test/cluster/skew-step.ts NAMESPACE COMMAND…`: has COMMAND change the version of the release there, holds the roll-out while Pods of both versions stand side by side, and looks,
 * with each of them as the one that writes, whether what is changed is served by all and told rightly. Then it goes on. To be run in the network of the test cluster.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { GATEWAY_PATH, HOST, ROLLING } from '../../bench/cluster/rolling-objects.ts';

const POLL_MS = 500;
const DEADLINE_MS = 120_000;
/** Calls after which each Pod was asked. */
const CALLS = 24;
/** Nothing is written in it without a change. */
const QUIET_MS = 6_000;

const [, , namespace = '', ...command] = process.argv;
let failures = 0;

const before = new Set(pods().map(({ image }) => image));
const [program = '', ...args] = command;
execFileSync(program, args);
await eventually('a Pod of the other version', () => pods().some(({ image }) => !before.has(image)));
kubectl('rollout', 'pause', 'deployment/daemun');
try {
  await eventually('all Pods are ready', () => pods().every(({ isReady }) => isReady));
  const images = [...new Set(pods().map(({ image }) => image))];
  check('two versions stand side by side', images.length === 2, images.join(', '));
  for (const image of images) {
    await eventually(`${image} leads`, () => handOver(image));
    await look(image);
  }
  tellWarnings();
} finally {
  kubectl('rollout', 'resume', 'deployment/daemun');
}
kubectl('rollout', 'status', 'deployment/daemun', '--timeout', '180s');
check(
  'no container was started again',
  pods().every(({ restarts }) => restarts === 0),
  JSON.stringify(pods()),
);
process.exitCode = failures === 0 ? 0 : 1;

/** While Pods of `leader` write: a route is served by all and told of, and so is a mistake in it. */
async function look(leader: string): Promise<void> {
  const name = `skew-${leader.replace(/.*:/, '')}`;
  const address = gatewayStatus().addresses[0]?.value ?? '';
  const attached = attachedRoutes();
  apply(routeOf(name, 'rolling'));
  await eventually(`${leader}: the route is told of`, () => conditionsOf(name) === 'Accepted True, ResolvedRefs True');
  await eventually(`${leader}: the route is served`, () => answersOf(address, name) > 0);
  const answers = answersOf(address, name);
  check(`${leader} leads: a new route is served by all`, answers === CALLS, `${answers} of ${CALLS} calls`);
  apply(routeOf(name, 'missing'));
  await eventually(
    `${leader}: the mistake is told of`,
    () => conditionsOf(name) === 'Accepted True, ResolvedRefs False',
  );
  kubectlIn(ROLLING, 'delete', 'httproute', name);
  await eventually(
    `${leader}: the Gateway is programmed, without the route`,
    () => attachedRoutes() === attached && gatewayStatus().conditions.every(({ status }) => status === 'True'),
  );
  const written = versionsWritten();
  await wait(QUIET_MS);
  check(`${leader} leads: nothing is written without a change`, versionsWritten() === written, versionsWritten());
}

interface Pod {
  readonly name: string;
  readonly image: string;
  readonly isReady: boolean;
  readonly restarts: number;
}

/** Those that are not going. */
function pods(): readonly Pod[] {
  const { items } = JSON.parse(kubectl('get', 'pods', '-l', 'app.kubernetes.io/component=gateway', '-o', 'json'));
  return items
    .filter(({ metadata }: Named) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, spec, status }: Named & { spec: { containers: { image: string }[] }; status: PodStatus }) => ({
      name: metadata.name,
      image: spec.containers[0]?.image ?? '',
      isReady: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
      restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
    }));
}

interface Named {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}
interface PodStatus {
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly { readonly restartCount: number }[];
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly observedGeneration?: number;
}

/** Whether a Pod of this image holds the Lease; else that is taken from whoever does. Which Pod has it next is chance, and takes seconds. */
function handOver(image: string): boolean {
  const { items } = JSON.parse(kubectl('get', 'leases', '-o', 'json'));
  const { metadata, spec } = items[0] ?? { metadata: { name: '' }, spec: {} };
  const [holder] = String(spec.holderIdentity ?? '').split('_');
  if (pods().some(pod => pod.name === holder && pod.image === image)) return true;
  if (holder !== '') kubectl('patch', 'lease', metadata.name, '--type=merge', '-p', '{"spec":{"holderIdentity":""}}');
  return false;
}

function routeOf(name: string, backend: string): object {
  const set = [{ name: 'x-route', value: name }];
  const filters = [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set } }];
  const matches = [{ path: { type: 'PathPrefix', value: `/${name}` } }];
  const rules = [{ matches, filters, backendRefs: [{ name: backend, port: 80 }] }];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace: ROLLING, name },
    spec: { parentRefs: [{ name: 'rolling' }], hostnames: [HOST], rules },
  };
}

/** Those of the generation that is there. */
function conditionsOf(name: string): string {
  const { metadata, status } = JSON.parse(kubectlIn(ROLLING, 'get', 'httproute', name, '-o', 'json'));
  const conditions: readonly Condition[] = status?.parents?.[0]?.conditions ?? [];
  return conditions
    .filter(({ observedGeneration }) => observedGeneration === metadata.generation)
    .map(({ type, status: is }) => `${type} ${is}`)
    .sort()
    .join(', ');
}

interface GatewayStatus {
  readonly addresses: readonly { readonly value: string }[];
  readonly conditions: readonly Condition[];
  readonly listeners: readonly { readonly name: string; readonly attachedRoutes: number }[];
}

function gatewayStatus(): GatewayStatus {
  return JSON.parse(raw(GATEWAY_PATH)).status;
}

/** Of each listener, as they are told. */
function attachedRoutes(): string {
  return gatewayStatus()
    .listeners.map(({ name, attachedRoutes }) => `${name} ${attachedRoutes}`)
    .join(', ');
}

/** Of the objects whose statuses are ours. */
function versionsWritten(): string {
  const path = 'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion} {end}';
  return kubectlIn(ROLLING, 'get', 'gateways,httproutes,grpcroutes,services', '-o', path);
}

/** Of so many calls, each on a connection of its own, how many the route answers. */
function answersOf(address: string, name: string): number {
  const call = [
    '-s',
    '-m',
    '10',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code} %header{x-route}\n',
    '--resolve',
    `${HOST}:80:${address}`,
  ];
  return Array.from({ length: CALLS }, () => {
    try {
      return execFileSync('curl', [...call, `http://${HOST}/${name}`], { encoding: 'utf8' }).trim();
    } catch {
      return '';
    }
  }).filter(answer => answer === `200 ${name}`).length;
}

/** What Pods of the two versions have to say of themselves and each other, for whoever reads this; not what they find in resources. */
function tellWarnings(): void {
  const lines = kubectl('logs', '-l', 'app.kubernetes.io/component=gateway', '--tail=-1').split('\n');
  const told = lines
    .filter(line => /"level":"(warn|error)"/.test(line))
    .map(line => JSON.parse(line))
    .filter(({ code }) => code === undefined);
  for (const message of new Set(told.map(({ level, msg }) => `${level}: ${msg}`))) say(`  ${message}`);
  check(
    'no error is logged',
    told.every(({ level }) => level !== 'error'),
    'see above',
  );
}

function kubectl(...rest: readonly string[]): string {
  return kubectlIn(namespace, ...rest);
}

function kubectlIn(where: string, ...rest: readonly string[]): string {
  return execFileSync('kubectl', ['-n', where, ...rest], { encoding: 'utf8' });
}

function apply(object: object): void {
  execFileSync('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(object) });
}

function raw(path: string): string {
  return execFileSync('kubectl', ['get', '--raw', path], { encoding: 'utf8' });
}

function check(what: string, isGood: boolean, found: string): void {
  if (!isGood) failures += 1;
  say(`${isGood ? 'ok  ' : 'FAIL'} ${what}${isGood ? '' : `: ${found}`}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function eventually(what: string, isSo: () => boolean): Promise<void> {
  for (let left = DEADLINE_MS / POLL_MS; !isSo(); left--) {
    if (left <= 0) throw new Error(`waited too long: ${what}`);
    await wait(POLL_MS);
  }
}
