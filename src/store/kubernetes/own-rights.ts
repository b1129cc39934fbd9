// SPDX-License-Identifier: Apache-2.0

import { mappingOf } from '../plain-object.ts';
import type { KubeClient, KubeRequest } from './kube-client.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** What is asked for by each method. A PATCH may also make the object. */
const VERBS: Readonly<Record<KubeRequest['method'], readonly string[]>> = {
  GET: ['get'],
  POST: ['create'],
  PUT: ['update'],
  PATCH: ['patch', 'create'],
  DELETE: ['delete'],
};

/** Of a core or a grouped API: group, namespace, resource, name, subresource. */
const PATH = /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/**
 * Whether we lack the right to do what `request` asks for, by the API server's own judgement. Its refusals do not tell: that of a quota has the
 * same code, reason and details. False where it does not say. Rejects as `request` of a client does.
 */
export async function lacksRight(
  client: Pick<KubeClient, 'request'>,
  { method, path }: Pick<KubeRequest, 'method' | 'path'>,
  signal: AbortSignal,
): Promise<boolean> {
  const [, group = '', namespace = '', resource = '', name = '', subresource = ''] = PATH.exec(path) ?? [];
  const answers = VERBS[method].map(async verb => {
    const resourceAttributes = { verb, group, namespace, resource, name, subresource };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    const { json } = await client.request({ method: 'POST', path: REVIEWS, body, signal });
    return mappingOf(mappingOf(json)['status'])['allowed'] === false;
  });
  return (await Promise.all(answers)).includes(true);
}
