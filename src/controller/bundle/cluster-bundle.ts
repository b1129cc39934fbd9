// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { KubeClient } from '../../store/index.ts';
import { reportOfCluster } from '../health/cluster-report.ts';
import { type Asking, askInTime, askPod, messageIn, type Pod } from '../health/pods.ts';
import { type ReadClusterOptions, withCluster } from '../read-cluster.ts';
import { locateFindings } from '../shown/located-finding.ts';
import { type BundleFile, bundleFile, jsonFile } from './bundle-file.ts';
import { bundledResources } from './bundled-resources.ts';
import { redact, redactLogLine } from './redact.ts';

/** Pods that are asked: of a fleet, a few say it all. */
const MAX_PODS = 10;
/** Lines of the log of a Pod that does not answer, and of its container before that. */
const LOG_LINES = '500';

/** What a bundle is made of, and what could not be had. */
export interface BundleContents {
  readonly files: readonly BundleFile[];
  /** What could not be asked, and why. */
  readonly missing: readonly string[];
}

const filesSchema = z.array(z.object({ name: z.string().regex(/^[\w.-]{1,80}$/), text: z.string() }));

/** What processes answer at `/bundle`; undefined: that is no daemun that has it. */
export function parseBundleFiles(json: unknown): readonly BundleFile[] | undefined {
  const files = filesSchema.safeParse(json);
  return files.success ? files.data.map(({ name, text }) => bundleFile(name, text)) : undefined;
}

/** The bundle of a cluster: what was read of it, how its replicas are, and what each says of itself. Rejects as `readCluster` does. */
export function readClusterBundle(options: ReadClusterOptions): Promise<BundleContents> {
  return withCluster(options, async read => {
    const { view, store } = read;
    const { report, pods: found, unlisted } = await reportOfCluster(read, options);
    const pods = found.slice(0, MAX_PODS);
    const left = found.slice(MAX_PODS).map(({ name }) => `Pod ${name}: not asked`);
    const asked = await Promise.all(pods.map((pod, at) => filesOfPod(read, options, { pod, at })));
    return {
      files: [
        jsonFile('status.json', redact(report)),
        jsonFile('findings.json', redact(locateFindings(view.findings, store, view.resources))),
        jsonFile('resources.json', bundledResources(view)),
        jsonFile('pods.json', pods),
        ...asked.flatMap(({ files }) => files),
      ],
      missing: [...(unlisted === null ? [] : [unlisted]), ...left, ...asked.flatMap(({ missing }) => missing)],
    };
  });
}

async function filesOfPod(
  { client }: { readonly client: Pick<KubeClient, 'request'> },
  { clock }: Pick<ReadClusterOptions, 'clock'>,
  { pod, at }: { readonly pod: Pod; readonly at: number },
): Promise<BundleContents> {
  // Short: names in archives are.
  const folder = `pod-${at}-${pod.name.slice(-40)}`;
  const answer = await askPod({ client, clock }, pod, 'bundle');
  const files = 'fault' in answer ? undefined : parseBundleFiles(answer.json);
  if (files !== undefined)
    return { files: files.map(({ name, text }) => bundleFile(`${folder}/${name}`, text)), missing: [] };
  const why = 'fault' in answer ? answer.fault : 'answers as no daemun of this version does';
  const logs = await Promise.all([false, true].map(previous => logOf({ client, clock }, pod, previous)));
  return {
    files: logs.flatMap(({ name, text }) => (text === null ? [] : bundleFile(`${folder}/${name}`, text))),
    missing: [`Pod ${pod.namespace}/${pod.name} ${why}`, ...logs.flatMap(({ fault }) => fault)],
  };
}

interface PodLog {
  readonly name: string;
  readonly text: string | null;
  readonly fault: readonly string[];
}

/** The log of a Pod that cannot be asked for it, or of its container before this one. */
async function logOf(asking: Asking, pod: Pod, previous: boolean): Promise<PodLog> {
  const name = previous ? 'log-before.ndjson' : 'log.ndjson';
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`;
  const query = { tailLines: LOG_LINES, previous: String(previous) };
  const answer = await askInTime(asking, { method: 'GET', path, query, accept: '*/*' });
  if ('fault' in answer) return { name, text: null, fault: [`the log of ${pod.name}: ${answer.fault}`] };
  const { status, json, bytes } = answer;
  if (status !== 200) {
    // Most Pods have no container before this one.
    const fault = previous ? [] : [`the log of ${pod.name}: ${status} ${messageIn(json)}`.trim()];
    return { name, text: null, fault };
  }
  const lines = Buffer.from(bytes ?? [])
    .toString()
    .split('\n')
    .filter(line => line !== '');
  return { name, text: lines.map(line => `${redactLogLine(line)}\n`).join(''), fault: [] };
}
