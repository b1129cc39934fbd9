// SPDX-License-Identifier: Apache-2.0

import { isObject, mappingOf } from '../plain-object.ts';
import { isNotThere, type KubeResponse, statusMessage } from './kube-client.ts';

/**
 * What the answer to a write says. `conflict`: somebody else was faster. `refused`: a no to this object, or to us. `struggles`: the server has no answer
 * to it now. `gone`: what it is about is not there any more.
 */
export type WriteAnswer = 'taken' | 'conflict' | 'refused' | 'struggles' | 'gone';

export function meaningOf(answer: KubeResponse): WriteAnswer {
  const { status, json } = answer;
  // An API server says what became of it: a page of whatever stands before it is no such answer.
  if (status < 300) return isObject(json) ? 'taken' : 'struggles';
  if (status === 409) return 'conflict';
  if (isInternalNo(answer)) return 'refused';
  if (status === 401 || status === 408 || status === 429 || status >= 500) return 'struggles';
  return isNotThere(answer) || isTerminating(answer) ? 'gone' : 'refused';
}

/**
 * An internal error with causes. So a server answers when a webhook cannot be asked or does not answer in time, which says nothing of the server, nor of
 * objects that the webhook is not asked about. Other failures may look the same; each is taken for a no to this object, told in the server's words, and
 * tried again as such. A store that is away has no causes.
 */
function isInternalNo({ status, json }: KubeResponse): boolean {
  return status === 500 && mappingOf(json)['reason'] === 'InternalError' && causesOf(json).length > 0;
}

/** The namespace is on its way out, with all that is in it. */
function isTerminating({ status, json }: KubeResponse): boolean {
  return status === 403 && causesOf(json).some(cause => isObject(cause) && cause['reason'] === 'NamespaceTerminating');
}

/** What a `Status` gives as causes. */
function causesOf(json: unknown): readonly unknown[] {
  const { details } = mappingOf(json);
  return isObject(details) && Array.isArray(details['causes']) ? details['causes'] : [];
}

/** What the server says, for people. */
export function wordsOf({ status, json }: KubeResponse): string {
  return `${status} ${statusMessage(json)}`.trim();
}
