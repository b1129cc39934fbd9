// SPDX-License-Identifier: Apache-2.0

import { isObject, mappingOf } from '../plain-object.ts';
import type { KubeClient } from './kube-client.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** Metadata alone: definitions with their schemas are megabytes. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const BUNDLE_VERSION = 'gateway.networking.k8s.io/bundle-version';
const CHANNEL = 'gateway.networking.k8s.io/channel';
const GATEWAY_API = /\.gateway\.networking\.(x-)?k8s\.io$/;

/** What the definitions of the Gateway API in a cluster say of themselves. */
export interface Definitions {
  /** Sorted, each once; '' for one that names none. */
  readonly versions: readonly string[];
  /** All that name a channel name the standard one, so that fields of the experimental one cannot be written. */
  readonly areStandard: boolean;
}

/** null: we may not look, or the server does not answer as it should. Rejects when it does not answer at all. */
export async function readDefinitions(
  client: Pick<KubeClient, 'request'>,
  signal: AbortSignal,
): Promise<Definitions | null> {
  const answer = await client.request({ method: 'GET', path: DEFINITIONS, accept: METADATA_ONLY, signal });
  if (answer.status !== 200 || !isObject(answer.json) || !Array.isArray(answer.json['items'])) return null;
  const versions = new Set<string>();
  const channels = new Set<unknown>();
  for (const item of answer.json['items']) {
    const metadata = mappingOf(mappingOf(item)['metadata']);
    if (!GATEWAY_API.test(String(metadata['name']))) continue;
    const annotations = mappingOf(metadata['annotations']);
    const version = annotations[BUNDLE_VERSION];
    versions.add(typeof version === 'string' ? version : '');
    if (annotations[CHANNEL] !== undefined) channels.add(annotations[CHANNEL]);
  }
  return { versions: [...versions].sort(), areStandard: channels.size === 1 && channels.has('standard') };
}
