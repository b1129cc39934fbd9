// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type RunningGateway, startStandalone } from '../../controller/index.ts';
import { until } from '../../time/until.test-support.ts';
import {
  echoManifests,
  freePort,
  type ManifestFolder,
  manifestFolder,
  plainGateway,
} from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import type { Terminal } from '../terminal.ts';

interface Started {
  readonly gateway: RunningGateway;
  readonly folder: ManifestFolder;
  readonly flags: readonly string[];
}

async function start(t: TestContext, text: string): Promise<Started> {
  const folder = await manifestFolder();
  await folder.write('all.yaml', text);
  const gateway = await startStandalone({
    paths: [folder.path],
    address: '127.0.0.1',
    admin: { host: '127.0.0.1', port: 0 },
    stateDirectory: folder.path,
  });
  t.after(async () => {
    await gateway.close();
    await folder.remove();
  });
  return { gateway, folder, flags: ['--admin', gateway.adminAddress ?? ''] };
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], more: Partial<Terminal> = {}): Promise<Ran> {
  const terminal = recordingTerminal();
  const code = await runProgram(args, { ...terminal, ...more });
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('daemun status', () => {
  it('says that a process is healthy, and what it serves', async t => {
    const { flags, folder } = await start(t, plainGateway(await freePort()));
    const { code, out } = await run(['status', ...flags]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^process ${process.pid} at 127\\.0\\.0\\.1:\\d+ .* running +yes +1 +\\d+s ago`, 'm'));
    assert.ok(out.includes(folder.path));
    assert.match(out, /^Gateways: +1 of 1 programmed, with 1 of 1 listeners$/m);
    assert.match(out, /^Healthy$/m);
  });

  it('fails for what is broken, says since when, and a command for each', async t => {
    const { flags } = await start(t, echoManifests(await freePort()));
    const { code, out } = await run(['status', ...flags, '-o', 'json']);
    assert.equal(code, 1);
    const { healthy, counts, troubles } = JSON.parse(out);
    assert.equal(healthy, false);
    assert.deepEqual(counts.clusters, { well: 0, all: 1 });
    assert.deepEqual(counts.routes, { well: 1, all: 1 });
    const [backend] = troubles.shown;
    assert.equal(backend.subject, 'backend default/echo:9000');
    assert.ok(Date.now() - Date.parse(backend.since) < 60_000);
    assert.equal(backend.next, 'daemun proxy-config endpoint');
    const text = await run(['status', ...flags]);
    assert.match(text.out, /^Unhealthy: 1 error, 0 warnings$/m);
    assert.match(
      text.out,
      /^error: backend default\/echo:9000, for \d+s\n {2}it has no endpoints\n {2}daemun proxy-config endpoint --admin 127\.0\.0\.1:\d+$/m,
    );
  });

  it('names what a condition says of a part of an object', async t => {
    const route = `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop }
spec: { parentRefs: [{ name: gw, sectionName: nope }] }
`;
    const { flags } = await start(t, plainGateway(await freePort()).replace(/---\n$/, '') + route);
    const { out } = await run(['status', ...flags]);
    assert.match(out, /^Routes: +0 of 1 accepted$/m);
    assert.match(
      out,
      /^error: HTTPRoute default\/shop, parent Gateway gw \(nope\), for \d+s\n {2}Accepted=False \(NoMatchingParent\)/m,
    );
    assert.match(out, /^ {2}daemun describe httproute shop -n default --admin \S+$/m);
  });

  it('names the socket that is not bound, since when, until it is', async t => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = (other.address() as { port: number }).port;
    const { flags, gateway } = await start(t, plainGateway(port));
    const { code, out } = await run(['status', ...flags]);
    assert.equal(code, 1);
    assert.match(out, / running +no .*1 of 1 sockets cannot be bound$/m);
    assert.match(out, new RegExp(`^error: socket 127\\.0\\.0\\.1:${port}/tcp, for \\d+s$`, 'm'));
    assert.match(out, new RegExp(`^ {2}ss -ltnp 'sport = :${port}'$`, 'm'));
    other.close();
    await once(other, 'close');
    await gateway.reload();
    assert.equal((await run(['status', ...flags])).code, 0);
  });

  it('prints the page again when something has changed, until Ctrl-C', async t => {
    const port = await freePort();
    const { flags, folder, gateway } = await start(t, plainGateway(port));
    const changes: (() => Promise<void>)[] = [
      async () => undefined,
      async () => {
        await folder.write('all.yaml', echoManifests(port));
        // A file that was written this moment may be written on, so it is read a little later.
        await until(() => gateway.statuses().has('GRPCRoute/default/echo'));
      },
    ];
    let stop: (signal: string) => void = () => undefined;
    const { code, out } = await run(['status', '-w', ...flags], {
      stopSignal: () => new Promise(resolve => (stop = resolve)),
      pause: async () => {
        const change = changes.shift();
        if (change === undefined) stop('SIGINT');
        else await change();
      },
    });
    assert.equal(code, 1);
    assert.deepEqual(out.match(/^(Healthy|Unhealthy)/gm), ['Healthy', 'Unhealthy']);
  });

  it('ends with 3 where nobody answers', async () => {
    const { code, err } = await run(['status', '--admin', '127.0.0.1:1']);
    assert.equal(code, 3);
    assert.match(err, /no daemun answers at 127\.0\.0\.1:1/);
  });
});
