// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ECHO_SLICE, echoManifests, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const BIN = join(import.meta.dirname, '../../../bin/daemun');

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const GOOD = echoManifests(8080) + ECHO_SLICE;
/** Without it there is a note that the class is implied. */
const CLASS = `---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: daemun }
spec: { controllerName: daemun.dev/gateway-controller }
`;
/** One error at line 7, beside what a good file has. */
const BAD = GOOD.replace('port: 8080', 'port: 80800');
/** One warning: an annotation that means nothing. */
const DOUBTFUL = GOOD.replace(
  'metadata: { name: echo }\nspec: { ports',
  'metadata: { name: echo, annotations: { daemun.dev/nope: x } }\nspec: { ports',
);

describe('check', () => {
  let folder: ManifestFolder;
  before(async () => {
    folder = await manifestFolder();
  });
  after(() => folder.remove());

  async function check(text: string, args: readonly string[], name = 'gw.yaml'): Promise<Ran> {
    const file = await folder.write(name, text);
    const terminal = recordingTerminal('', { GITHUB_WORKSPACE: folder.path });
    const code = await runProgram(['check', file, ...args], terminal);
    return { code, out: terminal.stdout(), err: terminal.stderr() };
  }

  it('takes paths as arguments, beside -f', async () => {
    assert.equal((await check(GOOD, [])).code, 0);
    const bad = await folder.write('bad.txt', BAD);
    const both = await check(GOOD, ['-f', bad]);
    assert.equal(both.code, 1);
    assert.match(both.out, /bad\.txt:7:\d+ error/);
  });

  it('reads what can be read only once, and calls it by its name', async () => {
    const program = `printf 'kind: [' | exec '${process.execPath}' '${BIN}' check /dev/stdin`;
    const ran = await promisify(execFile)('sh', ['-c', program]).catch((error: { stdout: string }) => error);
    assert.match(ran.stdout, /^\/dev\/stdin:1:\d+ error store\/syntax /);
    const empty = recordingTerminal('# nothing');
    assert.equal(await runProgram(['check', '-'], empty), 3);
    assert.match(empty.stderr(), /no manifests in standard input/);
    const watched = recordingTerminal('');
    assert.equal(await runProgram(['run', '-f', '-'], watched), 3);
    assert.match(watched.stderr(), /standard input can be read only once, and run watches/);
  });

  it('refuses a device, and input without end, without reading all of it', async () => {
    const device = recordingTerminal();
    assert.equal(await runProgram(['check', '/dev/zero'], device), 3);
    assert.match(device.stderr(), /^error: the path "\/dev\/zero" is a device\nName a file/);
    let read = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (const chunk = Buffer.alloc(1024 * 1024); ; read += chunk.length) yield chunk;
    };
    const terminal = { ...recordingTerminal(), input: endless };
    assert.equal(await runProgram(['check', '-'], terminal), 3);
    assert.match(terminal.stderr(), /^error: standard input has more than 64 MiB, and is not read\n/);
    assert.equal(read, 64 * 1024 * 1024);
  });

  it('fails for a warning with --strict only', async () => {
    const lenient = await check(DOUBTFUL, []);
    assert.match(lenient.out, /0 errors, 1 warning/);
    assert.equal(lenient.code, 0);
    assert.equal((await check(DOUBTFUL, ['--strict'])).code, 1);
    assert.equal((await check(GOOD, ['--strict'])).code, 0);
  });

  describe('-o github', () => {
    it('writes a workflow command for each finding, with a path from the root of the repository', async () => {
      const { code, out } = await check(BAD, ['-o', 'github']);
      assert.equal(code, 1);
      assert.match(
        out,
        /^::error file=gw\.yaml,line=7,col=\d+,title=schema\/range::Gateway default\/gw: .+%0Ahelp: .+$/m,
      );
      assert.match(out, /^2 errors, 0 warnings, 0 notes\.$/m);
    });

    it('lets no name or value end a command or begin another', async () => {
      const name = 'a,b:c%.yaml';
      const text = BAD.replace('gatewayClassName: daemun', 'gatewayClassName: "x\\n::error::y%0A"');
      const { out } = await check(text, ['-o', 'github'], name);
      const lines = out.trimEnd().split('\n').slice(0, -1);
      assert.ok(lines.length > 1);
      for (const line of lines) assert.match(line, /^::(error|warning|notice) file=a%2Cb%3Ac%25\.yaml,line=/);
      assert.doesNotMatch(out, /y%0A[^h]/, 'a percent sign of a value is escaped');
    });
  });

  describe('-o sarif', () => {
    it('is a log of SARIF 2.1.0 with a rule for each code, and places below the root', async () => {
      const { code, out } = await check(BAD, ['-o', 'sarif'], 'a b#1.yaml');
      assert.equal(code, 1);
      const log = JSON.parse(out);
      assert.equal(log.version, '2.1.0');
      const [run] = log.runs;
      assert.equal(run.tool.driver.name, 'daemun');
      const ids = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
      for (const result of run.results) {
        assert.equal(ids[result.ruleIndex], result.ruleId);
        assert.ok(['error', 'warning', 'note'].includes(result.level));
        assert.ok(result.message.text.length > 0);
      }
      const found = run.results.find((result: { ruleId: string }) => result.ruleId === 'schema/range');
      assert.deepEqual(found.locations[0].physicalLocation.artifactLocation, {
        uri: 'a%20b%231.yaml',
        uriBaseId: '%SRCROOT%',
      });
      assert.equal(found.locations[0].physicalLocation.region.startLine, 7);
      assert.match(
        found.locations[0].logicalLocations[0].fullyQualifiedName,
        /^Gateway default\/gw spec\.listeners\[0\]/,
      );
      const rule = run.tool.driver.rules[found.ruleIndex];
      assert.equal(rule.defaultConfiguration.level, 'error');
      for (const part of ['shortDescription', 'fullDescription', 'help']) assert.ok(rule[part].text.length > 0, part);
    });

    it('has no results for good manifests, and no place for standard input', async () => {
      assert.deepEqual(JSON.parse((await check(GOOD + CLASS, ['-o', 'sarif'])).out).runs[0].results, []);
      const terminal = recordingTerminal('kind: [');
      await runProgram(['check', '-', '-o', 'sarif'], terminal);
      assert.equal('locations' in JSON.parse(terminal.stdout()).runs[0].results[0], false);
    });
  });

  describe('-o junit', () => {
    it('has a failing case for what fails, and a passing one for the rest', async () => {
      const { code, out } = await check(DOUBTFUL, ['-o', 'junit']);
      assert.equal(code, 0);
      assert.match(
        out,
        /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="daemun check" tests="\d+" failures="0"/,
      );
      const strict = await check(DOUBTFUL, ['-o', 'junit', '--strict']);
      assert.match(strict.out, /<testsuite name="gw\.yaml" tests="\d+" failures="1" errors="0">/);
      assert.match(strict.out, /<failure type="lint\/unused-annotation" message="[^"<]+">/);
    });

    it('has a case for each path when there is nothing to say', async () => {
      const { out } = await check(GOOD + CLASS, ['-o', 'junit']);
      assert.match(out, new RegExp(`<testcase classname="daemun" name="${join(folder.path, 'gw.yaml')}"/>`));
    });

    it('escapes what XML reserves or forbids', async () => {
      const text = BAD.replace('gatewayClassName: daemun', 'gatewayClassName: "<&\\"\\u0001\\uFFFF>"');
      const { out } = await check(text, ['-o', 'junit'], `a<&'b.yaml`);
      assert.match(out, /name="a&lt;&amp;&apos;b\.yaml"/);
      assert.equal(out.includes('\u0001') || out.includes('\uffff'), false);
      assert.doesNotMatch(out.replace(/&(lt|gt|amp|quot|apos);/g, ''), /&/);
    });
  });
});
