// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway, ListenerSet, Service } from '../../resources/index.ts';
import { findingOf } from '../report.ts';
import { ANNOTATIONS } from '../resolve/annotations/annotations.ts';
import type { AttachableRoute } from '../route-kinds.ts';

const PREFIX = 'daemun.dev/';

/** The kind on which each annotation is read. */
const KIND_OF: ReadonlyMap<string, string> = new Map(ANNOTATIONS.map(({ name, kind }) => [name, kind]));

/** Annotations of ours that nobody reads where they are: misspelt, or on an object of another kind. */
export function lintAnnotations(resource: Gateway | ListenerSet | AttachableRoute | Service): readonly Finding[] {
  const findings: Finding[] = [];
  for (const name in resource.metadata.annotations) {
    if (!name.startsWith(PREFIX) || KIND_OF.get(name) === resource.kind) continue;
    findings.push(
      findingOf('lint/unused-annotation', resource, {
        path: ['metadata', 'annotations', name],
        ...reproach(name, resource.kind),
      }),
    );
  }
  return findings;
}

function reproach(name: string, kind: string): { message: string; help: string } {
  const meant = KIND_OF.get(name);
  if (meant !== undefined) return { message: `${name} has no effect on a ${kind}`, help: `Put it on the ${meant}` };
  const known = [...KIND_OF].filter(([, of]) => of === kind).map(([of]) => of);
  return {
    message: `${name} is not an annotation that daemun knows; it has no effect`,
    help: known.length > 0 ? `Those of a ${kind} are ${known.join(', ')}` : 'Remove it',
  };
}
