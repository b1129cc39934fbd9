// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { MeshReport } from '../../controller/index.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { meshText } from './mesh-status.ts';

const plain = (_: string, text: string): string => text;
const FRONTEND = { service: 'a/shop', address: '10.96.0.1', port: 80, clients: [null], why: null, connections: 7 };

function lines(report: Partial<MeshReport>): readonly string[] {
  const whole: MeshReport = {
    state: { kind: 'live', table: 'daemun_1', count: 1 },
    frontends: [],
    untouchedServices: 3,
    ...report,
  };
  return meshText(whole, plain).trimEnd().split('\n');
}

describe('daemun mesh status', () => {
  it('says what is taken, of whom, how often, and what falls through', () => {
    const to = { address: '192.0.2.10', port: 20_000 };
    const told = lines({
      frontends: [
        { ...FRONTEND, to },
        { ...FRONTEND, port: 81, clients: [null, 'b'], to },
        { ...FRONTEND, port: 82, clients: ['b', 'c'], to, connections: null },
        { ...FRONTEND, address: 'fd00::1', to: null, why: 'the node has no address of its family', connections: null },
      ],
    });
    assert.deepEqual(told, [
      '3 of 4 ports of Services with routes are served here (nftables table daemun_1)',
      '',
      'SERVICE     ADDRESS        CLIENTS        CONNECTIONS   LED TO             NOTE',
      'a/shop:80   10.96.0.1:80   all            7             192.0.2.10:20000',
      'a/shop:81   10.96.0.1:81   all, apart b   7             192.0.2.10:20000',
      'a/shop:82   10.96.0.1:82   of b, c        <unknown>     192.0.2.10:20000',
      'a/shop:80   [fd00::1]:80   all            <unknown>     kube-proxy         falls through: the node has no address of its family',
      '',
      '3 Services have no route and are left alone',
    ]);
  });

  it('says when nothing comes here', () => {
    const [first] = lines({ state: { kind: 'down', why: 'nft ended (SIGKILL)' } });
    assert.equal(
      first,
      'Nothing is led here: nft ended (SIGKILL); kube-proxy serves all Services without their routes',
    );
  });

  it('passes on why a daemun has nothing to tell, and doubts its version only where there is no such page', async t => {
    let status = 409;
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"nothing is redirected"}');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const ask = async (): Promise<string> => {
      const terminal = recordingTerminal();
      const { port } = server.address() as AddressInfo;
      assert.equal(await runProgram(['mesh', 'status', '--admin', `127.0.0.1:${port}`], terminal), 3);
      return terminal.stderr();
    };
    const told = await ask();
    assert.match(told, /answers 409: nothing is redirected/);
    assert.doesNotMatch(told, /of this version/);
    status = 404;
    assert.match(await ask(), /of this version/);
    status = 503;
    assert.match(await ask(), /Ask again in a moment/);
  });
});
