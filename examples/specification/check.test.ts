// SPDX-License-Identifier: Apache-2.0

/** The HTTP examples of the Gateway API's own pages, run as they are: each answers as its page says. */
import assert from 'node:assert/strict';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { recordingTerminal } from '../../src/cli/recording-terminal.test-support.ts';
import { type RunningExample, runExample } from '../running-example.test-support.ts';
import { ask } from './ask.test-support.ts';
import type { Page } from './page.test-support.ts';

const root = import.meta.dirname;

/** Runs a page's files, and `more`. A fragment, a route whose parent the page leaves to the reader, gets one and nothing else. */
async function runPage(folder: string, page: Page, more = ''): Promise<RunningExample> {
  const scratch = await mkdtemp(join(tmpdir(), 'daemun-page-'));
  const paths = [join(root, folder, 'given.yaml'), scratch];
  await writeFile(join(scratch, 'more.yaml'), more);
  for (const file of page.files) {
    const path = join(root, folder, file);
    const text = await readFile(path, 'utf8');
    if (page.parent === undefined || !text.includes('Route') || text.includes('parentRefs:')) paths.push(path);
    else {
      const withParent = text.replace('\nspec:\n', `\nspec:\n  parentRefs: [{ name: ${page.parent} }]\n`);
      await writeFile(join(scratch, file), withParent);
    }
  }
  const example = await runExample(...paths);
  return {
    ...example,
    close: async () => {
      await example.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

describe("the specification's pages", async () => {
  for (const { folder, page } of await readPages()) {
    it(`${folder}, ${page.about}: ${page.files.join(', ')}`, async () => {
      const example = await runPage(folder, page);
      try {
        for (const { of, is } of page.expected) {
          const address = example.address(of.listener);
          const answer = await ask({ ...of, address });
          const wanted = Object.entries(is).map(([name, value]) => [name, withPort(value, address, example)]);
          const got = Object.keys(is).map(name => [name, answer(name)]);
          assert.deepEqual(got, wanted, `${of.method ?? 'GET'} ${of.host}${of.path}`);
        }
      } finally {
        await example.close();
      }
    });
  }

  it('weights: nine tenths to one version, one tenth to the other', async () => {
    for (const file of ['simple-split.yaml', 'traffic-split-2.yaml']) {
      const page = {
        about: 'weights',
        folder: 'traffic-splitting',
        files: [file],
        parent: 'prod-web-gw',
        expected: [],
      };
      const example = await runPage('traffic-splitting', page);
      try {
        const address = example.address('prod-web-gw/http');
        let second = 0;
        for (let i = 0; i < 400; i++) {
          const answer = await ask({ address, host: 'foo.example.com', path: '/' });
          if (answer('from') === 'foo-v2') second += 1;
        }
        assert.ok(second > 10 && second < 90, `${file}: ${second} of 400`);
      } finally {
        await example.close();
      }
    }
  });

  it('timeouts: ten seconds for the whole, two for each try', async () => {
    const terminal = recordingTerminal(endpointSliceOf('timeout-svc', 9));
    const files = ['-f', join(root, 'http-timeouts'), '-f', '-'];
    await runProgram(['explain', ...files, '--http', 'GET /timeout/x'], terminal);
    assert.match(terminal.stdout(), /within 10000 ms, each try answered within 2000 ms/, terminal.stderr());
  });

  it('mirroring: the client hears the one backend, and the other hears the request', async () => {
    const heard = Promise.withResolvers<IncomingMessage>();
    const mirror = createServer((request, response) => {
      heard.resolve(request);
      response.end();
    });
    await new Promise<void>(resolve => mirror.listen(0, '127.0.0.1', resolve));
    const example = await runPage(
      'http-mirroring',
      { about: 'mirroring', files: ['httproute-mirroring.yaml'], expected: [] },
      endpointSliceOf('foo-v2', (mirror.address() as AddressInfo).port),
    );
    try {
      const address = example.address('mirror-gateway/http');
      const answer = await ask({ address, host: 'mirror.example', path: '/cart?a=b', method: 'PUT' });
      assert.equal(answer('from'), 'foo-v1');
      const { method, url } = await heard.promise;
      assert.deepEqual([method, url], ['PUT', '/cart?a=b']);
    } finally {
      await example.close();
      mirror.close();
    }
  });
});

async function readPages(): Promise<{ folder: string; page: Page }[]> {
  const found: { folder: string; page: Page }[] = [];
  for await (const file of glob('*/expected.test-support.ts', { cwd: root })) {
    const { pages } = (await import(join(root, file))) as { pages: readonly Page[] };
    for (const page of pages) found.push({ folder: dirname(file), page });
  }
  assert.ok(found.length > 0);
  assert.ok(
    found.every(({ page }) => page.expected.length > 0 && page.expected.every(({ is }) => Object.keys(is).length > 0)),
  );
  return found;
}

/** Redirects name the port that the listener has here. */
function withPort(
  value: string | number | undefined,
  own: string,
  example: RunningExample,
): string | number | undefined {
  if (typeof value !== 'string') return value;
  return value.replace(/PORT(?:\((.+?)\))?/, (_, other?: string) => {
    const address = other === undefined ? own : example.address(other);
    return address.slice(address.lastIndexOf(':') + 1);
  });
}

function endpointSliceOf(service: string, port: number): string {
  return JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ port }],
    endpoints: [{ addresses: ['127.0.0.1'] }],
  });
}
