// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../time/until.test-support.ts';
import { createLog } from './log/log.ts';
import { startStandalone } from './start-standalone.ts';

const manifests = (defaultScope: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec:
  gatewayClassName: daemun
  defaultScope: ${defaultScope}
  listeners: [{ name: http, port: 8080, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec: { useDefaultGateways: All, rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 80 }] }
`;

describe('a route that names no Gateway', () => {
  it('is served by a Gateway for as long as that is a default one', { timeout: 60_000 }, async test => {
    const folder = await mkdtemp(join(tmpdir(), 'daemun-default-gateways-'));
    test.after(() => rm(folder, { recursive: true }));
    const write = (defaultScope: string) => writeFile(join(folder, 'web.yaml'), manifests(defaultScope));
    await write('All');
    const log = createLog({ level: 'error', format: 'json', colours: false, write: () => {} });
    const running = await startStandalone({ paths: [folder], ports: 'ephemeral', demo: true, workers: 0, log });
    test.after(() => running.close());
    const rewrite = async (defaultScope: string): Promise<void> => {
      const { version } = running.view().published;
      await write(defaultScope);
      await until(() => running.view().published.version !== version);
      await running.settled();
    };
    const answer = async (): Promise<number | undefined> => {
      const port = running.listeners[0]?.port ?? 0;
      const sent = request({ host: '127.0.0.1', port, agent: false }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    const status = (name: string): string => JSON.stringify(running.statuses().get(name));

    assert.equal(await answer(), 200);
    assert.match(status('HTTPRoute/default/web'), /"namespace":"infra","name":"edge"}.*of the default Gateway/);
    assert.match(status('Gateway/infra/edge'), /"type":"DefaultGateway","status":"True"/);
    await rewrite('None');
    assert.equal(await answer(), 404);
    assert.equal(status('HTTPRoute/default/web'), '{"parents":[]}');
    assert.doesNotMatch(status('Gateway/infra/edge'), /DefaultGateway/);
    await rewrite('All');
    assert.equal(await answer(), 200);
  });
});
