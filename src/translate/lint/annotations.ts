// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway, ListenerSet, Service, XBackend } from '../../resources/index.ts';
import { findingOf } from '../report.ts';
import { ANNOTATIONS } from '../resolve/annotations/annotations.ts';
import type { AttachableRoute } from '../route-kinds.ts';

const PREFIX = 'daemun.dev/';

/** The kinds on which each annotation is read. */
const KINDS_OF: ReadonlyMap<string, readonly string[]> = new Map(ANNOTATIONS.map(({ name, kinds }) => [name, kinds]));

/** Annotations of ours that nobody reads where they are: misspelt, or on an object of another kind. */
export function lintAnnotations(
  resource: Gateway | ListenerSet | AttachableRoute | Service | XBackend,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const name in resource.metadata.annotations) {
    if (!name.startsWith(PREFIX) || KINDS_OF.get(name)?.includes(resource.kind) === true) continue;
    findings.push(
      findingOf('lint/unused-annotation', resource, {
        path: ['metadata', 'annotations', name],
        ...reproach(name, resource.kind),
      }),
    );
  }
  return findings;
}

function withArticle(kind: string): string {
  return `${kind.startsWith('X') ? 'an' : 'a'} ${kind}`;
}

function reproach(name: string, kind: string): { message: string; help: string } {
  const meant = KINDS_OF.get(name);
  if (meant !== undefined)
    return { message: `${name} has no effect on ${withArticle(kind)}`, help: `Put it on the ${meant.join(', ')}` };
  const known = [...KINDS_OF].filter(([, kinds]) => kinds.includes(kind)).map(([of]) => of);
  return {
    message: `${name} is not an annotation that daemun knows; it has no effect`,
    help: known.length > 0 ? `Those of ${withArticle(kind)} are ${known.join(', ')}` : 'Remove it',
  };
}
