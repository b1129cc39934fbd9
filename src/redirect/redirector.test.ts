// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { systemClock } from '../time/index.ts';
import { until } from '../time/until.test-support.ts';
import { connect, NODE, onOwnMachine, POD, run, SERVICE } from './own-machine.test-support.ts';
import { countRedirected } from './redirected-counts.ts';
import type { Redirection } from './redirection.ts';
import { Redirector, type RedirectorState } from './redirector.ts';

const FAMILIES = ['ipv4', 'ipv6'] as const;
const [OURS, OTHERS] = [9000, 9001];

/** Connections to port 80 of the Service, led to us. */
function redirection(family: (typeof FAMILIES)[number], port = 80): Redirection {
  return { address: SERVICE[family], port, to: { address: NODE[family], port: OURS } };
}

onOwnMachine(import.meta.filename, () => {
  const servers: Server[] = [];
  const running: Redirector[] = [];

  before(async () => {
    for (const family of FAMILIES) {
      await serve(NODE[family], OURS, peer => `ours ${peer}`);
      await serve(NODE[family], OTHERS, peer => `others ${peer}`);
    }
  });
  after(() => {
    for (const server of servers) server.close();
  });
  afterEach(async () => {
    for (const redirector of running.splice(0)) await redirector.stop();
    assert.equal(ourTables(), 0);
  });

  async function serve(address: string, port: number, greet: (peer: string) => string): Promise<void> {
    const server = createServer(socket => socket.on('error', () => undefined).end(greet(socket.remoteAddress ?? '')));
    servers.push(server.listen(port, address));
    await once(server, 'listening');
  }

  async function start(
    options: { exemptGroup?: number; onState?: (state: RedirectorState) => void } = {},
  ): Promise<Redirector> {
    const { exemptGroup = null, onState = () => undefined } = options;
    const redirector = new Redirector({ clock: systemClock, exemptGroup, onState });
    running.push(redirector);
    await redirector.start();
    return redirector;
  }

  for (const family of FAMILIES) {
    describe(`redirections of ${family}`, () => {
      const service = { address: SERVICE[family], port: 80 };

      it('take connections of Pods, which keep their address', async () => {
        await (await start()).set([redirection(family)]);
        assert.equal(await connect('pod', service), `ours ${POD[family]}`);
      });

      it("take the machine's own connections", async () => {
        await (await start()).set([redirection(family)]);
        assert.equal(await connect('node', service), `ours ${NODE[family]}`);
      });

      it('leave the connections of a group alone', async () => {
        // Nothing else serves the address here.
        await (await start({ exemptGroup: 4242 })).set([redirection(family)]);
        assert.doesNotMatch(await connect('node', { ...service, group: 4242 }), /ours/);
      });

      it('leave other ports of the address alone', async () => {
        await (await start()).set([redirection(family)]);
        assert.doesNotMatch(await connect('pod', { ...service, port: 81 }), /ours/);
      });

      it('close the ports that they lead to for whoever comes another way', async () => {
        const redirector = await start();
        await redirector.set([redirection(family)]);
        for (const from of ['pod', 'node'] as const) {
          assert.equal(await connect(from, { address: NODE[family], port: OURS }), 'ECONNREFUSED');
          assert.match(await connect(from, { address: NODE[family], port: OTHERS }), /^others/);
        }
        await redirector.set([]);
        assert.match(await connect('pod', { address: NODE[family], port: OURS }), /^ours/);
      });
    });
  }

  describe('the redirector', () => {
    it('changes what differs, and keeps what it counted of the rest', async () => {
      const redirector = await start();
      await redirector.set([redirection('ipv4'), redirection('ipv4', 81)]);
      await connect('pod', { address: SERVICE.ipv4, port: 80 });
      await redirector.set([redirection('ipv4'), redirection('ipv6')]);
      const { state } = redirector;
      assert.equal(state.kind, 'live');
      const counts = await countRedirected(state.kind === 'live' ? state.table : '');
      assert.deepEqual(
        [...counts],
        [
          ['10.96.0.1:80', 1],
          ['[fd00:96::1]:80', 0],
        ],
      );
    });

    it('leads a port elsewhere when it moves', async () => {
      const redirector = await start();
      await redirector.set([redirection('ipv4')]);
      await redirector.set([{ ...redirection('ipv4'), to: { address: NODE.ipv4, port: OTHERS } }]);
      assert.match(await connect('pod', { address: SERVICE.ipv4, port: 80 }), /^others/);
    });

    it('takes thousands at once', async () => {
      const many = Array.from({ length: 2_500 }, (_, n): Redirection => ({ ...redirection('ipv4'), port: n + 1 }));
      const redirector = await start();
      await redirector.set(many);
      assert.match(await connect('pod', { address: SERVICE.ipv4, port: 2_500 }), /^ours/);
      await redirector.set(many.slice(0, 10));
      assert.doesNotMatch(await connect('pod', { address: SERVICE.ipv4, port: 2_500 }), /^ours/);
    });

    it('stands beside that of another process: connections find one of them at any time', async () => {
      const older = await start();
      await older.set([redirection('ipv4')]);
      const newer = await start();
      await newer.set([{ ...redirection('ipv4'), to: { address: NODE.ipv4, port: OTHERS } }]);
      assert.match(await connect('pod', { address: SERVICE.ipv4, port: 80 }), /^(ours|others)/);
      await older.stop();
      assert.match(await connect('pod', { address: SERVICE.ipv4, port: 80 }), /^others/);
    });

    it('makes the rules anew when nft is killed', async () => {
      const states: string[] = [];
      let back: () => void;
      const isBack = new Promise<void>(resolve => {
        back = resolve;
      });
      const redirector = await start({
        onState: ({ kind }) => {
          states.push(kind);
          if (kind === 'live' && states.includes('down')) back();
        },
      });
      await redirector.set([redirection('ipv4')]);
      const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
      process.kill(Number(children), 'SIGKILL');
      await isBack;
      assert.match(await connect('pod', { address: SERVICE.ipv4, port: 80 }), /^ours/);
      assert.deepEqual(states, ['live', 'down', 'live']);
    });

    it('says what to do without the right to change the network', () => {
      const args = [
        '--reuid',
        '65534',
        '--clear-groups',
        process.execPath,
        join(import.meta.dirname, 'redirector-process.test-support.ts'),
      ];
      const { stderr } = spawnSync('setpriv', args, { encoding: 'utf8' });
      assert.match(stderr, /redirect\/refused/);
      assert.match(stderr, /NET_ADMIN/);
    });
  });

  describe('with kube-proxy', () => {
    for (const [mode, add, remove] of [
      ['nftables', addNftables, () => run('nft', 'delete', 'table', 'ip', 'kube-proxy')],
      ['iptables', addIptables, () => run('iptables', '--table', 'nat', '--flush')],
    ] as const) {
      const missing = spawnSync('iptables', ['--version']).error !== undefined && mode === 'iptables';
      const skip = missing && 'needs iptables';

      it(`in ${mode} mode: the connections of a killed process go on there`, { skip }, async () => {
        add();
        try {
          const service = { address: SERVICE.ipv4, port: 80 };
          assert.match(await connect('pod', service), /^others/);
          const process_ = spawn(process.execPath, [join(import.meta.dirname, 'redirector-process.test-support.ts')], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          await once(process_.stdout, 'data');
          assert.equal(await connect('pod', service), `ours ${POD.ipv4}`);
          assert.equal(await connect('node', service), `ours ${NODE.ipv4}`);
          process_.kill('SIGKILL');
          await once(process_, 'close');
          await until(() => ourTables() === 0);
          assert.match(await connect('pod', service), /^others/);
          assert.match(await connect('node', service), /^others/);
        } finally {
          remove();
        }
      });
    }
  });
});

function ourTables(): number {
  return run('nft', 'list', 'tables').match(/table inet daemun_/g)?.length ?? 0;
}

/** A Service as kube-proxy leads it to an endpoint, in chains at the priority of its own. */
function addNftables(): void {
  const lead = `ip daddr ${SERVICE.ipv4} tcp dport 80 dnat to ${NODE.ipv4}:${OTHERS}`;
  const chains = ['prerouting', 'output'].map(
    hook => `chain ${hook} { type nat hook ${hook} priority -100; ${lead}; }`,
  );
  run('nft', `table ip kube-proxy { ${chains.join('; ')}; }`);
}

function addIptables(): void {
  for (const chain of ['PREROUTING', 'OUTPUT']) {
    const what = ['--destination', SERVICE.ipv4, '--protocol', 'tcp', '--dport', '80'];
    run('iptables', '--table', 'nat', '--append', chain, ...what, '--jump', 'DNAT', '--to', `${NODE.ipv4}:${OTHERS}`);
  }
}
