// SPDX-License-Identifier: Apache-2.0

/** Mistakes that tutorials make and readers copy: `check` says each in one line, with its place and the fix. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

const gateway = (namespace: string, listener = 'name: http, port: 8080, protocol: HTTP'): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: ${namespace} }
spec:
  gatewayClassName: daemun
  listeners:
    - { ${listener} }
---`;
const route = (rest: string, namespace = 'app'): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: route, namespace: ${namespace} }
spec:
${rest}
---`;
const service = (appProtocol = 'kubernetes.io/h2c'): string => `
apiVersion: v1
kind: Service
metadata: { name: svc, namespace: app }
spec:
  ports:
    - { port: 50051, appProtocol: ${appProtocol} }
`;

interface Trap {
  readonly says: string;
  readonly manifests: string;
  /** The line as printed, without the file, and the help below it. */
  readonly line: RegExp;
  readonly help: RegExp;
}

const TRAPS: readonly Trap[] = [
  {
    says: 'a service that is only a package',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - matches: [{ method: { service: com.example, method: Login } }]
      backendRefs: [{ name: svc, port: 50051 }]`)}${service()}`,
    line: /:16:\d+ warning lint\/service-looks-like-package service com\.example looks like a package.*com\.example\.User/,
    help: /package\.Service/,
  },
  {
    says: 'YAML that lost its line breaks',
    manifests: 'apiVersion: gateway.networking.k8s.io/v1 kind: GRPCRoute metadata: name: foo-route spec: parentRefs:\n',
    line: /:1:42 error store\/one-line the line breaks of the manifest are gone/,
    help: /each field begins one/,
  },
  {
    says: 'group: core in a reference',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - backendRefs: [{ group: core, name: svc, port: 50051 }]`)}${service()}`,
    line: /:16:\d+ (error|warning) \S+ .*core/,
    help: /group/,
  },
  {
    says: 'a route in another namespace than its Gateway, which does not let it in',
    manifests: `${gateway('infra')}${route(`  parentRefs: [{ name: gw, namespace: infra }]
  rules:
    - backendRefs: [{ name: svc, port: 50051 }]`)}${service()}`,
    line: /:14:\d+ error route\/not-allowed-by-listeners .*infra\/gw does not let routes of namespace app attach/,
    help: /allowedRoutes: .*kubernetes\.io\/metadata\.name: app/,
  },
  {
    says: 'a route without hostnames that the plain listener serves too',
    manifests: `${gateway('app', 'name: grpc, port: 8443, protocol: HTTPS, tls: { certificateRefs: [{ name: cert }] }').replace('    - {', '    - { name: http, port: 8080, protocol: HTTP }\n    - {')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - backendRefs: [{ name: svc, port: 50051 }]`)}${service()}`,
    line: /:\d+:\d+ error gateway\/certificate-not-found Secret app\/cert does not exist/,
    help: /daemun cert|kubectl create secret/,
  },
  {
    says: 'an appProtocol that Kubernetes does not define',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - backendRefs: [{ name: svc, port: 50051 }]`)}${service('kubernetes.io/grpc')}`,
    line: /:23:\d+ \w+ lint\/app-protocol-not-defined appProtocol kubernetes\.io\/grpc/,
    help: /kubernetes\.io\/h2c/,
  },
  {
    says: 'no rule for reflection, which grpcurl needs',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - matches: [{ method: { service: com.example.User } }]
      backendRefs: [{ name: svc, port: 50051 }]`)}${service()}`,
    line: /:\d+:\d+ info lint\/no-reflection .*grpcurl/,
    help: /grpc\.reflection\.v1\.ServerReflection/,
  },
  {
    says: 'the zone service.cluster.local',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  hostnames: [foo.ns.service.cluster.local]
  rules:
    - backendRefs: [{ name: svc, port: 50051 }]`)}${service()}`,
    line: /:15:\d+ warning lint\/cluster-zone foo\.ns\.service\.cluster\.local is in no zone of a cluster/,
    help: /Write foo\.ns\.svc\.cluster\.local$/,
  },
  {
    says: 'that zone in names that are resolved',
    manifests: `${service().replace('namespace: app }', 'namespace: app, annotations: { daemun.dev/endpoints: "a.b.service.cluster.local:1" } }')}`,
    line: /:4:\d+ warning lint\/cluster-zone a\.b\.service\.cluster\.local /,
    help: /Write a\.b\.svc\.cluster\.local$/,
  },
  {
    says: 'a DNS name in a backendRef',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - backendRefs: [{ name: svc.app.svc.cluster.local, port: 50051 }]`)}${service()}`,
    line: /:16:\d+ error route\/backend-not-found /,
    help: /not its DNS name: write name: svc, namespace: app/,
  },
  {
    says: 'timeouts in a GRPCRoute',
    manifests: `${gateway('app')}${route(`  parentRefs: [{ name: gw }]
  rules:
    - timeouts: { request: 1s }
      backendRefs: [{ name: svc, port: 50051 }]`)}${service()}`,
    line: /:16:\d+ error schema\/unknown-field unknown field "timeouts"/,
    help: /annotate the route with daemun\.dev\/request-timeout/,
  },
  {
    says: 'a Service of another namespace without its namespace',
    manifests: `${gateway('web')}${route(
      `  parentRefs: [{ name: gw }]
  rules:
    - backendRefs: [{ name: svc, port: 50051 }]`,
      'web',
    )}${service()}`,
    line: /:16:\d+ error route\/backend-not-found Service web\/svc does not exist/,
    help: /Service app\/svc exists: name its namespace in the reference, and create a ReferenceGrant there\./,
  },
  {
    says: "a chart's source",
    manifests: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n',
    line: /:4:9 error store\/template this is a template, not a manifest: \{\{ \.Values\.name \}\}/,
    help: /render it first: helm template/,
  },
  {
    says: 'a tab',
    manifests: 'apiVersion: v1\nkind: Service\nmetadata:\n\tname: a\n',
    line: /:4:1 error store\/tab a tab stands in the indentation/,
    help: /write spaces/,
  },
];

/** The status of the route, as `get -o json` shows it. */
async function statusOf(manifests: string): Promise<unknown> {
  const terminal = recordingTerminal(manifests);
  assert.equal(await runProgram(['get', 'grpcroute', 'route', '-n', 'web', '-o', 'json', '-f', '-'], terminal), 0);
  const { status } = JSON.parse(terminal.stdout());
  return JSON.parse(JSON.stringify(status, (key, value) => (key === 'lastTransitionTime' ? undefined : value)));
}

describe('check, on the traps of tutorials', () => {
  for (const { says, manifests, line, help } of TRAPS) {
    it(`says what is wrong with ${says}`, async () => {
      const terminal = recordingTerminal(manifests);
      await runProgram(['check', '-f', '-'], terminal);
      const lines = terminal.stdout().split('\n');
      const at = lines.findIndex(text => line.test(text));
      assert.notEqual(at, -1, terminal.stdout());
      assert.match(lines[at + 1] ?? '', new RegExp(`^ {4}help: .*(${help.source})`));
    });
  }

  for (const ref of ['name: svc', 'name: svc, namespace: ap', 'name: svcc, namespace: app']) {
    it(`says nothing of another namespace in the status of a route with {${ref}}`, async () => {
      const manifests = `${gateway('web')}${route(
        `  parentRefs: [{ name: gw }]\n  rules:\n    - backendRefs: [{ ${ref}, port: 50051 }]`,
        'web',
      )}`;
      const there = await statusOf(`${manifests}${service()}`);
      assert.deepEqual(there, await statusOf(manifests));
      assert.match(JSON.stringify(there), /"type":"ResolvedRefs","status":"False"/);
    });
  }
});
