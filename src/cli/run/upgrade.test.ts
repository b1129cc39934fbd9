// SPDX-License-Identifier: Apache-2.0

/** A newer process takes the place of an older one, under load and with the same manifests. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { until } from '../../time/until.test-support.ts';
import { echoManifests, freePort, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { Running } from './running.test-support.ts';

const CHANNELS = 8;

/** Calls without a pause on several channels, each of which connects again when it is told to. */
class Load {
  readonly failures: string[] = [];
  answered = 0;
  readonly #clients: readonly Client[];
  #isOver = false;
  readonly #ended: Promise<unknown>;

  constructor(port: number) {
    const own = { 'grpc.use_local_subchannel_pool': 1, 'grpc.default_authority': 'echo.example.com' };
    this.#clients = Array.from(
      { length: CHANNELS },
      () => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), own),
    );
    this.#ended = Promise.all(this.#clients.map(client => this.#callOn(client)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
    for (const client of this.#clients) client.close();
  }

  /** Resolves when so many more calls were answered. */
  async answers(count: number): Promise<void> {
    const wanted = this.answered + count;
    await until(() => this.answered >= wanted || this.failures.length > 0);
  }

  async #callOn(client: Client): Promise<void> {
    while (!this.#isOver) {
      const failure = await call(client);
      if (failure === null) this.answered++;
      else this.failures.push(failure);
    }
  }
}

/** null: answered with OK. */
function call(client: Client): Promise<string | null> {
  const bytes = (value: Buffer): Buffer => value;
  return new Promise(resolve => {
    client.makeUnaryRequest('/api.Echo/Echo', bytes, bytes, Buffer.alloc(0), new Metadata(), error =>
      resolve(error === null ? null : `${error.code} ${error.details}`),
    );
  });
}

interface Status {
  readonly process: { readonly pid: number };
}

describe('an upgrade', () => {
  let folder: ManifestFolder;
  let port = 0;
  let admin = '';
  const started: Running[] = [];

  before(async () => {
    folder = await manifestFolder();
    port = await freePort();
    admin = `127.0.0.1:${await freePort()}`;
    await folder.write('gw.yaml', echoManifests(port));
  });
  after(async () => {
    for (const { process } of started) process.kill('SIGKILL');
    await folder.remove();
  });

  const start = async (paths: string, adminAddress = admin): Promise<Running> => {
    const running = Running.start('-f', paths, '--demo', '--workers', '2', '--admin', adminAddress);
    started.push(running);
    return running;
  };
  const status = async (address: string): Promise<Status> =>
    JSON.parse(await (await fetch(`http://${address}/status`)).text());

  it('binds beside the older process, and takes over without a failed call; each can be scraped to its end', async () => {
    const older = await start(folder.path);
    await older.wrote(/Ready in /);
    const load = new Load(port);
    await load.answers(100);

    const newer = await start(folder.path);
    const [, beside = ''] = await newer.wrote(/Ready in [\d.]+ s, admin at http:\/\/(\S+)\//);
    await newer.wrote(new RegExp(`^shared with process ${older.process.pid}, which has the same manifests`, 'm'));
    assert.equal((await status(admin)).process.pid, older.process.pid);
    assert.equal((await status(beside)).process.pid, newer.process.pid);
    await load.answers(100);

    older.process.kill('SIGTERM');
    assert.equal(await older.exitCode(), 0);
    assert.match(older.text, /"cut":0,"lost":0,"stuck":0,"msg":"stopped"/);
    await load.answers(200);
    await load.stop();
    assert.deepEqual(load.failures, []);

    await newer.wrote(/the older process has ended/);
    assert.equal((await status(admin)).process.pid, newer.process.pid);
  });

  it('is told from an accident: a process with other manifests gets neither the port nor the admin address', async () => {
    const [running] = started.slice(-1);
    assert.ok(running);
    const other = join(folder.path, 'gw.yaml');
    const refused = await start(other);
    assert.equal(await refused.exitCode(), 3);
    await refused.wrote(/the admin address \S+ is in use/);

    const elsewhere = await start(other, `127.0.0.1:${await freePort()}`);
    await elsewhere.wrote(/Not ready: 1 of 1 sockets cannot be bound/);
    running.process.kill('SIGTERM');
    assert.equal(await running.exitCode(), 0);
    await elsewhere.wrote(/Ready in /);
  });
});
