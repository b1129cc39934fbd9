// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redact, redactLogLine, redactText } from './redact.ts';

const R = '[redacted]';
const PEM = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBs\n-----END EC PRIVATE KEY-----\n';

describe('what is taken out of texts', () => {
  for (const [text, kept] of [
    [`before ${PEM} after`, `before ${R}\n after`],
    [`cut ${PEM.slice(0, 40)}`, `cut ${R}`],
    [Buffer.from(PEM).toString('base64'), R],
    ['Authorization of Bearer abc123def', `Authorization of Bearer ${R}`],
    ['basic dXNlcjpwYXNz=', `basic ${R}`],
    ['jwt eyJhbGciOi.eyJzdWIi.c2ln ended', `jwt ${R} ended`],
    ['https://user:hunter2@example.com/x', `https://${R}@example.com/x`],
    ['/login?user=a&access_token=t0p&x=1', `/login?user=a&access_token=${R}`],
    ['password: hunter2, more', `password: ${R}, more`],
    ['{"client_secret":"hunter2"}', `{"client_secret":"${R}"}`],
  ] as const) {
    it(JSON.stringify(text.slice(0, 40)), () => assert.equal(redactText(text), kept));
  }
});

describe('what stays in texts', () => {
  for (const text of [
    'Secret default/tls does not exist. Create it: daemun cert',
    'a token bucket; a basic rule; the key of the map',
    'https://example.com/a?page=2',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'spec.rules[0].backendRefs[0]: Service default/echo',
  ]) {
    it(JSON.stringify(text.slice(0, 40)), () => assert.equal(redactText(text), text));
  }
});

describe('what is taken out of data', () => {
  it('values of headers and parameters, by their names or looks', () => {
    const pair = (name: string, value: string) => ({ name, value });
    assert.deepEqual(redact([pair('Authorization', 'x'), pair('x-api-key', 'k'), pair('env', 'canary')]), [
      pair('Authorization', R),
      pair('x-api-key', R),
      pair('env', 'canary'),
    ]);
    assert.deepEqual(redact(pair('x-thing', 'a8Jkq2Lm9Xz0PqRs')), pair('x-thing', R));
  });

  it('annotations likewise, and what kubectl applied altogether', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'example.com/token': 'x',
      'daemun.dev/request-timeout': '3s',
    };
    assert.deepEqual(redact({ annotations }), {
      annotations: { 'example.com/token': R, 'daemun.dev/request-timeout': '3s' },
    });
  });

  it('variables of containers, and keys', () => {
    const env = [
      { name: 'FOO', value: 'hunter2' },
      { name: 'BAR', valueFrom: { secretKeyRef: { name: 's' } } },
    ];
    assert.deepEqual(redact({ env, key: 'PEM', secret: 'default/tls' }), {
      env: [{ name: 'FOO', value: R }, env[1]],
      key: R,
      secret: 'default/tls',
    });
  });

  it('queries of paths in lines of the log', () => {
    assert.equal(
      redactLogLine('{"msg":"request","path":"/a?b=c","host":"h"}'),
      `{"msg":"request","path":"/a?${R}","host":"h"}`,
    );
    assert.equal(redactLogLine('no JSON, token=abcdef'), `no JSON, token=${R}`);
  });
});
