// SPDX-License-Identifier: Apache-2.0

import { REDACTED } from '../../resources/index.ts';
import { LISTED_KINDS, listResources, type ResourceObject } from '../shown/resource-view.ts';
import type { View } from '../shown/view.ts';
import { redact } from './redact.ts';

/** All objects as a support bundle may have them. */
export function bundledResources(view: Pick<View, 'resources' | 'statuses'>): unknown {
  return LISTED_KINDS.flatMap(kind => listResources(view, kind)).map(object => redact(reduced(object)));
}

/** Kinds in which users keep what is theirs, down to what a gateway has a use for. */
function reduced(object: ResourceObject): ResourceObject {
  switch (object.kind) {
    case 'Secret':
      return { ...object, metadata: withoutAnnotationValues(object.metadata) };
    case 'ConfigMap':
      return {
        ...object,
        data: mapTexts(object['data'], text => (isPublic(text) ? text : REDACTED)),
        binaryData: mapTexts(object['binaryData'], () => REDACTED),
      };
    case 'Deployment':
    case 'Pod':
      return { ...object, spec: reducedSpec(object['spec']) };
    default:
      return object;
  }
}

function withoutAnnotationValues(metadata: ResourceObject['metadata']): ResourceObject['metadata'] {
  return { ...metadata, annotations: mapTexts(metadata['annotations'], () => REDACTED) };
}

/** Certificates and revocation lists, and nothing beside them. */
function isPublic(text: string): boolean {
  const blocks = /-----BEGIN (CERTIFICATE|X509 CRL)-----[\s\S]*?-----END \1-----/g;
  return text.match(blocks) !== null && text.replace(blocks, '').trim() === '';
}

function mapTexts(entries: unknown, of: (text: string) => string): Record<string, string> {
  const all = Object.entries(typeof entries === 'object' && entries !== null ? entries : {});
  return Object.fromEntries(all.map(([key, text]) => [key, of(String(text))]));
}

/** Arguments, variables and volumes of containers are none of our business. */
function reducedSpec(spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null) return spec;
  const { replicas, selector }: { replicas?: unknown; selector?: unknown } = spec;
  return { replicas, selector };
}
