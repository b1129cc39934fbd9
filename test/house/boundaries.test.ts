// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readSourceFiles, type SourceFile } from './source-files.ts';

/** Who may import whom. The same table stands in docs/architecture.md; a folder may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  values: [],
  time: [],
  errors: ['values'],
  resources: ['values', 'errors'],
  snapshot: ['values'],
  translate: ['values', 'errors', 'resources', 'snapshot'],
  status: ['values', 'errors', 'resources', 'translate'],
  match: ['values', 'errors', 'snapshot'],
  wire: ['values', 'errors'],
  proxy: ['values', 'time', 'errors', 'snapshot', 'match', 'wire', 'node'],
  store: ['values', 'time', 'errors', 'resources', 'node'],
  admin: ['values', 'errors', 'snapshot', 'match', 'node'],
  redirect: ['values', 'time', 'errors'],
  files: [],
  node: [],
  demo: ['values', 'errors', 'wire', 'files', 'node'],
  controller: [
    'values',
    'time',
    'errors',
    'resources',
    'snapshot',
    'translate',
    'status',
    'match',
    'wire',
    'proxy',
    'store',
    'admin',
    'redirect',
    'demo',
    'files',
    'node',
  ],
  cli: [
    'controller',
    'store',
    'translate',
    'status',
    'match',
    'snapshot',
    'resources',
    'values',
    'time',
    'errors',
    'demo',
    'files',
    'node',
  ],
};

/** The stages of translation, in their order: each may import those before it, and all may import what lies beside the folders. */
const STAGES = ['resolve', 'policies', 'accept', 'attach', 'rules', 'arbitrate', 'publish', 'lint'];
/**
 * The same inside the data plane, from the ground floor up: a folder imports only what stands before it. Files at its root stand above all;
 * below them only what an embedder says is read.
 */
const PROXY_ORDER = [
  'log',
  'metrics',
  'io',
  'upstream',
  'discovery',
  'faces',
  'filters',
  'access-log',
  'tracing',
  'udp',
  'l4',
  'http',
  'listeners',
  'workers',
];
const SAID_BY_EMBEDDERS = 'src/proxy/data-plane-options.ts';
/** The same inside the controller. */
const CONTROLLER_ORDER = [
  'log',
  'shown',
  'certificates',
  'ports',
  'owned',
  'addresses',
  'writing',
  'keys',
  'mesh',
  'health',
  'reload',
  'demo',
  'try',
  'bundle',
];
/** How a cluster is read once. */
const READ_FROM_BELOW = ['src/controller/kubernetes-options.ts', 'src/controller/read-cluster.ts'];

/** Inside the wire folder: whom a room may import. Codecs know nothing of each other. */
const WIRE_ROOMS: Readonly<Record<string, readonly string[]>> = {
  output: [],
  head: ['output'],
  message: ['head', 'output'],
  grpc: ['head'],
  websocket: [],
  'proxy-protocol': [],
  http1: ['head', 'message', 'output', 'websocket'],
  http2: ['head', 'message', 'output', 'grpc', 'websocket'],
};

/** Pure stages: no I/O, no clock, no log. */
const PURE = ['translate', 'snapshot', 'match', 'status', 'values', 'resources'];

/** A version of HTTP by any of its names, in code or in words to people; and what the wire folder's door gives of one codec alone. */
const VERSION_NAME = /http\/?[12]|\bh2c?\b|\b(?:ErrorCode|GOAWAY|RST_STREAM)\b/i;
/** Files of the data plane that may know versions: what they are for is to tell them apart. */
const KNOW_VERSIONS = [
  'src/proxy/listeners/cleartext-refusal.ts',
  'src/proxy/listeners/codec.ts',
  'src/proxy/listeners/protocol-guess.ts',
  'src/proxy/listeners/tls-entrance.ts',
  'src/proxy/listeners/tls-handshake.ts',
  'src/proxy/metrics/families.ts', // what values of labels mean: codes of errors, names of clusters
  'src/proxy/upstream/codec.ts',
];

const files = readSourceFiles();

describe('the house', () => {
  it('lets a folder import only what the table allows, through its index.ts', () => {
    const wrong = files.flatMap(file => file.imports.flatMap(found => faultOf(file, found.target)));
    assert.deepEqual(wrong, []);
  });

  it('keeps translation a pipeline: a stage imports earlier stages only', () => {
    const wrong = files.flatMap(file =>
      file.imports.flatMap(({ target = '' }) => {
        const [from, to] = [stageOf(file.path), stageOf(target)];
        return to > from && file.path.startsWith('src/translate/') && !BESIDE_STAGES.includes(file.path)
          ? [`${file.path}: ${target}`]
          : [];
      }),
    );
    assert.deepEqual(wrong, []);
    assert.ok(
      STAGES.every(stage => files.some(({ path }) => path.startsWith(`src/translate/${stage}/`))),
      'a stage that is not there',
    );
  });

  it('lets a folder of the data plane import only those below it', () => {
    const wrong = files
      .filter(({ path }) => roomOf(path) !== null && !path.includes('.test-support.'))
      .flatMap(file => file.imports.flatMap(({ target }) => climbOf(file.path, target)));
    assert.deepEqual(wrong, []);
  });

  it('lets a folder of the controller import only those below it', () => {
    const wrong = files
      .filter(({ path }) => controllerRoomOf(path) !== null && !path.includes('.test'))
      .flatMap(file => file.imports.flatMap(({ target }) => controllerClimbOf(file.path, target)));
    assert.deepEqual(wrong, []);
  });

  it('lets a room of the wire folder import only what its row allows, and no codec the other', () => {
    const wrong = files
      .filter(({ path }) => wireRoomOf(path) !== null && !path.includes('.test-support.'))
      .flatMap(file => file.imports.flatMap(({ target }) => wireFaultOf(file.path, target)));
    assert.deepEqual(wrong, []);
  });

  it('keeps node: modules out of the pure stages', () => {
    const wrong = files
      .filter(file => PURE.includes(file.folder))
      .flatMap(file =>
        file.imports.filter(i => i.specifier.startsWith('node:')).map(i => `${file.path}: ${i.specifier}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('loads the large modules of Node only when they are asked for', () => {
    const imported = /^import (?!type ).* from '(node:http|node:tls)';$/gm;
    const wrong = files
      .filter(({ path }) => !path.includes('.test-support.'))
      .flatMap(({ path }) =>
        Array.from(readFileSync(join(ROOT, path), 'utf8').matchAll(imported), ([, module]) => `${path}: ${module}`),
      );
    assert.deepEqual(wrong, ['src/demo/grpc/grpc-server.ts: node:tls', 'src/demo/http-echo.ts: node:tls']);
  });

  it('lets no file of the data plane name a version of HTTP, apart from those that tell them apart', () => {
    const naming = files
      .filter(({ path }) => path.startsWith('src/proxy/') && !path.includes('.test-support.'))
      .filter(({ path }) => VERSION_NAME.test(withoutComments(readFileSync(join(ROOT, path), 'utf8'))))
      .map(({ path }) => path);
    assert.deepEqual(naming, KNOW_VERSIONS);
  });

  it('has no import cycle', () => {
    assert.deepEqual(findCycles(files), []);
  });

  it('keeps what a file says of itself above its imports, where sorting them cannot carry it off', () => {
    const amid =
      /^(?:import|export) [\s\S]*?^ ?\*\/\n(?:import |export [{*])|^(?:import|export) .*\n\/\*\* .*\*\/\n(?:import |export [{*])/m;
    const wrong = files.filter(({ path }) => amid.test(readFileSync(join(ROOT, path), 'utf8'))).map(({ path }) => path);
    assert.deepEqual(wrong, []);
  });

  it('has no dumping grounds', () => {
    const names = /(^|\/)(utils?|helpers?|common|misc|types|constants|shared)(\.ts$|\/)/;
    assert.deepEqual(
      files.filter(file => names.test(file.path)).map(file => file.path),
      [],
    );
  });

  it('keeps files short: median under 150 lines, none over 400', () => {
    const lengths = files.map(file => file.lines).sort((a, b) => a - b);
    assert.ok(
      (lengths[Math.floor(lengths.length / 2)] ?? 0) < 150,
      `median ${lengths[Math.floor(lengths.length / 2)]}`,
    );
    assert.deepEqual(
      files.filter(file => file.lines > 400).map(file => `${file.path} ${file.lines}`),
      [],
    );
  });
});

/** Comments may cite what a rule is there for. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\s\/\/ .*/g, '');
}

/** These know all stages: the table of contents, the door, and what one translation remembers for the next. */
const BESIDE_STAGES = ['translate', 'index', 'translation', 'translate-around'].map(name => `src/translate/${name}.ts`);

/** The place of a file's stage in the order; -1: it is of none. */
function stageOf(path: string): number {
  const [src, folder, stage] = path.split('/');
  return src === 'src' && folder === 'translate' ? STAGES.indexOf(stage ?? '') : -1;
}

function faultOf(file: SourceFile, target: string | undefined): string[] {
  if (target === undefined || !target.startsWith('src/')) return [];
  const folder = target.split('/')[1] ?? '';
  if (folder === file.folder) return [];
  if (!MAY_IMPORT[file.folder]?.includes(folder)) return [`${file.path} may not import ${folder}`];
  // What tests share stays out of the doors: it is not part of the program.
  const isShared = [file.path, target].every(path => path.endsWith('.test-support.ts'));
  return isShared || target === `src/${folder}/index.ts`
    ? []
    : [`${file.path} must import src/${folder}/index.ts, not ${target}`];
}

/** The folder of the data plane that a file is in; null: none. */
function roomOf(path: string): string | null {
  return /^src\/proxy\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function climbOf(path: string, target: string | undefined): string[] {
  if (target === undefined || !target.startsWith('src/proxy/') || target === SAID_BY_EMBEDDERS) return [];
  const [own, other] = [roomOf(path) ?? '', roomOf(target) ?? ''];
  const at = PROXY_ORDER.indexOf(other);
  if (own === other || (at >= 0 && at < PROXY_ORDER.indexOf(own))) return [];
  return [`${path} may not import ${target}`];
}

function controllerRoomOf(path: string): string | null {
  return /^src\/controller\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function controllerClimbOf(path: string, target: string | undefined): string[] {
  if (target === undefined || !target.startsWith('src/controller/') || READ_FROM_BELOW.includes(target)) return [];
  const [own, other] = [controllerRoomOf(path) ?? '', controllerRoomOf(target) ?? ''];
  const at = CONTROLLER_ORDER.indexOf(other);
  if (own === other || (at >= 0 && at < CONTROLLER_ORDER.indexOf(own))) return [];
  return [`${path} may not import ${target}`];
}

/** The room of the wire folder that a file is in; null: none. */
function wireRoomOf(path: string): string | null {
  return /^src\/wire\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function wireFaultOf(path: string, target: string | undefined): string[] {
  const [own, other] = [wireRoomOf(path) ?? '', wireRoomOf(target ?? '')];
  if (other === null || own === other || WIRE_ROOMS[own]?.includes(other) === true) return [];
  return [`${path} may not import ${target}`];
}

/** Groups of files that import each other (Tarjan), types included: each as a sorted list of paths. */
function findCycles(all: readonly SourceFile[]): string[][] {
  const byPath = new Map(all.map(file => [file.path, file]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) ?? 0);
    stack.push(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target === undefined || !byPath.has(target)) continue;
      if (!index.has(target)) {
        visit(target);
        low.set(path, Math.min(low.get(path) ?? 0, low.get(target) ?? 0));
      } else if (stack.includes(target)) {
        low.set(path, Math.min(low.get(path) ?? 0, index.get(target) ?? 0));
      }
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) cycles.push(group.sort());
  };
  for (const path of byPath.keys()) if (!index.has(path)) visit(path);
  return cycles;
}
