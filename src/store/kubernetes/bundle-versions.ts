// SPDX-License-Identifier: Apache-2.0

import { isObject, mappingOf } from '../plain-object.ts';
import type { KubeClient } from './kube-client.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** Metadata alone: definitions with their schemas are megabytes. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const BUNDLE_VERSION = 'gateway.networking.k8s.io/bundle-version';
const GATEWAY_API = /\.gateway\.networking\.(x-)?k8s\.io$/;

/**
 * The versions of the Gateway API that its definitions in the cluster name, sorted, each once; '' for one that names none. null: we
 * may not look, or the server does not answer as it should. Rejects when it does not answer at all.
 */
export async function readBundleVersions(
  client: Pick<KubeClient, 'request'>,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const answer = await client.request({ method: 'GET', path: DEFINITIONS, accept: METADATA_ONLY, signal });
  if (answer.status !== 200 || !isObject(answer.json) || !Array.isArray(answer.json['items'])) return null;
  const versions = new Set<string>();
  for (const item of answer.json['items']) {
    const metadata = mappingOf(mappingOf(item)['metadata']);
    if (!GATEWAY_API.test(String(metadata['name']))) continue;
    const annotations = mappingOf(metadata['annotations']);
    const version = annotations[BUNDLE_VERSION];
    versions.add(typeof version === 'string' ? version : '');
  }
  return [...versions].sort();
}
