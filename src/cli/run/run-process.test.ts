// SPDX-License-Identifier: Apache-2.0

/** What an operator does to a running process: full disks, readers that go away, signals, log rotation. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { echoManifests, freePort, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { Running } from './running.test-support.ts';

describe('a running process', () => {
  let folder: ManifestFolder;
  let port = 0;
  let running: Running | null = null;

  before(async () => {
    folder = await manifestFolder();
    port = await freePort();
    await folder.write('gw.yaml', echoManifests(port));
  });
  // It holds the port that the next one wants, and a process that is left keeps this file from its end.
  afterEach(() => running?.process.kill('SIGKILL'));
  after(() => folder.remove());

  const flags = (): string[] => ['-f', join(folder.path, 'gw.yaml'), '--demo', '--workers', '1'];
  const call = async (): Promise<void> => {
    const terminal = recordingTerminal();
    const host = ['--plaintext', '--authority', 'echo.example.com', `127.0.0.1:${port}`];
    assert.equal(await runProgram(['call', ...host, 'api.Echo/Echo', '{}'], terminal), 0, terminal.stderr());
  };
  const lostLines = async (admin: string, sink: string): Promise<number> => {
    const text = await (await fetch(`http://${admin}/metrics`)).text();
    return Number(new RegExp(`^daemun_log_lines_lost_total\\{sink="${sink}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? -1);
  };

  it('goes on when the reader of stdout goes away, and through every signal; log files are opened again', async () => {
    const file = (name: string): string => join(folder.path, name);
    const logs = ['--access-log', file('access.log'), '--log-file', file('daemun.log'), '--admin', '127.0.0.1:0'];
    const gateway = new Running([...flags(), ...logs], {});
    running = gateway;
    await gateway.wrote(/Ready in /);
    gateway.process.stdout?.destroy();
    const logged = (name: string, pattern: RegExp): boolean =>
      existsSync(file(name)) && pattern.test(readFileSync(file(name), 'utf8'));
    await call();
    await until(() => logged('access.log', /"path":"\/api\.Echo\/Echo"/));

    renameSync(file('access.log'), file('access.log.1'));
    renameSync(file('daemun.log'), file('daemun.log.1'));
    gateway.process.kill('SIGHUP');
    await until(() => existsSync(file('access.log')) && existsSync(file('daemun.log')));
    await call();
    await until(() => logged('access.log', /"path":"\/api\.Echo\/Echo"/));

    renameSync(file('access.log'), file('access.log.2'));
    gateway.process.kill('SIGUSR1');
    await until(() => existsSync(file('access.log')));
    gateway.process.kill('SIGPIPE');
    gateway.process.kill('SIGUSR2');
    await until(() => logged('daemun.log', /SIGUSR2/));
    await call();
    await until(() => logged('access.log', /"path":"\/api\.Echo\/Echo"/));

    gateway.process.kill('SIGQUIT');
    assert.equal(await gateway.exitCode(), 0);
    assert.ok(logged('daemun.log', /"msg":"stopped"/));
    assert.doesNotMatch(gateway.text, /Debugger/);
  });

  it('stays while nothing is to be served, by a Gateway that comes, goes and comes again', async () => {
    const served = await manifestFolder();
    const gateway = Running.start('-f', served.path, '--admin', 'off', '--workers', '0', '--settle', '0s');
    running = gateway;
    await gateway.wrote(/Ready in /);
    for (const turn of [1, 2]) {
      await served.write('gw.yaml', echoManifests(await freePort()));
      await gateway.wrote(new RegExp(`(?:configuration reloaded[\\s\\S]*){${2 * turn - 1}}`));
      await rm(join(served.path, 'gw.yaml'));
      await gateway.wrote(new RegExp(`(?:configuration reloaded[\\s\\S]*){${2 * turn}}`));
    }
    gateway.process.kill('SIGTERM');
    assert.equal(await gateway.exitCode(), 0);
    await served.remove();
  });

  it('has failed when it ends by itself, whatever the reason', async () => {
    const loose = `const own = setInterval; globalThis.setInterval = (...all) => own(...all).unref();`;
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(loose)}` };
    const empty = await manifestFolder();
    const gateway = new Running(['-f', empty.path, '--admin', 'off', '--workers', '0'], { environment });
    running = gateway;
    assert.equal(await gateway.exitCode(), 3);
    await empty.remove();
  });

  it('serves with every disk full, counts the lines that are lost, and exits 0 when it is told to stop', {
    skip: !existsSync('/dev/full'),
  }, async () => {
    const full = openSync('/dev/full', 'w');
    const admin = `127.0.0.1:${await freePort()}`;
    const args = [...flags(), '--admin', admin, '--access-log', '/dev/full'];
    const gateway = new Running(args, { stdio: ['ignore', full, full] });
    running = gateway;
    const isReady = async (): Promise<boolean> => {
      assert.equal(gateway.process.exitCode, null);
      return fetch(`http://${admin}/ready`).then(
        response => response.ok,
        () => false,
      );
    };
    await until(isReady);
    await call();
    await until(async () => (await lostLines(admin, 'access_log')) > 0);
    await until(async () => (await lostLines(admin, 'stdout')) > 0);
    await until(async () => (await lostLines(admin, 'stderr')) > 0);
    await call();
    gateway.process.kill('SIGTERM');
    assert.equal(await gateway.exitCode(), 0);
  });

  it('drains and exits 3 after an error that nothing caught, and says which', async () => {
    const crash = `process.on('SIGWINCH',()=>setImmediate(()=>{throw new Error('a bug')}))`;
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` };
    const gateway = new Running([...flags(), '--admin', 'off'], { environment });
    running = gateway;
    await gateway.wrote(/Ready in /);
    gateway.process.kill('SIGWINCH');
    await gateway.wrote(/"level":"error"[^\n]*"error":"a bug"/);
    assert.equal(await gateway.exitCode(), 3);
    await gateway.wrote(/"error":"a bug","msg":"draining"[\s\S]*"msg":"stopped"/);
  });

  const endings = [
    { name: 'and not as if all was well where its requests are lost', at: 'stop-listening', code: 3 },
    { name: 'as well as it drained', at: 'close', code: 0 },
  ];
  for (const { name, at, code } of endings)
    it(`ends although a thread does not, ${name}`, async () => {
      const pipe = join(folder.path, `pipe-${at}`);
      execFileSync('mkfifo', [pipe]);
      const stuck = new URL('../../proxy/workers/stuck-thread.test-support.ts', import.meta.url);
      const environment = {
        NODE_OPTIONS: `--import=${stuck}`,
        STUCK_THREAD_PIPE: pipe,
        STUCK_THREAD_AT: at,
      };
      const gateway = new Running([...flags(), '--admin', 'off', '--drain-timeout', '0s'], { environment });
      running = gateway;
      await gateway.wrote(/Ready in /);
      gateway.process.kill('SIGTERM');
      const writer = await open(pipe, 'w');
      assert.equal(await gateway.exitCode(), code);
      await writer.close();
      assert.match(gateway.text, /a worker does not end, whatever is done/);
      assert.match(gateway.text, /a thread does not end; the process ends without it/);
    });
});
