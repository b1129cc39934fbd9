// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { echoManifests, freePort, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { Running } from './running.test-support.ts';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await runProgram(args, terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('daemun run --demo', () => {
  let folder: ManifestFolder;
  let file = '';
  let port = 0;
  let gateway: Running;
  let admin = '';
  const call = () =>
    run(
      'call',
      '--plaintext',
      '--authority',
      'echo.example.com',
      `127.0.0.1:${port}`,
      'api.Echo/Echo',
      '{"content":"hi"}',
    );

  before(async () => {
    folder = await manifestFolder();
    port = await freePort();
    file = await folder.write('gw.yaml', echoManifests(port));
    gateway = Running.start('-f', folder.path, '--demo', '--admin', '127.0.0.1:0', '--workers', '1');
    admin = (await gateway.wrote(/Ready in [\d.]+ s, admin at http:\/\/(\S+)\//))[1] ?? '';
  });
  after(async () => {
    gateway.process.kill('SIGKILL');
    await gateway.exitCode();
    await folder.remove();
  });

  it('prints the listeners as bound, and a command that works when it is pasted', async () => {
    await gateway.wrote(new RegExp(`^default/gw +http +127\\.0\\.0\\.1:${port} +HTTP +\\* +1 +ready$`, 'm'));
    const [, words = ''] = await gateway.wrote(/^ +\S*daemun (call .*)$/m);
    const args = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const { code, out } = await run(...args);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { content: 'hello' });
    await gateway.wrote(/^ +grpcurl -plaintext -authority echo\.example\.com -d /m);
  });

  it('answers get, describe, explain and proxy-config over its admin address', async () => {
    assert.match((await run('get', 'gtw', '--admin', admin)).out, /^gw +daemun +127\.0\.0\.1 +True/m);
    assert.match((await run('describe', 'grpcroute', 'echo', '--admin', admin)).out, /^Kind: +GRPCRoute$/m);
    const explained = await run('explain', '--grpc', 'api.Echo/Echo', '--admin', admin);
    assert.equal(explained.code, 0, explained.err);
    assert.match(explained.out, /forwarded to default\/echo:9000/);
    assert.equal((await run('explain', '--grpc', 'Echo', '--admin', admin)).code, 2);
    const endpoints = await run('proxy-config', 'endpoint', '--admin', admin);
    assert.match(endpoints.out, /^default\/echo:9000 +127\.0\.0\.1:\d+ +ready +near +\w+ +echo-/m);
  });

  it('counts what it served, and its reloads', async () => {
    await call();
    const text = await (await fetch(`http://${admin}/metrics`)).text();
    assert.match(text, /^grpc_server_handled_total\{.*grpc_service="api\.Echo".*grpc_code="OK"\} \d/m);
    assert.match(text, /^daemun_config_reloads_total\{result="success"\} \d/m);
    assert.match(text, /^daemun_findings\{severity="error"\} 0$/m);
  });

  it('follows a change, and tells it in one line', async () => {
    writeFileSync(file, echoManifests(port).replace('service: api.Echo', 'service: api.Other'));
    await gateway.wrote(
      /"msg":"configuration reloaded","grpcRoutes":"~1".*|"grpcRoutes":"~1".*"msg":"configuration reloaded"/,
    );
    assert.equal((await call()).code, 1);
    writeFileSync(file, echoManifests(port));
    await gateway.wrote(/("grpcRoutes":"~1"[\s\S]*){2}/);
    assert.equal((await call()).code, 0);
  });

  it('keeps serving the last good state of a file that breaks, and says what is wrong once', async () => {
    writeFileSync(file, `${echoManifests(port)}---\nkind: [\n`);
    await gateway.wrote(/"level":"error"[^\n]*store\/syntax/);
    assert.equal((await call()).code, 0);
    const findings: { code: string; line: number }[] = JSON.parse(
      await (await fetch(`http://${admin}/findings`)).text(),
    );
    assert.ok(findings.some(finding => finding.code === 'store/syntax' && finding.line > 25));
    writeFileSync(file, echoManifests(port));
    await gateway.wrote(/"findingsSolved":1/);
    assert.equal((await call()).code, 0);
  });

  it('refuses an admin address in use with exit code 3', async t => {
    const second = Running.start('-f', file, '--admin', admin);
    t.after(() => second.process.kill('SIGKILL'));
    assert.equal(await second.exitCode(), 3);
    await second.wrote(/error: the admin address \S+ is in use\nChoose another one/);
  });

  it('refuses an admin address that is none of this machine, in plain words, with exit code 3', async t => {
    const second = Running.start('-f', file, '--admin', '192.0.2.1:9900');
    t.after(() => second.process.kill('SIGKILL'));
    assert.equal(await second.exitCode(), 3);
    await second.wrote(
      /error: the admin address 192\.0\.2\.1:9900 cannot be bound: the address does not belong to this machine\nChoose/,
    );
  });

  it('that does not start leaves no log files that hold nothing, but those that were there', async () => {
    const logs = await manifestFolder();
    const [made, kept] = [join(logs.path, 'made.log'), await logs.write('kept.log', '')];
    for (const accessLog of [made, kept]) {
      const second = Running.start('-f', file, '--admin', admin, '--access-log', accessLog);
      assert.equal(await second.exitCode(), 3);
    }
    const log = join(logs.path, 'run.log');
    const unwritable = join(logs.path, 'missing', 'access.log');
    const third = Running.start('-f', file, '--admin', 'off', '--log-file', log, '--access-log', unwritable);
    assert.equal(await third.exitCode(), 3);
    assert.deepEqual([made, kept, log].filter(existsSync), [kept]);
    await logs.remove();
  });

  it('is not ready after SIGTERM, lets a stream end, and exits 0', async () => {
    const active = async (): Promise<boolean> =>
      /^daemun_downstream_requests_active\{.*\} 1$/m.test(await (await fetch(`http://${admin}/metrics`)).text());
    const message = '{"content":"x","repeat":8,"delay_ms":100}';
    const host = ['--plaintext', '--authority', 'echo.example.com', `127.0.0.1:${port}`];
    // The types come from a file: a call by reflection would be active too.
    const proto = join(import.meta.dirname, '../../demo/proto/api/echo.proto');
    const stream = run('call', '--proto', proto, ...host, 'api.Echo/ServerStream', message);
    while (!(await active()));
    gateway.process.kill('SIGTERM');
    await gateway.wrote(/"msg":"draining"/);
    assert.equal((await fetch(`http://${admin}/ready`)).status, 503);
    const { code, out, err } = await stream;
    assert.equal(code, 0, err);
    assert.equal(out.match(/"content"/g)?.length, 8);
    assert.equal(await gateway.exitCode(), 0);
    await gateway.wrote(/"cut":0,"lost":0,"stuck":0,"msg":"stopped"/);
  });
});
