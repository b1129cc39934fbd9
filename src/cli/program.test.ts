// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { ECHO_SLICE, echoManifests, type ManifestFolder, manifestFolder } from './manifests.test-support.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

/** A Gateway whose certificate nobody wrote. */
const HTTPS_GATEWAY = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: secured }
spec:
  gatewayClassName: daemun
  listeners: [{ name: https, protocol: HTTPS, port: 8443, tls: { certificateRefs: [{ name: missing }] } }]
`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], input = ''): Promise<Ran> {
  const terminal = recordingTerminal(input);
  const code = await runProgram(args, terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('the command line', () => {
  let folder: ManifestFolder;
  let file = '';
  before(async () => {
    folder = await manifestFolder();
    file = await folder.write('gw.yaml', echoManifests(8080) + ECHO_SLICE);
  });
  after(() => folder.remove());

  describe('without a command', () => {
    it('prints help and exits 2 when nothing is asked', async () => {
      const { code, err } = await run([]);
      assert.equal(code, 2);
      assert.match(err, /Usage: daemun/);
    });

    it('prints help and the version and exits 0 when asked', async () => {
      const help = await run(['--help']);
      assert.equal(help.code, 0);
      for (const name of ['run', 'check', 'get', 'describe', 'explain', 'proxy-config', 'call', 'cert', 'version']) {
        assert.match(help.out, new RegExp(`^  ${name}\\b`, 'm'));
      }
      assert.match((await run(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
      assert.match((await run(['help', 'get'])).out, /Usage: daemun get/);
      assert.match((await run(['help', 'cert', 'issue'])).out, /Usage: daemun cert issue/);
      assert.deepEqual(await run(['help', 'help']), help);
      assert.deepEqual(await run(['cert', 'help', 'issue']), await run(['cert', 'issue', '--help']));
      assert.deepEqual(await run(['mesh', 'help']), await run(['mesh', '--help']));
    });

    for (const args of [['chekc'], ['--nope'], ['check', '--nope'], ['get'], ['version', '-o', 'xml']]) {
      it(`refuses "${args.join(' ')}" with one message, a hint and exit code 2`, async () => {
        const { code, err, out } = await run(args);
        assert.equal(code, 2);
        assert.equal(out, '');
        assert.match(err, /^error: .+\n(\(.*\)\n)?.*See daemun .*--help\n$/s);
        assert.doesNotMatch(err, / at .*\.ts:/);
      });
    }

    it('suggests what was probably meant', async () => {
      assert.match((await run(['chekc'])).err, /Did you mean check\?/);
      assert.deepEqual(await run(['help', 'chekc']), await run(['chekc']));
      assert.deepEqual(await run(['cert', 'help', 'isue']), await run(['cert', 'isue']));
    });
  });

  it('names the option that a word belongs to', async () => {
    for (const [args, meant] of [
      [['run', './manifests', 'b c'], "daemun run -f ./manifests -f 'b c'"],
      [['explain', 'pkg.Svc/M'], 'daemun explain --grpc pkg.Svc/M'],
      [['explain', 'GET /a'], "daemun explain --http 'GET /a'"],
      [['explain', '/a.b'], 'daemun explain --http /a.b'],
      [['explain', './manifests'], 'daemun explain -f ./manifests'],
      [['explain', 'routes.yaml'], 'daemun explain -f routes.yaml'],
    ] as const) {
      const { code, err } = await run(args);
      assert.equal(code, 2);
      assert.ok(err.includes(`\n(Did you mean ${meant}?)\nSee daemun ${args[0]} --help\n`), err);
    }
  });

  describe('version', () => {
    it('names daemun, the Gateway API and Node.js', async () => {
      const { out } = await run(['version', '-o', 'json']);
      assert.deepEqual(Object.keys(JSON.parse(out)), ['daemun', 'gatewayApi', 'node']);
      assert.match((await run(['version'])).out, /^daemun \S+ \(Gateway API v1/);
    });
  });

  describe('check', () => {
    it('exits 0 for good manifests', async () => {
      const { code, out } = await run(['check', '-f', file]);
      assert.equal(code, 0, out);
      assert.match(out, /^0 errors|No findings/m);
    });

    it('quotes a name to its end, although it has a line feed', async () => {
      const { err } = await run(['check', 'a\nb']);
      assert.equal(err, 'error: the path "a\\nb" does not exist\n');
    });

    it('prints place, severity, code, message and help, and exits 1 for an error', async () => {
      const bad = await folder.write('bad.txt', echoManifests(8080).replace('port: 8080', 'port: 80800'));
      const { code, out } = await run(['check', '-f', bad]);
      assert.equal(code, 1);
      assert.match(out, /bad\.txt:7:\d+ error schema\/\S+ .+\n {4}help: .+\n/);
      assert.match(out, /\d+ errors?, \d+ warnings?, \d+ notes?\.\n$/);
    });

    it('prints the documented JSON', async () => {
      const bad = await folder.write(
        'bad.txt',
        echoManifests(8080).replace('name: echo, port: 9000', 'name: none, port: 9'),
      );
      const { code, out } = await run(['check', '-f', bad, '-o', 'json']);
      assert.equal(code, 1);
      const findings: Record<string, unknown>[] = JSON.parse(out);
      const found = findings.find(one => one['code'] === 'route/backend-not-found');
      assert.deepEqual(found && Object.keys(found), [
        'code',
        'severity',
        'resource',
        'path',
        'file',
        'line',
        'column',
        'message',
        'help',
      ]);
      assert.deepEqual(found?.['resource'], {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'GRPCRoute',
        namespace: 'default',
        name: 'echo',
      });
      assert.equal(found?.['file'], bad);
      assert.match(String(found?.['path']), /^spec\.rules\[0\]\.backendRefs\[0\]/);
    });

    it('reads standard input with -f -', async () => {
      const { code, out } = await run(['check', '-f', '-'], 'kind: Gateway\napiVersion: [');
      assert.equal(code, 1);
      assert.match(out, /^<stdin>:\d+:\d+ error store\/syntax /);
    });

    it('names standard input and files as they were given, also within messages', async () => {
      const folder = await manifestFolder();
      try {
        const text = echoManifests(8080);
        const file = await folder.write('gw.yaml', text);
        const after = await run(['check', file, '-'], text);
        assert.match(after.out, /^<stdin>:\d+:1 info store\/repeated-object /m);
        assert.ok(after.out.includes(` is also written at ${file}:1:1`), after.out);
        const before = await run(['check', '-', file, '-'], text);
        assert.match(before.out, / is also written at <stdin>:1:1$/m);
        for (const { out } of [after, before]) assert.doesNotMatch(out, /daemun-\w+\/0\.yaml/);
      } finally {
        await folder.remove();
      }
    });

    it('exits 3 where no manifests are: a wrong folder must not pass', async () => {
      const empty = await manifestFolder();
      try {
        const { code, err } = await run(['check', '-f', empty.path]);
        assert.equal(code, 3);
        assert.match(err, /^error: no manifests in .+\n/);
        await symlink('nowhere', join(empty.path, 'current'));
        const linked = await run(['check', '-f', empty.path]);
        assert.equal(linked.code, 3);
        assert.match(
          linked.err,
          /^error: no manifests in .+\n.+current is a symbolic link to .+nowhere, which does not exist/,
        );
      } finally {
        await empty.remove();
      }
    });

    it('says of a reference to a refused Gateway that it was refused, and where', async () => {
      const bad = await folder.write('bad.txt', echoManifests(80800));
      const { out } = await run(['check', '-f', bad]);
      assert.match(out, /route\/parent-not-found Gateway default\/gw was refused \(spec\.listeners\[0\]\.port: .+\)/);
      assert.doesNotMatch(out, /Create it/);
    });

    it('exits 3 for a path that does not exist, 2 without a path', async () => {
      const missing = await run(['check', '-f', `${folder.path}/none`]);
      assert.equal(missing.code, 3);
      assert.match(missing.err, /^error: the path ".*none" does not exist\n$/);
      assert.equal((await run(['check'])).code, 2);
    });
  });

  describe('get', () => {
    it("prints kubectl's columns", async () => {
      const { out } = await run(['get', 'gateway', '-f', file]);
      assert.match(out, /^NAME +CLASS +ADDRESS +PROGRAMMED +AGE\ngw +daemun +127\.0\.0\.1 +True +<unknown>\n$/);
      const routes = await run(['get', 'grpcroutes', '-f', file]);
      assert.match(routes.out, /^NAME +HOSTNAMES +AGE\necho +\["echo\.example\.com"\] +<unknown>\n$/);
    });

    for (const name of ['gtw', 'gateways', 'Gateway', 'gateways.gateway.networking.k8s.io', 'gateway/gw']) {
      it(`knows a Gateway as ${name}`, async () => {
        assert.match((await run(['get', name, '-f', file])).out, /^gw /m);
      });
    }

    it('prints a namespace with -A, all kinds with "all", and nothing but a note for an empty namespace', async () => {
      assert.match((await run(['get', 'svc', '-A', '-f', file])).out, /^NAMESPACE +NAME[\s\S]*^default +echo /m);
      const all = await run(['get', 'all', '-f', file]);
      assert.match(all.out, /^gateway\.gateway\.networking\.k8s\.io\/gw /m);
      assert.match(all.out, /^service\/echo /m);
      const none = await run(['get', 'svc', '-n', 'other', '-f', file]);
      assert.deepEqual(none, { code: 0, out: '', err: 'No resources found in other namespace.\n' });
    });

    it('prints one object as the object with its status, several as a List', async () => {
      const one = JSON.parse((await run(['get', 'gtw', 'gw', '-o', 'json', '-f', file])).out);
      assert.equal(one.kind, 'Gateway');
      assert.equal(one.status.addresses[0].value, '127.0.0.1');
      const list = parse((await run(['get', 'gtw', '-o', 'yaml', '-f', file])).out);
      assert.equal(list.kind, 'List');
      assert.equal(list.items.length, 1);
    });

    it('never prints what a Secret holds', async () => {
      const secret = await folder.write(
        'secret.txt',
        'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: hunter2 }\n',
      );
      for (const format of ['yaml', 'json', 'table']) {
        const { out } = await run(['get', 'secret', '-o', format, '-f', secret]);
        assert.doesNotMatch(out, /hunter2|aHVudGVyMg/);
      }
      assert.doesNotMatch((await run(['describe', 'secret', '-f', secret])).out, /hunter2|aHVudGVyMg/);
    });

    it('exits 2 for a kind that is none, 1 for a name that is not there, as kubectl does', async () => {
      const kind = await run(['get', 'gatway', '-f', file]);
      assert.equal(kind.code, 2);
      assert.match(kind.err, /unknown kind "gatway"\nKinds: all, gatewayclasses/);
      for (const path of ['b.yaml', './manifests', '/etc/daemun', 'a.json']) {
        const { code, err } = await run(['get', path, 'foo']);
        assert.equal(code, 2);
        assert.match(err, /is not a kind: manifests are named by -f\nDid you mean daemun get KIND -f \S+\?\n/);
      }
      const name = await run(['get', 'gtw', 'nope', '-f', file]);
      assert.equal(name.code, 1);
      assert.match(name.err, /^error \(NotFound\): gateways\.gateway\.networking\.k8s\.io "nope" not found/);
    });

    it('takes an empty namespace for the default one, as kubectl does', async () => {
      const { code, out } = await run(['get', 'gtw', '-n', '', '-o', 'name', '-f', file]);
      assert.equal(code, 0);
      assert.equal(out, 'gateway.gateway.networking.k8s.io/gw\n');
    });

    it('exits 3 when no process answers', async () => {
      const { code, err } = await run(['get', 'gtw', '--admin', '127.0.0.1:1']);
      assert.equal(code, 3);
      assert.match(err, /^error: no daemun answers at 127\.0\.0\.1:1\nStart one/);
    });
  });

  describe('where no daemun answers', () => {
    const ASKING = [
      ['get', 'gtw'],
      ['describe', 'gtw', 'gw'],
      ['explain', '--grpc', 'api.Echo/Echo'],
      ['proxy-config', 'route'],
      ['status'],
      ['bundle'],
      ['mesh', 'status'],
    ];
    for (const command of ASKING) {
      const words = command.filter(word => /^[a-z-]+$/.test(word));
      it(`${words.join(' ')} advises what it can do itself`, async () => {
        const { code, err } = await run([...command, '--admin', '127.0.0.1:1']);
        assert.equal(code, 3);
        const help = await run([...command.slice(0, command[0] === 'mesh' ? 2 : 1), '--help']);
        const advised: readonly string[] = err.match(/(?<= )--?[a-z-]+/g) ?? [];
        assert.ok(advised.includes('--admin'), err);
        for (const flag of advised) assert.match(help.out, new RegExp(`^ +(?:-\\w, )?${flag}[ ,]`, 'm'), err);
      });
    }

    it('believes nobody else, whatever he answers', async t => {
      const server = createServer((_request, response) => response.end('[]'));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      t.after(() => server.close());
      const { port } = server.address() as AddressInfo;
      for (const command of [['get', 'gtw'], ['status'], ['explain', '--http', '/'], ['pc', 'route'], ['bundle']]) {
        const { code, out, err } = await run([...command, '--admin', `127.0.0.1:${port}`]);
        assert.deepEqual([code, out], [3, '']);
        assert.match(err, /^error: what answers at 127\.0\.0\.1:\d+ is no admin interface of daemun\nIs it the admin/);
      }
    });

    it('takes the refusal of somebody else for that, not for a wrong command line', async () => {
      const server = createServer((_request, response) =>
        response.writeHead(400).end('This port speaks TLS. Use https.\n'),
      );
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const { code, err } = await run(['get', 'gtw', '--admin', `127.0.0.1:${port}`]);
      server.close();
      assert.equal(code, 3);
      assert.match(
        err,
        /^error: 127\.0\.0\.1:\d+ answers 400: This port speaks TLS\. Use https\.\nIs it the admin address of a daemun/,
      );
    });
  });

  describe('describe', () => {
    it('prints names, spec, status with conditions, and findings', async () => {
      const { code, out } = await run(['describe', 'gtw', 'gw', '-f', file]);
      assert.equal(code, 0);
      assert.match(out, /^Name: +gw\nNamespace: +default\nLabels: +team=a\nAnnotations: +<none>\n/);
      assert.match(out, /^ {2}Gateway Class Name: +daemun$/m);
      assert.match(out, /^Status:$[\s\S]*^ {4}Type: +Programmed$/m);
      assert.match(out, /^Findings:/m);
    });

    it('exits 2 without a kind', async () => {
      assert.equal((await run(['describe'])).code, 2);
    });
  });

  describe('explain', () => {
    it('names the listener, the candidates, the backends and the answer, and exits 0 when the request is served', async () => {
      const { code, out } = await run(['explain', '--grpc', 'api.Echo/Echo', '-f', file]);
      assert.equal(code, 0, out);
      assert.match(out, /^Listener +default\/gw\/http/m);
      assert.match(out, /^ {2}taken +GRPCRoute\/default\/echo\[0\] "echo"/m);
      assert.match(out, /^ {2}100 % +default\/echo:9000\n +127\.0\.0\.9:9000 ready/m);
      assert.match(out, /^Answer +forwarded to default\/echo:9000$/m);
    });

    it('exits 1 when the request is refused, and says why', async () => {
      const { code, out } = await run(['explain', '--grpc', 'api.Nope/Echo', '--host', 'echo.example.com', '-f', file]);
      assert.equal(code, 1);
      assert.match(out, /^Answer +gRPC status 12 UNIMPLEMENTED/m);
      const json = await run(['explain', '--grpc', 'api.Nope/Echo', '-f', file, '-o', 'json']);
      assert.equal(JSON.parse(json.out).places[0].answer.grpcStatus, 12);
    });

    it('exits 2 for a question that is none', async () => {
      assert.equal((await run(['explain', '-f', file])).code, 2);
      assert.equal((await run(['explain', '--grpc', 'Echo', '-f', file])).code, 2);
      assert.equal((await run(['explain', '--grpc', 'a.B/C', '-H', 'x', '-f', file])).code, 2);
    });
  });

  describe('proxy-config', () => {
    for (const [section, pattern] of [
      ['listener', /^127\.0\.0\.1:8080 +default\/gw\/http/m],
      ['routes', /service api\.Echo +GRPCRoute\/default\/echo\/0 +default\/echo:9000=1/],
      ['cluster', /^default\/echo:9000 +h2 +<none> +round-robin/m],
      ['endpoint', /^default\/echo:9000 +127\.0\.0\.9:9000 +ready +near +<unknown> +<none>/m],
      ['secret', /^CERTIFICATE/],
    ] as const) {
      it(`shows ${section}`, async () => {
        const { code, out } = await run(['proxy-config', section, '-f', file]);
        assert.equal(code, 0);
        assert.match(out, pattern);
        JSON.parse((await run(['proxy-config', section, '-o', 'json', '-f', file])).out);
      });
    }

    it('exits 2 for a section that is none', async () => {
      const { code, err } = await run(['proxy-config', 'everything', '-f', file]);
      assert.equal(code, 2);
      assert.match(err, /Sections: listener, route/);
    });
  });

  it('says that call needs a method, without a connection', async () => {
    const { code, err } = await run(['call', '--plaintext', '127.0.0.1:1']);
    assert.deepEqual([code, err.split('\n')[0]], [2, 'error: call needs a method']);
  });

  describe('run, misused', () => {
    for (const args of [
      [],
      ['--workers', 'many'],
      ['--workers', '257'],
      ['--address', 'localhost'],
      ['--admin', '9900'],
      ['--log-level', 'loud'],
      ['--log-format', 'xml'],
      ['--drain-timeout', 'x'],
      ['--drain-timeout', ''],
      ['--drain-timeout', 'Infinity'],
      ['--drain-timeout', '25h'],
      ['--drain-timeout', '86401'],
      ['--drain-delay', 'soon'],
    ]) {
      it(`exits 2 for "run ${args.join(' ')}"`, async () => {
        const { code, err } = await run(['run', ...(args.length === 0 ? [] : ['-f', file]), ...args]);
        assert.equal(code, 2, err);
        assert.match(err, /^error: /);
      });
    }

    it('exits 3 for a path that does not exist, and for one that cannot be looked at, which it tells apart', async () => {
      const missing = await run(['run', '-f', '/does/not/exist']);
      assert.deepEqual([missing.code, missing.err], [3, 'error: the path "/does/not/exist" does not exist\n']);
      const unfit = await run(['check', `/${'x'.repeat(300)}`]);
      assert.equal(unfit.code, 3);
      assert.match(unfit.err, /^error: the path "\/x+" cannot be read: ENAMETOOLONG/);
    });

    it('says where the demo cannot keep its CA, and what to do', { skip: process.platform !== 'linux' }, async () => {
      const secured = await folder.write('secured.yaml', HTTPS_GATEWAY);
      const state = ['--state-dir', '/dev/null/state', '--admin', 'off', '--workers', '0'];
      const { code, err } = await run(['run', '-f', secured, '--demo', ...state]);
      assert.equal(code, 3);
      assert.match(
        err,
        /^error: the development CA in \/dev\/null\/state cannot be used: a file stands where a folder should be$/m,
      );
      assert.match(err, /^choose another directory with --state-dir$/m);
    });
  });
});
