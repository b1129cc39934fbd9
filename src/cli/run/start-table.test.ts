// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ListenerSummary } from '../../controller/index.ts';
import type { Finding } from '../../errors/index.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { startTable } from './start-table.ts';

type Shown = Parameters<typeof startTable>[0];

const LISTENER: ListenerSummary = {
  id: 'default/gw/h',
  listenerSet: null,
  name: 'h',
  protocol: 'HTTP',
  hostname: '',
  bound: { address: '127.0.0.1', port: 9443 },
  writtenPort: 443,
  isTls: false,
  attachedRoutes: 1,
  problem: '',
  note: '',
};

/** The table of one Gateway with one listener. */
function tableOf(listener: Partial<ListenerSummary>, parts: Partial<Shown> = {}): string {
  const gateway = { namespace: 'default', name: 'gw', className: 'c', problem: '' };
  const standalone: Shown = {
    frontends: () => [],
    gateways: () => [{ ...gateway, listeners: [{ ...LISTENER, ...listener }] }],
    tryCall: () => undefined,
    tryRequest: () => undefined,
    tryStreams: () => [],
    caFile: null,
    adminAddress: '127.0.0.1:9900',
    sharedWith: [],
    findings: [],
    locate: findings => findings.map(finding => ({ ...FINDING, code: finding.code, severity: finding.severity })),
    readiness: () => ({ ready: true }),
    ...parts,
  };
  return startTable(standalone, {
    terminal: recordingTerminal(),
    tookMs: 1,
    source: { kind: 'files', paths: ['my manifests'] },
  });
}

function problemsOf(name: string, problem: string): string {
  return tableOf({ name, problem, bound: null });
}

const FINDING = {
  code: 'route/backend-not-found',
  severity: 'error',
  resource: null,
  path: '',
  file: join(process.cwd(), 'gw.yaml'),
  line: 3,
  column: 7,
  message: 'Service default/nope does not exist',
  help: '',
} as const;

describe('the start table', () => {
  it('spells a request for curl: the host, the trusted CA, the method and the fields that the route wants', () => {
    const request = { address: '::1', port: 8443, authority: 'a.example.com', isTls: true, isTrusted: true };
    const wanted = { ...request, headers: ['x-v: 2'], method: 'POST', path: '/cart?b=1' };
    assert.ok(
      tableOf({}, { tryRequest: () => wanted, caFile: '/ca.crt' }).includes(
        "\n  curl -X POST --cacert /ca.crt --resolve 'a.example.com:8443:[::1]' -H 'x-v: 2' 'https://a.example.com:8443/cart?b=1'\n",
      ),
    );
    const plain = { ...wanted, authority: '', isTls: false, headers: [], method: 'GET', path: '/' };
    assert.ok(tableOf({}, { tryRequest: () => plain }).includes("\n  curl 'http://[::1]:8443/'\n"));
  });

  it('names a listener once, whether or not its problem does', () => {
    assert.match(problemsOf('h', 'Listener h: no port'), /^problem default\/gw listener h: no port$/m);
    assert.match(problemsOf('h', 'Secret a/b is gone'), /^problem default\/gw listener h: Secret a\/b is gone$/m);
    assert.match(problemsOf('h', 'Listener h2 is older'), /^problem default\/gw listener h: Listener h2 is older$/m);
  });

  it('says Not ready, which socket it is, why and what to do, instead of Ready', () => {
    const unbound = [{ address: '127.0.0.1', port: 80, listeners: ['default/gw/h'], problem: 'somebody has it' }];
    const readiness = () => ({ ready: false, reason: '1 of 1 sockets cannot be bound', unbound }) as const;
    const text = tableOf({ bound: null, problem: 'Listener h: no port' }, { readiness });
    assert.match(text, /^default\/gw +h +- .* not ready$/m);
    assert.match(text, /^Not ready: 1 of 1 sockets cannot be bound, admin at http:\/\/127\.0\.0\.1:9900\/\. /m);
    assert.match(
      text,
      /^ {2}127\.0\.0\.1 port 80: somebody has it\n {2}Free the port, add the address to the machine, or change the manifest/m,
    );
    assert.doesNotMatch(text, /^Ready/m);
  });

  it('says which port was moved, and which process has the same sockets', () => {
    const note = 'Port 443 is privileged, so it is 9443';
    const text = tableOf({ note }, { sharedWith: [12] });
    assert.match(text, /^moved default\/gw listener h: Port 443 is privileged, so it is 9443$/m);
    assert.match(text, /^shared with process 12, .*\n.* kill -TERM 12$/m);
  });

  it('looks up the places of those that it names only, errors before warnings', () => {
    const warning: Finding = { code: 'lint/no-rules', severity: 'warning', path: [], message: 'm', help: '' };
    const asked: Finding[] = [];
    const locate: Shown['locate'] = findings => {
      asked.push(...findings);
      return [];
    };
    tableOf({}, { findings: [...new Array<Finding>(10_000).fill(warning), { ...warning, severity: 'error' }], locate });
    assert.equal(asked.length, 10);
    assert.equal(asked[0]?.severity, 'error');
  });

  it('names findings with their places, and a command that shows them; not what is so on this machine only', () => {
    const missing: Finding = { code: FINDING.code, severity: 'error', path: [], message: FINDING.message, help: '' };
    const taken = { ...missing, code: 'gateway/port-unavailable' };
    const minted = { ...missing, code: 'demo/certificate-minted', severity: 'warning' } as const;
    const text = tableOf({}, { findings: [missing, taken, minted] });
    assert.match(
      text,
      /^1 error, 0 warnings in the manifests:\n {2}gw\.yaml:3:7 error route\/backend-not-found Service default\/nope does not exist\n.*: daemun check -f 'my manifests'$/m,
    );
    const many = tableOf({}, { findings: new Array(12).fill(missing) });
    assert.match(many, /^12 errors, [\s\S]* and 2 more\n/m);
    assert.equal(many.match(/gw\.yaml:3:7/g)?.length, 10);
    assert.doesNotMatch(tableOf({}, { findings: [taken, minted] }), /in the manifests/);
  });
});
