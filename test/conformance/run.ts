// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run conformance`: the official Gateway API suite against this checkout on the test cluster.
 *
 *     npm run conformance [-- --cluster FOLDER] [--test NAME…] [--profile NAME…] [--keep] [--installed | --helm] [--kill-leader]
 *
 * Starts the cluster if it is not up (and stops it again unless `--keep`), and daemun beside it. All profiles, of Gateways and of the mesh, with every
 * feature that the class and the mesh claim; `--test` and `--profile` take some of them. With `--installed` daemun runs in the cluster as `daemun install`
 * makes it, with `--helm` as `helm install` of the chart does, two replicas behind Services, and the profiles are those of Gateways; with `--kill-leader`
 * the one that writes is killed in the middle of the run as well. A test that fails is run once more, and that is said. A whole run writes the report into `conformance/reports`, and that of daemun beside the
 * cluster its table into the README. Logs are in `conformance/*.log`. Exit code 1 when a test
 * failed twice or daemun ended, 3 when there is no cluster to run on.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MESH_FEATURES, SUPPORTED_FEATURES } from '../../src/status/index.ts';
import { CLASS, startGateway } from './gateway.ts';
import {
  Harness,
  NoCluster,
  UNUSABLE_ADDRESS,
  UNUSABLE_SERVICE_ADDRESS,
  USABLE_ADDRESS,
  USABLE_SERVICE_ADDRESS,
} from './harness.ts';
import { type InstalledGateway, installGateway, OF_SUITE } from './installed-gateway.ts';
import { writeTable } from './report.ts';
import { resultOf, summarize, type TestResult } from './results.ts';

const GATEWAY_PROFILES = ['GATEWAY-HTTP', 'GATEWAY-GRPC', 'GATEWAY-TLS', 'GATEWAY-TCP', 'GATEWAY-UDP'];
const VERSION = 'v1.7.0';
/** Of some 140. */
const KILL_AFTER_RESULTS = 70;
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'conformance');

const { values } = parseArgs({
  options: {
    cluster: { type: 'string', default: '../shared/cluster' },
    test: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    installed: { type: 'boolean', default: false },
    helm: { type: 'boolean', default: false },
    'kill-leader': { type: 'boolean', default: false },
  },
});

const isInstalled = values.installed || values.helm || values['kill-leader'];
/** What is installed serves Gateways alone; daemun beside the cluster is the agent of its node's mesh, too. */
const PROFILES = isInstalled ? GATEWAY_PROFILES : [...GATEWAY_PROFILES, 'MESH-HTTP', 'MESH-GRPC'];
const CLAIMED = isInstalled ? SUPPORTED_FEATURES : [...SUPPORTED_FEATURES, ...MESH_FEATURES];
const FEATURES = [...new Set(CLAIMED.map(({ name }) => name))];

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`conformance: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof NoCluster ? 3 : 1;
}

async function main(): Promise<number> {
  const harness = new Harness(resolve(root, values.cluster));
  mkdirSync(join(folder, 'reports'), { recursive: true });
  const wasUp = harness.isUp;
  harness.up();
  const leave = (): void => {
    if (!wasUp && !values.keep) harness.down();
  };
  try {
    return await (isInstalled ? withInstalled(harness) : withProcess(harness, leave));
  } finally {
    leave();
  }
}

/** daemun beside the cluster. */
async function withProcess(harness: Harness, leave: () => void): Promise<number> {
  const gateway = startGateway(harness, join(folder, 'daemun.log'), reason => {
    process.stderr.write(`conformance: ${reason}\n`);
    leave();
    // The suite would go on without it.
    process.exit(1);
  });
  try {
    return await runAll(harness);
  } finally {
    await gateway.stop();
  }
}

/** daemun in the cluster. A container that was started again fails the run, whatever the suite says. */
async function withInstalled(harness: Harness): Promise<number> {
  const gateway = installGateway(harness, OF_SUITE, values.helm ? 'helm' : 'daemun');
  try {
    const code = await runAll(harness, values['kill-leader'] ? leaderKiller(gateway) : undefined);
    const restarts = gateway.restarts();
    if (restarts.length > 0) print(`FAILED: containers were started again: ${restarts.join(', ')}`);
    return restarts.length > 0 ? 1 : code;
  } finally {
    await gateway.stop();
  }
}

/** Told of each result. */
type OnResult = () => void;

/** Kills the one that writes once so many results are there: about the middle of a whole run. */
function leaderKiller(gateway: InstalledGateway): OnResult {
  let left = KILL_AFTER_RESULTS;
  return () => {
    left -= 1;
    if (left === 0) print(`killed ${gateway.killLeader() ?? 'nobody: no leader is known'}`);
  };
}

async function runAll(harness: Harness, onResult?: OnResult): Promise<number> {
  return values.test.length > 0 ? await runSome(harness, values.test) : await runWhole(harness, onResult);
}

async function runWhole(harness: Harness, onResult?: OnResult): Promise<number> {
  const profiles = values.profile.length > 0 ? values.profile : PROFILES;
  const report = reportFile(profiles);
  const startedMs = Date.now();
  const first = await runSuite(harness, [...claims(profiles), ...reportFlags(report)], { log: 'suite.log', onResult });
  const minutes = (Date.now() - startedMs) / 60_000;
  const again = await runAgain(harness, first);
  const summary = summarize(first, again);
  print(`${summary.text}\nin ${minutes.toFixed(1)} minutes; report: ${report}`);
  if (summary.isGood && profiles === PROFILES && !isInstalled) writeTable(report, join(root, 'README.md'));
  return summary.isGood ? 0 : 1;
}

async function runSome(harness: Harness, names: readonly string[]): Promise<number> {
  const results = await runEach(harness, names, 'suite.log');
  const summary = summarize(results, await runAgain(harness, results));
  print(summary.text);
  return summary.isGood ? 0 : 1;
}

async function runAgain(harness: Harness, first: readonly TestResult[]): Promise<readonly TestResult[]> {
  const failed = first.filter(({ passed }) => !passed).map(({ name }) => name);
  if (failed.length > 0) print(`once more: ${failed.join(', ')}`);
  return await runEach(harness, failed, 'suite-again.log');
}

/** The suite takes one name a run. */
async function runEach(harness: Harness, names: readonly string[], log: string): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const name of names) {
    results.push(...(await runSuite(harness, [...claims([]), '--run-test', name], { log })));
  }
  return results;
}

interface SuiteRun {
  /** Its name in the folder. */
  readonly log: string;
  readonly onResult?: OnResult | undefined;
}

async function runSuite(
  harness: Harness,
  flags: readonly string[],
  { log, onResult }: SuiteRun,
): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  const code = await harness.suite(flags, join(folder, log), line => {
    const result = resultOf(line);
    if (result === null) return;
    results.push(result);
    print(`${result.passed ? 'pass' : 'FAIL'} ${result.name} ${result.seconds} s`);
    onResult?.();
  });
  if (results.length === 0)
    throw new Error(`the suite ran no test (${code}); its log is ${join(folder, log)}:\n${lastLines(log)}`);
  return results;
}

function claims(profiles: readonly string[]): readonly string[] {
  const flags = ['--gateway-class', CLASS, '--supported-features', FEATURES.join()];
  if (profiles.length > 0) flags.push('--conformance-profiles', profiles.join());
  const [usable, unusable] = isInstalled
    ? [USABLE_SERVICE_ADDRESS, UNUSABLE_SERVICE_ADDRESS]
    : [USABLE_ADDRESS, UNUSABLE_ADDRESS];
  return [...flags, '--usable-address', usable, '--unusable-address', unusable];
}

function reportFlags(file: string): readonly string[] {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const who = [
    '--organization',
    name,
    '--project',
    name,
    '--url',
    `https://${name}.dev`,
    '--contact',
    `https://${name}.dev`,
  ];
  return ['--report-output', file, ...who, '--version', `v${version}`];
}

function reportFile(profiles: readonly string[]): string {
  const ending = values['kill-leader'] ? '-leader-killed' : values.installed ? '-installed' : '';
  const how = `${values.helm ? '-helm' : ''}${ending}`;
  const what = profiles !== PROFILES ? profiles.join('-').toLowerCase() : isInstalled ? 'gateway' : 'all';
  return join(folder, 'reports', `${VERSION}-${what}${how}.yaml`);
}

function lastLines(log: string): string {
  return readFileSync(join(folder, log), 'utf8').split('\n').slice(-8).join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
