// SPDX-License-Identifier: Apache-2.0

/** Names, values and messages that try to act on the terminal: each command that prints them, also through the real program. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { ADMIN_MARK } from '../values/index.ts';
import { echoManifests, type ManifestFolder, manifestFolder } from './manifests.test-support.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

const BIN = join(import.meta.dirname, '../../bin/daemun');
/** Clears the screen, sets a title by C1, turns the text around, and begins a false line. */
const EVIL = '\u001b[2J\u009d0;x\u009c\u202e\u2066\u0007\r\nerror: forged';
/** Everything but our own colours, line feeds and what lays out text. */
const HOSTILE = /(?!\n)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const OWN_COLOUR = new RegExp(`${String.fromCharCode(27)}\\[(?:1|2|22|3[1-6]|39)m`, 'g');

interface Ran {
  readonly code: number;
  readonly text: string;
  readonly out: string;
}

async function daemun(args: readonly string[]): Promise<Ran> {
  const terminal = recordingTerminal();
  const code = await runProgram(args, terminal);
  return { code, text: terminal.stdout() + terminal.stderr(), out: terminal.stdout() };
}

/** The same in a process of its own, with the terminal that users have. */
function realDaemun(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: '', ...environment };
  return new Promise(resolve => {
    const child = execFile(process.execPath, [BIN, ...args], { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, text: out + err, out }),
    );
    child.stdin?.end();
  });
}

function assertHarmless(text: string): void {
  assert.ok(text.length > 0);
  const found = HOSTILE.exec(text);
  assert.equal(found, null, `U+${found?.[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(text)}`);
  assert.doesNotMatch(text, /^error: forged/m);
}

describe('hostile text', () => {
  let folder: ManifestFolder;
  let manifests = '';
  let admin: Server;
  let address = '';
  before(async () => {
    folder = await manifestFolder();
    // Unescaped, YAML refuses the C1 characters.
    const quoted = JSON.stringify(EVIL).replaceAll('\u009c', '\\u009c').replaceAll('\u009d', '\\u009d');
    const good = echoManifests(0)
      .replace('port: 0', 'port: 18999')
      .replace(
        'labels: { team: a }',
        `labels: { team: a }, annotations: { a/b: ${quoted}, daemun.dev/nope: ${quoted} }`,
      );
    const bad = `---\napiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: ${quoted} }\nspec: { hostnames: [${quoted}], ${quoted}: 1 }\n`;
    const broken = `kind: ${EVIL.replace('\r\n', '')}: [\n`;
    manifests = folder.path;
    await folder.write(`a\u001b[2J\u202eb\n.yaml`, good + bad);
    await folder.write('c.yaml', broken);
    const object = {
      apiVersion: 'v1',
      kind: 'Gateway',
      metadata: { namespace: EVIL, name: EVIL },
      spec: { [EVIL]: EVIL },
    };
    const finding = {
      code: EVIL,
      severity: 'error',
      resource: object,
      path: '',
      file: EVIL,
      line: 1,
      column: 1,
      message: EVIL,
      help: EVIL,
    };
    admin = createServer((request, response) => {
      response.setHeader(ADMIN_MARK.name, ADMIN_MARK.value);
      if (request.url?.startsWith('/explain')) response.writeHead(500).end(JSON.stringify({ error: EVIL }));
      else response.end(JSON.stringify([{ ...object, ...finding }]));
    }).listen(0, '127.0.0.1');
    await once(admin, 'listening');
    const bound = admin.address();
    address = `127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  });
  after(async () => {
    admin.close();
    await folder.remove();
  });

  for (const format of ['table', 'json', 'yaml', 'github', 'sarif', 'junit']) {
    it(`in manifests stays text in check -o ${format}`, async () => {
      assertHarmless((await daemun(['check', manifests, '-o', format])).text);
    });
  }

  for (const args of [
    ['get', 'gateways'],
    ['get', 'gateways', '-o', 'json'],
    ['get', 'grpcroute', EVIL],
    ['describe', 'gateway', 'gw'],
    ['explain', '--grpc', 'api.Echo/Echo', '-H', `x: ${EVIL}`],
    ['proxy-config', 'route'],
  ]) {
    it(`in manifests stays text in ${JSON.stringify(args.slice(0, 2).join(' '))}`, async () => {
      assertHarmless((await daemun([...args, '-f', manifests])).text);
    });
  }

  it('in manifests keeps its value in YAML and JSON', async () => {
    for (const format of ['yaml', 'json']) {
      const { out, text } = await daemun(['get', 'gateway', 'gw', '-o', format, '-f', manifests]);
      assertHarmless(text);
      assert.equal(parse(out).metadata.annotations['a/b'], EVIL);
    }
  });

  for (const args of [
    ['get', 'gateways', '-A'],
    ['get', 'gateways', '-A', '-o', 'yaml'],
    ['get', 'gateways', '-A', '-o', 'name'],
    ['describe', 'gateways', '-A'],
    ['explain', '--grpc', 'a.B/C'],
  ]) {
    it(`of an admin interface stays text in ${JSON.stringify(args.join(' '))}`, async () => {
      assertHarmless((await daemun([...args, '--admin', address])).text);
    });
  }

  it('is told from our own colours, in the real program', async () => {
    assertHarmless((await realDaemun(['check', manifests])).text);
    const { text } = await realDaemun(['check', manifests], { FORCE_COLOR: '1' });
    assert.match(text, OWN_COLOUR);
    assertHarmless(text.replaceAll(OWN_COLOUR, ''));
  });

  it('of the command line stays text in what is said about it', async () => {
    for (const args of [
      [EVIL],
      ['get', EVIL],
      ['check', EVIL],
      ['errors', EVIL],
      ['get', 'gw', `--${EVIL}`],
      ['call', EVIL],
    ]) {
      assertHarmless((await daemun(args)).text);
    }
  });

  it('in manifests stays text in the log for people', async () => {
    const args = ['run', '-f', manifests, '--admin', 'off', '--workers', '0', '--log-format', 'pretty'];
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.setEncoding('utf8');
    for await (const part of child.stderr) {
      text += part;
      if (text.includes('c.yaml')) child.kill('SIGTERM');
    }
    assert.match(text, /error .*store\/syntax/);
    assertHarmless(text);
  });
});
