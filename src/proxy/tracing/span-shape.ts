// SPDX-License-Identifier: Apache-2.0

import type { SpanAttribute, SpanFact, Tracing } from '../../snapshot/index.ts';
import { attributeField, keyField } from './span-fields.ts';

/** What the spans of one policy tell, compiled. */
export interface SpanShape {
  /** What every span is called; null: what it asks for. */
  readonly spanName: string | null;
  /** What spans of calls, and of other requests, tell. */
  readonly callFacts: readonly NamedFact[];
  readonly requestFacts: readonly NamedFact[];
  readonly headers: readonly NamedHeader[];
  /** Attributes that are the same on every span, encoded. */
  readonly fixed: Buffer;
  /** Names that the policy gives: an attribute of ours with such a name is left out. */
  readonly taken: ReadonlySet<string>;
}

/** A fact with the field that names it. */
export interface NamedFact {
  readonly fact: SpanFact;
  readonly key: Buffer;
}

/** A field of requests or responses with the field that names it. */
export interface NamedHeader {
  readonly source: 'header' | 'request-header' | 'response-header';
  readonly header: string;
  readonly key: Buffer;
}

const ALL_SPANS: readonly SpanFact[] = [
  'server.address',
  'server.port',
  'client.address',
  'network.peer.address',
  'network.protocol.version',
  'error.type',
];
const CALLS: readonly SpanFact[] = ['rpc.system', 'rpc.service', 'rpc.method', 'rpc.grpc.status_code', ...ALL_SPANS];
const REQUESTS: readonly SpanFact[] = [
  'http.request.method',
  'http.request.method_original',
  'url.scheme',
  'url.path',
  'url.query',
  'http.route',
  'http.response.status_code',
  'user_agent.original',
  ...ALL_SPANS,
];

export function compileShape({ spanName, attributes }: Tracing): SpanShape {
  const taken = new Set(attributes.map(({ name }) => name));
  const asked = attributes.flatMap(attribute => (attribute.source === 'fact' ? namedFact(attribute) : []));
  const told = (facts: readonly SpanFact[]): readonly NamedFact[] => [
    ...facts.filter(fact => !taken.has(fact)).map(fact => namedFact({ name: fact, fact })),
    ...asked,
  ];
  const literals = attributes.flatMap(attribute =>
    attribute.source === 'literal' ? attributeField(attribute.name, attribute.value) : [],
  );
  return {
    spanName,
    callFacts: told(CALLS),
    requestFacts: told(REQUESTS),
    headers: attributes.flatMap(namedHeader),
    fixed: Buffer.concat(literals),
    taken,
  };
}

function namedFact({ name, fact }: { readonly name: string; readonly fact: SpanFact }): NamedFact {
  return { fact, key: keyField(name) };
}

function namedHeader(attribute: SpanAttribute): readonly NamedHeader[] {
  if (attribute.source === 'literal' || attribute.source === 'fact') return [];
  const { source, header, name } = attribute;
  return [{ source, header, key: keyField(name) }];
}
