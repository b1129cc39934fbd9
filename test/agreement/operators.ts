// SPDX-License-Identifier: Apache-2.0

/** What can be done to one place of an object. */
import { isFields, isItems, type Json } from './json.ts';

const WRONG_TYPES: readonly Json[] = [0, 1, 1.5, true, 'x', '', [], {}, [null], ['x'], { a: 'b' }, [{}]];

const LENGTHS = [63, 64, 65, 128, 129, 253, 254, 255, 256, 257, 1024, 1025, 4096, 4097];
const TEXTS = [
  '',
  ' ',
  'A',
  'a',
  '-',
  '-a',
  'a-',
  '.',
  '.a',
  'a.',
  'a..b',
  'a_b',
  '_',
  'a b',
  'a/b',
  '/a',
  'a/',
  'a/b/c',
  'A.b/C',
  '*',
  '*.',
  '*.a',
  '*.*.a',
  'a.*.b',
  'a:b',
  'a@b',
  'a\nb',
  'a\n',
  'a\tb',
  ' a',
  'a ',
  'a  b',
  'é',
  '😀',
  '\u0000',
  '1',
  '0',
  '-1',
  '1.2.3.4',
  '256.1.1.1',
  '1.2.3',
  '01.2.3.4',
  '::',
  '::1',
  '1::2::3',
  'fe80::1%eth0',
  '::ffff:1.2.3.4',
  '1h',
  '1h30m5s10ms',
  '100000s',
  '1d',
  '1.5h',
  '1h1h1h1h1h',
  'true',
  'null',
  'core',
  'Service',
  'Gateway',
  'HTTP',
  'HTTPS',
  'TLS',
  'TCP',
  'UDP',
  'http',
  'Foo',
  'Exact',
  'RegularExpression',
  'exact',
  'Same',
  'All',
  'None',
  'Selector',
  'Terminate',
  'Passthrough',
  'Hostname',
  'IPAddress',
  'NamedAddress',
  'xIPAddressx',
  'Hostnamex',
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestMirror',
  'ExtensionRef',
  'URLRewrite',
  'Cookie',
  'Header',
  'Session',
  'Permanent',
  'AllowValidOnly',
  'AllowInsecureFallback',
  'gateway.networking.k8s.io',
  'example.com/a',
  'example.com/',
  'a.b/c d',
  '2026-01-31T12:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-01-31',
  'orphan',
  'foregroundDeletion',
  'Event',
  'v1',
  'team-a',
  'default',
  '\u212A',
  '\u017F',
  '.a.b',
  'a\u00a0b',
  '%',
  "!#$%&'*+-.^_`|~",
  '(',
  'a,b',
  '"',
  '\\',
  'PathPrefix',
  'ReplaceFullPath',
  'ReplacePrefixMatch',
  'RequestRedirect',
  'CORS',
  'ExternalAuth',
  'GRPC',
  'GET',
  'PATCH',
  'get',
  'Cluster',
  'cluster',
  'ConfigMap',
  'ClusterTrustBundle',
  'certificates.k8s.io',
  'XBackend',
  'gateway.networking.x-k8s.io',
  'k8s.io/a',
  'a.k8s.io/b',
  'a.b/c/d',
  'A.b/c',
  'a b/c',
  '/',
  '//',
  '/a//b',
  '/.',
  '/..',
  '/a/.',
  '/a/./b',
  '/a/../b',
  '/a/..b',
  '/%2f',
  '/%2F',
  '/a%2g',
  '/a#b',
  '/a?b',
  '/*',
  'https',
  'ftp',
  'http://a',
  'https://*.a.b:99999',
  'https://*:1',
  'https://a:',
  'http://a/',
  'HTTP://a',
  '0s',
  '1ms',
  '99999h',
  '5s5s',
  '999ms',
  '59m60s',
  '1h1ms',
  'H2C',
  'HTTP2',
  'WSS',
  'ServerOnly',
  'ClientAndServer',
  'ExternalHostname',
  'EndpointSelector',
  'a.cluster.local',
  'System',
  'URI',
  'spiffe://a/b',
  '://a',
  'a:b//c',
  'Enabled',
  'Disabled',
  'ImplementationDefault',
  'Literal',
  'Attribute',
];
const NUMBERS = [
  -1,
  0,
  1,
  2,
  99,
  100,
  101,
  301,
  302,
  304,
  308,
  399,
  400,
  443,
  599,
  600,
  8443,
  65535,
  65536,
  999_999,
  1_000_000,
  1_000_001,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 40,
  2 ** 53,
  2 ** 62,
  1e19,
  1e30,
  0.5,
  80.5,
  -0.5,
  1e-9,
  -(2 ** 31) - 1,
  -1e30,
];
const COUNTS = [0, 2, 5, 8, 9, 16, 17, 32, 33, 64, 65, 128, 129];
const UNKNOWN_KEYS = [
  'foo',
  'Name',
  'NAME',
  'name',
  'spec',
  '__proto__',
  'constructor',
  'toString',
  '',
  'a b',
  'type',
  'status',
  'apiVersion',
];
const MAP_KEYS = [
  '',
  'a',
  'a b',
  '-a',
  'A/b',
  'a/b',
  'a/b/c',
  '/a',
  'a/',
  'é',
  'x'.repeat(63),
  'x'.repeat(64),
  `${'x'.repeat(252)}/a`,
  `${'x'.repeat(253)}/a`,
  `${'x'.repeat(254)}/a`,
];

/** One change of a value; `undefined` takes it away. */
export interface Change {
  readonly name: string;
  readonly value: Json | undefined;
}

/** Every change that the operators make of a value; a finite list, always in the same order. */
export function changesOf(value: Json): Change[] {
  const changes: Change[] = [
    { name: 'remove', value: undefined },
    { name: 'null', value: null },
  ];
  for (const wrong of WRONG_TYPES) changes.push({ name: `set ${JSON.stringify(wrong)}`, value: wrong });
  if (typeof value === 'string') changes.push(...textChanges(value));
  if (typeof value === 'number') changes.push(...numberChanges());
  if (typeof value === 'boolean')
    changes.push({ name: 'invert', value: !value }, { name: 'text', value: String(value) });
  if (isItems(value)) changes.push(...listChanges(value));
  if (isFields(value)) changes.push(...fieldChanges(value));
  return changes;
}

/** An object with one field more, that others in its place have: of a union, two members at once. */
export function fieldsOfOthers(value: Json, others: readonly Json[]): Change[] {
  if (!isFields(value)) return [];
  const added = new Map<string, Json>();
  for (const other of others) {
    for (const [key, field] of Object.entries(isFields(other) ? other : {})) {
      if (!Object.hasOwn(value, key) && !added.has(key)) added.set(key, field);
    }
  }
  return [...added].map(([key, field]) => ({ name: `with ${key} of another`, value: { ...value, [key]: field } }));
}

function textChanges(value: string): Change[] {
  const changes = TEXTS.map(text => ({ name: `text ${JSON.stringify(text)}`, value: text as Json }));
  for (const length of LENGTHS) {
    changes.push({ name: `${length} letters`, value: 'a'.repeat(length) });
    changes.push({ name: `${length} letters, then the old`, value: ('a'.repeat(length) + value).slice(-length) });
    if (length < 300) changes.push({ name: `${length} emoji`, value: '😀'.repeat(length) });
  }
  for (const part of ['-', '.', '/', ' ', 'A', '\n', '_']) {
    changes.push({ name: `then ${JSON.stringify(part)}`, value: value + part });
    changes.push({ name: `after ${JSON.stringify(part)}`, value: part + value });
  }
  changes.push({ name: 'upper case', value: value.toUpperCase() }, { name: 'lower case', value: value.toLowerCase() });
  return changes;
}

function numberChanges(): Change[] {
  const changes: Change[] = NUMBERS.map(number => ({ name: `number ${number}`, value: number }));
  return [...changes, { name: 'number as text', value: '80' }];
}

function listChanges(items: readonly Json[]): Change[] {
  const changes: Change[] = [
    { name: 'with null', value: [...items, null] },
    { name: 'reversed', value: items.toReversed() },
    { name: 'as a map', value: { ...items } },
  ];
  const [first] = items;
  if (first === undefined) return changes;
  changes.push({ name: 'first item alone', value: first }, { name: 'first item twice', value: [...items, first] });
  for (const [index, item] of items.entries()) {
    if (index > 0) changes.push({ name: `item ${index} twice`, value: [...items, item] });
  }
  for (const count of COUNTS) {
    changes.push({ name: `${count} equal items`, value: Array.from({ length: count }, () => first) });
    changes.push({ name: `${count} items`, value: Array.from({ length: count }, (_, index) => vary(items, index)) });
  }
  return changes;
}

/** The index-th item of an endless list of items that differ in every text and number that can be a key. */
function vary(items: readonly Json[], index: number): Json {
  const item = items[index % items.length] ?? null;
  const round = Math.floor(index / items.length);
  if (typeof item === 'string') return round === 0 ? item : `v${round}${item.replace(/^\*\./, '')}`;
  if (!isFields(item) || round === 0) return item;
  const varied: Record<string, Json> = { ...item };
  for (const key of ['name', 'sectionName'] as const) {
    if (typeof item[key] === 'string') varied[key] = `v${round}${item[key]}`;
  }
  if (typeof item['port'] === 'number') varied['port'] = item['port'] + round;
  return varied;
}

function fieldChanges(fields: { readonly [key: string]: Json }): Change[] {
  const add = (key: string, value: Json) => Object.fromEntries([...Object.entries(fields), [key, value]]) as Json;
  const changes: Change[] = [];
  for (const key of UNKNOWN_KEYS) changes.push({ name: `add ${key}`, value: add(key, 'x') });
  changes.push({ name: 'add foo: null', value: add('foo', null) }, { name: 'as a list', value: [fields] });
  for (const [key, value] of Object.entries(fields)) {
    changes.push({ name: `${key} in capitals`, value: add(key.toUpperCase(), value) });
    const { [key]: _, ...rest } = fields;
    changes.push({ name: `${key} misspelt`, value: { ...rest, [`${key}s`]: value } });
  }
  if (!Object.values(fields).every(value => typeof value === 'string')) return changes;
  for (const key of MAP_KEYS) changes.push({ name: `add key ${key}`, value: add(key, 'x') });
  for (const count of COUNTS) {
    const entries = Array.from({ length: count }, (_, index): [string, Json] => [`k${index}`, 'v']);
    changes.push({ name: `${count} entries`, value: Object.fromEntries(entries) });
  }
  return changes;
}
