// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectCertificate } from './inspect-certificate.ts';

/** Valid to 2099-12-31, for example.com and *.example.com. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBRDCB7KADAgECAgEBMAoGCCqGSM49BAMCMBYxFDASBgNVBAMTC2V4YW1wbGUu
Y29tMCAXDTI1MDEwMTAwMDAwMFoYDzIwOTkxMjMxMDAwMDAwWjAWMRQwEgYDVQQD
EwtleGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGcZVYvimzkR
8mLtNcINgx1owXJ7NRjrmtC2T+G2HWorHWIvr2dh5CdYseFgEz4I9IBspkdImx0p
rzbXDLIZoZajKTAnMCUGA1UdEQQeMByCC2V4YW1wbGUuY29tgg0qLmV4YW1wbGUu
Y29tMAoGCCqGSM49BAMCA0cAMEQCIFmMwSKr+dj6iakP6UPUhISQrQw0dZ7UXUI0
kyqywfIgAiAIffCflfRWSaL+v9+Mf9efYYQwq+lAw8cfTJGJoV9j5w==
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgX9DA4S3vkxXAxxL0
t/OG7fx+/hWcLM42horxAq3H6o+hRANCAARnGVWL4ps5EfJi7TXCDYMdaMFyezUY
65rQtk/hth1qKx1iL69nYeQnWLHhYBM+CPSAbKZHSJsdKa821wyyGaGW
-----END PRIVATE KEY-----`;
/** Another one, for foo.example.com. */
const OTHER_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBQjCB6aADAgECAgEBMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMTD2Zvby5leGFt
cGxlLmNvbTAgFw0yNTAxMDEwMDAwMDBaGA8yMDk5MTIzMTAwMDAwMFowGjEYMBYG
A1UEAxMPZm9vLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
kQq5Vwro23lNP8MZ3FO7lry8tYbCoH4t4Cjl7SKjwdSrpAkuE5IohfWTx7/RDRvh
0r4/KlsHvSRYMJsUmypJP6MeMBwwGgYDVR0RBBMwEYIPZm9vLmV4YW1wbGUuY29t
MAoGCCqGSM49BAMCA0gAMEUCIFM/+uQu2OQ6/FzSroMiEfKjIRE3NUdLJWlCR8Ik
GMWkAiEA8ka0g10QBf7O75W12X2pTcvGV3FtAPIO+rwO/x8yzUc=
-----END CERTIFICATE-----`;

function problemOf(chain: string, key: string): string {
  const inspection = inspectCertificate(chain, key);
  return 'problem' in inspection ? inspection.problem : '';
}

describe('inspectCertificate', () => {
  it('reads names and expiry of the leaf', () => {
    assert.deepEqual(inspectCertificate(CERTIFICATE, KEY), {
      names: ['example.com', '*.example.com'],
      notAfterMs: Date.UTC(2099, 11, 31),
    });
  });

  it('takes text around the blocks, as some tools write it', () => {
    const key = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${KEY}`;
    assert.equal(problemOf(`subject: example\n${CERTIFICATE}\n`, KEY), '');
    assert.equal(problemOf(CERTIFICATE, key), '');
  });

  it('refuses what is no certificate, or no key', () => {
    assert.equal(problemOf('nothing', KEY), 'tls.crt has no PEM certificate');
    const junk = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    assert.equal(problemOf(junk, KEY), 'certificate 1 in tls.crt cannot be read');
    assert.match(problemOf(CERTIFICATE, 'nothing'), /^tls.key has no private key/);
  });

  it('refuses a key that belongs to another certificate', () => {
    assert.match(problemOf(OTHER_CERTIFICATE, KEY), /^tls.key is not the key/);
  });

  it('refuses a chain that is out of order', () => {
    assert.equal(
      problemOf(`${CERTIFICATE}\n${OTHER_CERTIFICATE}`, KEY),
      'certificate 2 in tls.crt is not the issuer of the one before it',
    );
  });
});
