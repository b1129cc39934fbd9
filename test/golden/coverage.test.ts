// SPDX-License-Identifier: Apache-2.0

/** Everything that an HTTPRoute can say is said by a golden case. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goldenCases, readCase } from './golden-case.ts';

const FILTERS = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestMirror',
  'URLRewrite',
  'CORS',
  'ExternalAuth',
];
const OF_RULES = [...FILTERS, 'RequestRedirect', 'ExtensionRef'].map(type => `rules.filters.type: ${type}`);
const OF_BACKENDS = FILTERS.map(type => `rules.backendRefs.filters.type: ${type}`);
const PATH_CHANGES = ['urlRewrite', 'requestRedirect'].flatMap(filter =>
  ['ReplaceFullPath', 'ReplacePrefixMatch'].map(type => `rules.filters.${filter}.path.type: ${type}`),
);
const MATCHES = [
  ...['Exact', 'PathPrefix', 'RegularExpression'].map(type => `rules.matches.path.type: ${type}`),
  ...['headers', 'queryParams'].flatMap(part =>
    ['name', 'type: RegularExpression'].map(field => `rules.matches.${part}.${field}`),
  ),
  'rules.matches.method',
];
const LIMITS = [
  'rules.timeouts.request',
  'rules.timeouts.backendRequest',
  ...['codes', 'attempts', 'backoff'].map(field => `rules.retry.${field}`),
  ...['absoluteTimeout', 'cookie.name', 'cookie.lifetimeType', 'type: Header', 'header.name'].map(
    field => `rules.sessionPersistence.${field}`,
  ),
];
const OTHERS = [
  'hostnames',
  'parentRefs.port',
  'parentRefs.sectionName',
  'rules.name',
  'rules.backendRefs.weight',
  'rules.filters.requestMirror.percent',
  'rules.backendRefs.filters.requestMirror.fraction.numerator',
  'rules.filters.externalAuth.forwardBody.maxSize',
  'rules.filters.cors.allowCredentials',
];

/** Of a value: the path of each field, and `path: VALUE` of each text. */
function said(value: unknown, path: string, into: Set<string>): void {
  into.add(path);
  if (typeof value === 'string') into.add(`${path}: ${value}`);
  else if (Array.isArray(value)) for (const item of value) said(item, path, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) said(field, path === '' ? name : `${path}.${name}`, into);
  }
}

describe('the golden cases', () => {
  const found = new Set<string>();
  for (const name of goldenCases()) {
    for (const object of readCase(name).objects) {
      const { kind, spec } = object as { readonly kind?: string; readonly spec?: unknown };
      if (kind === 'HTTPRoute') said(spec, '', found);
    }
  }
  for (const wanted of [OF_RULES, OF_BACKENDS, PATH_CHANGES, MATCHES, LIMITS, OTHERS].flat()) {
    it(`have an HTTPRoute with ${wanted}`, () => assert.ok(found.has(wanted)));
  }
});
