// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { ResourceObject } from '../../controller/index.ts';
import { ADMIN_MARK } from '../../values/index.ts';
import { ECHO_SLICE, echoManifests, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import type { Terminal } from '../terminal.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const SERVICES = ['a', 'b', 'c']
  .map(
    name => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, labels: { app: ${name}, tier: ${name === 'c' ? 'back' : 'front'} } }
spec: { ports: [{ port: 1 }] }
`,
  )
  .join('');

describe('get', () => {
  let folder: ManifestFolder;
  let file = '';
  before(async () => {
    folder = await manifestFolder();
    file = await folder.write('gw.yaml', echoManifests(8080) + ECHO_SLICE + SERVICES);
  });
  after(() => folder.remove());

  async function get(...args: string[]): Promise<Ran> {
    const terminal = recordingTerminal();
    const code = await runProgram(['get', ...args, '-f', file], terminal);
    return { code, out: terminal.stdout(), err: terminal.stderr() };
  }

  it('takes several kinds, several names, and several KIND/NAME', async () => {
    const kinds = await get('gw,grpcroute', '-o', 'name');
    assert.equal(kinds.out, 'gateway.gateway.networking.k8s.io/gw\ngrpcroute.gateway.networking.k8s.io/echo\n');
    assert.equal((await get('svc', 'a', 'c', '-n', 'shop', '-o', 'name')).out, 'service/a\nservice/c\n');
    const slashed = await get('gateway/gw', 'grpcroute/echo', 'svc/echo');
    assert.equal(slashed.code, 0);
    assert.match(
      slashed.out,
      /^gateway\.gateway\.networking\.k8s\.io\/gw [\s\S]*^grpcroute\S+\/echo [\s\S]*^service\/echo /m,
    );
    const mixed = await get('gateway/gw', 'echo');
    assert.equal(mixed.code, 2);
    assert.match(mixed.err, /"echo" is not KIND\/NAME/);
  });

  it('shows each kind once, however often and wherever it is named', async () => {
    assert.equal((await get('svc,services', '-n', 'shop', '-o', 'name')).out, 'service/a\nservice/b\nservice/c\n');
    assert.deepEqual(await get('all,gw', '-o', 'name'), await get('all', '-o', 'name'));
    const slashed = await get('svc/echo', 'gw/gw', 'svc/echo', '-o', 'name');
    assert.equal(slashed.out, 'service/echo\nservice/echo\ngateway.gateway.networking.k8s.io/gw\n');
  });

  it('writes all objects of one name in several namespaces', async () => {
    const other = await manifestFolder();
    try {
      const text = SERVICES.replaceAll('name: b', 'name: a').replace(
        'name: a, namespace: shop',
        'name: a, namespace: one',
      );
      const path = await other.write('services.yaml', text);
      const terminal = recordingTerminal();
      await runProgram(['get', 'svc', 'a', '-A', '-o', 'json', '-f', path], terminal);
      const { kind, items } = JSON.parse(terminal.stdout());
      assert.equal(kind, 'List');
      assert.deepEqual(
        items.map((item: ResourceObject) => item.metadata.namespace),
        ['one', 'shop'],
      );
    } finally {
      await other.remove();
    }
  });

  it('shows which Gateways are default ones, and what a route that names none is attached to', async () => {
    const text = echoManifests(8080)
      .replace('gatewayClassName: daemun', 'gatewayClassName: daemun\n  defaultScope: All')
      .replace('parentRefs: [{ name: gw }]', 'useDefaultGateways: All');
    const other = await manifestFolder();
    try {
      const path = await other.write('gw.yaml', text);
      const terminal = recordingTerminal();
      await runProgram(['get', 'gw,grpcroute', '-o', 'wide', '-f', path], terminal);
      assert.match(terminal.stdout(), /DEFAULT\n\S*gw .* All\n/);
      assert.match(terminal.stdout(), /PARENTS +ACCEPTED\n\S*echo .* gw +True\n/);
    } finally {
      await other.remove();
    }
  });

  it('prints what is there, says what is not, and exits 1', async () => {
    const { code, out, err } = await get('svc', 'a', 'nope', '-n', 'shop', '-o', 'name');
    assert.equal(code, 1);
    assert.equal(out, 'service/a\n');
    assert.equal(err, 'error (NotFound): services "nope" not found in namespace shop\n');
    const json = await get('svc', 'nope', '-o', 'json');
    assert.deepEqual([json.code, json.out], [1, '']);
    assert.equal((await get('svc', 'nope', '--ignore-not-found')).code, 0);
  });

  it('names what may be meant, also in other namespaces, and an object that was refused', async () => {
    assert.match((await get('grpcroute', 'ehco')).err, /\nDid you mean echo\?\n$/);
    assert.match((await get('gw', 'gw', '-n', 'infra')).err, /\nDid you mean gw -n default\?\n$/);
    const bad = await folder.write('bad.txt', echoManifests(8080).replace('hostnames: [', 'hostname: ['));
    const terminal = recordingTerminal();
    assert.equal(await runProgram(['get', 'grpcroute', 'echo', '-f', bad], terminal), 1);
    assert.match(terminal.stderr(), /It is written, but was refused: .+bad\.txt:14:\d+ unknown field "hostname"/);
  });

  it('selects by labels as kubectl does', async () => {
    const select = async (labels: string): Promise<string> => {
      const { out } = await get('svc', '-n', 'shop', '-o', 'name', '-l', labels);
      return out.replaceAll('service/', '').trim().split('\n').join(' ');
    };
    assert.equal(await select('tier=front'), 'a b');
    assert.equal(await select('tier==front,app!=a'), 'b');
    assert.equal(await select('app in (a, c)'), 'a c');
    assert.equal(await select('app notin (a,c),tier'), 'b');
    assert.equal(await select('!tier'), '');
    assert.equal((await get('svc', '-l', 'a in b')).code, 2);
    assert.equal((await get('svc', 'a', '-l', 'a=b')).code, 2);
  });

  it('leaves out the header with --no-headers', async () => {
    assert.match((await get('svc', '-n', 'shop', '--no-headers')).out, /^a .*\nb .*\nc .*\n$/);
  });

  describe('from a running daemun', () => {
    let server: Server;
    let objects: ResourceObject[] = [];
    afterEach(() => server.close());

    function gateway(name: string, generation: number): ResourceObject {
      const metadata = { namespace: 'default', name, generation };
      return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata, spec: {} };
    }

    /** `changes` happen one by one while the command waits; then comes Ctrl-C. */
    async function watch(changes: readonly (() => void)[], ...args: string[]): Promise<Ran> {
      server = createServer((_request, response) =>
        response.setHeader(ADMIN_MARK.name, ADMIN_MARK.value).end(JSON.stringify(objects)),
      );
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      let stop: (signal: string) => void = () => undefined;
      const left = [...changes];
      const terminal: Terminal = {
        ...recordingTerminal('', { DAEMUN_ADMIN: `127.0.0.1:${port}` }),
        stopSignal: () => new Promise(resolve => (stop = resolve)),
        pause: async () => {
          const change = left.shift();
          if (change === undefined) stop('SIGINT');
          else change();
        },
      };
      const recorded = recordingTerminal();
      const kinds = args.some(arg => arg.includes('/')) ? [] : ['gateways'];
      const code = await runProgram(['get', ...kinds, '-w', ...args], {
        ...terminal,
        out: recorded.out,
        err: recorded.err,
      });
      return { code, out: recorded.stdout(), err: recorded.stderr() };
    }

    it('goes on with -w: new, changed and deleted objects, until Ctrl-C, which is no failure', async () => {
      objects = [gateway('a-long-one', 1)];
      const { code, out } = await watch([
        () => objects.push(gateway('b', 1)),
        () => undefined,
        () => (objects = [gateway('a-long-one', 2)]),
      ]);
      assert.equal(code, 0);
      assert.match(out, /^NAME .*\na-long-one .*\nb .*\na-long-one .*\nb .*\n$/);
      const places = out
        .trimEnd()
        .split('\n')
        .map(line => line.search(/<unknown>|AGE/));
      assert.equal(new Set(places).size, 1, 'rows stand below each other');
    });

    it('tells a change of an object once, although others are named around it', async () => {
      objects = [gateway('a', 1), gateway('b', 1)];
      const asked = ['gateway/a', 'service/none', 'gateway/b', '--ignore-not-found', '-o', 'name'];
      const { out } = await watch([() => (objects = [gateway('a', 2), gateway('b', 1)])], ...asked);
      assert.deepEqual(out.match(/\w+$/gm), ['a', 'b', 'a']);
    });

    it('writes whole objects one after the other with -w -o yaml', async () => {
      objects = [gateway('a', 1)];
      const { out } = await watch([() => objects.push(gateway('b', 1))], '-o', 'yaml');
      const names = parseAllDocuments(out).map(document => document.toJS().metadata.name);
      assert.deepEqual(names, ['a', 'b']);
    });

    it('ends with 3 when the process goes away', async () => {
      objects = [gateway('a', 1)];
      const { code, err } = await watch([() => server.close()]);
      assert.equal(code, 3);
      assert.match(err, /no daemun answers/);
    });
  });

  it('refuses -w for files, which are read once', async () => {
    const { code, err } = await get('gw', '-w');
    assert.equal(code, 2);
    assert.match(err, /^error: -w asks a running daemun/);
  });
});
