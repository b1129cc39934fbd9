// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
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

/** A right that we have is not asked for again so soon, however many objects are refused meanwhile. */
const REMEMBERED_MS = 60_000;

/**
 * Which rights to write we have, by the API server's own judgement. Its refusals do not tell: that of a quota has the same code, reason and details as
 * that of a right.
 */
export class OwnRights {
  readonly #client: Pick<KubeClient, 'request'>;
  readonly #clock: Clock;
  /** What would be done to which kind in which namespace → until when the answer counts, in order of asking. */
  readonly #asked = new Map<string, { readonly untilMs: number; readonly lacks: Promise<boolean> }>();

  constructor(client: Pick<KubeClient, 'request'>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Whether we lack the right to do what `request` asks for. That we have it for one object counts for all of its kind and namespace, for a minute.
   * False where the server does not say. Rejects as `request` of a client does.
   */
  lacks(request: Pick<KubeRequest, 'method' | 'path'>, signal: AbortSignal): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    for (const [what, { untilMs }] of this.#asked) {
      if (untilMs > nowMs) break;
      this.#asked.delete(what);
    }
    const attributes = attributesOf(request.path);
    const what = JSON.stringify([request.method, { ...attributes, name: '' }]);
    const known = this.#asked.get(what);
    if (known !== undefined) return known.lacks;
    const lacks = this.#ask(VERBS[request.method], attributes, signal);
    this.#asked.set(what, { untilMs: nowMs + REMEMBERED_MS, lacks });
    // A right that is lacking may come at any time, and whoever lacks it asks seldom.
    lacks.then(
      isLacking => isLacking && this.#asked.delete(what),
      () => this.#asked.delete(what),
    );
    return lacks;
  }

  async #ask(verbs: readonly string[], attributes: object, signal: AbortSignal): Promise<boolean> {
    const answers = verbs.map(async verb => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, ...attributes } },
      };
      const { json } = await this.#client.request({ method: 'POST', path: REVIEWS, body, signal });
      return mappingOf(mappingOf(json)['status'])['allowed'] === false;
    });
    return (await Promise.all(answers)).includes(true);
  }
}

function attributesOf(path: string): Readonly<Record<string, string>> {
  const [, group = '', namespace = '', resource = '', name = '', subresource = ''] = PATH.exec(path) ?? [];
  return { group, namespace, resource, name, subresource };
}
