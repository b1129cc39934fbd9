// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CERTIFICATE } from './example-certificate.test-support.ts';
import { inspectCertificate } from './inspect-certificate.ts';

/** Of `CERTIFICATE`. */
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

/** Keys that OpenSSL reads, but that TLS cannot use: RSA with 1024 bits, and the curve secp256k1. */
const SHORT = {
  chain: `-----BEGIN CERTIFICATE-----
MIICDjCCAXegAwIBAgIUaBaiqydW4dkmWfkd2+r6SwsN/MMwDQYJKoZIhvcNAQEL
BQAwGDEWMBQGA1UEAwwNci5leGFtcGxlLmNvbTAgFw0yNjExMjYwNDA4MjNaGA8y
MTAwMTAyOTA0MDgyM1owGDEWMBQGA1UEAwwNci5leGFtcGxlLmNvbTCBnzANBgkq
hkiG9w0BAQEFAAOBjQAwgYkCgYEAt/8AiiSFlutvV8ikdfrpAkhHmUVNxm/TKDRL
abGGuz+sjIKEzeu+JAOFs2gaTrMuup8MXiHelwm2PyPkmrzgfgqU7l8kwTGL6ELp
2yF+Wny9UeFKXWfOeIADsnnNpZGBpi75oawakt7IKXnNvRU6scoOzHZdIyM+9sPF
e9PcuncCAwEAAaNTMFEwHQYDVR0OBBYEFKRSd1gHG6kOuUbjuvhejcea2/A5MB8G
A1UdIwQYMBaAFKRSd1gHG6kOuUbjuvhejcea2/A5MA8GA1UdEwEB/wQFMAMBAf8w
DQYJKoZIhvcNAQELBQADgYEAMttOrc/PBIWQs9KAg+fsUTCbZFJ5ZL7ckz9axjkM
poQ5HNYEFLM/J8Zey5I1XrZn6xZ2DC8VhTVVmDaHEK/tErOV/tPDgmz1nDmnKWeV
iPWgrBOrtZQLq0vlh3SmhLrRailSwP5hARPT2NrPF0tWIFOt3RhkuVCt9EiswU9T
eCY=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALf/AIokhZbrb1fI
pHX66QJIR5lFTcZv0yg0S2mxhrs/rIyChM3rviQDhbNoGk6zLrqfDF4h3pcJtj8j
5Jq84H4KlO5fJMExi+hC6dshflp8vVHhSl1nzniAA7J5zaWRgaYu+aGsGpLeyCl5
zb0VOrHKDsx2XSMjPvbDxXvT3Lp3AgMBAAECgYB24OwRVQ12+ACFYB5aF9YKYnbY
IX3hswhj1n3O+SNKwhYS5pU1kpXUIO52ftFYfc64RuCvxQRS47R7UQ53p4cG76He
93267c6mOmVZnmYrtfRHuxg5cvYvySQLwMZDYav5z5pTGFHEXu6URV47CzSLFLXb
2151AGvW2Y159f1c0QJBAOVGvpWLUsnwsPov2mzwOCHb8Nehw733PEXkFjJaUaS+
OWNC0kBuB9DtDSBicak/dw+DlwG86VzEu11VGOs9KJ8CQQDNcSoXERtJ+mPE73K2
slw/2v2QGD1okmLxWbY8LlA4GUX4xeolPZK/DGIf+vpmB1f1eq6Z6Kiv+ck4vg3x
fycpAkA6U2ToZikJdlGPU90dGX8uHeWG9X/2M48BuKRs6s0aO8odlkImYddbLvLH
6kM/6wU+zRr9NjGnh+SiOaO9NDHBAkBl0EJ6wgiTJhsRu1VPg59CKiZlpg2w6HNO
hxZQRueMlcHeoz8CC7zRH7L1hG1Z6SPHTXCAaBRJefImQ9InL8vZAkEAuRWaU6yW
S7Y8K++6J0Z3QTDcD4f+A4zMGDgB03e7U5GbOuGwQIyTxZ6zUZ6+J0HttgdJpM65
Ji+53mt5BY875Q==
-----END PRIVATE KEY-----`,
};
const CURVE = {
  chain: `-----BEGIN CERTIFICATE-----
MIIBgzCCASqgAwIBAgIUBscMI+3MVzQOCR6uKQeY8K8jFgswCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNay5leGFtcGxlLmNvbTAgFw0yNjExMjYwNDA4MjNaGA8yMTAw
MTAyOTA0MDgyM1owGDEWMBQGA1UEAwwNay5leGFtcGxlLmNvbTBWMBAGByqGSM49
AgEGBSuBBAAKA0IABDwnm8vbPmyjsHuxUK5avZ7DcwD8B2TSeOY0K1ZFaZNBCAdy
CyM+0dHrOLnaigharfqLJaNo4lA0GJUHwUh7KBujUzBRMB0GA1UdDgQWBBRT8Quq
s6s1JmRudFhDPFRQgqrDFjAfBgNVHSMEGDAWgBRT8Quqs6s1JmRudFhDPFRQgqrD
FjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIDKBBkmOHM60KDgk
9J/hK0I7JqflV/69DOvjV2oExurZAiBmcuNtpJwDRyi+e6S8YFzoUGmF2a24KJlu
bUD4HaTQUQ==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgGIuurcpgXIFTe6d4ZLti
3WHo3YryZj6W/I8+oRlZEuChRANCAAQ8J5vL2z5so7B7sVCuWr2ew3MA/Adk0njm
NCtWRWmTQQgHcgsjPtHR6zi52ooIWq36iyWjaOJQNBiVB8FIeygb
-----END PRIVATE KEY-----`,
};
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

function problemOf(chain: string, key: string): string {
  const inspection = inspectCertificate(chain, key);
  return 'problem' in inspection ? inspection.problem : '';
}

describe('inspectCertificate', () => {
  it('reads names and expiry of the leaf', () => {
    assert.deepEqual(inspectCertificate(CERTIFICATE, KEY), {
      chain: `${CERTIFICATE}\n`,
      key: KEY,
      names: ['example.com', '*.example.com'],
      notAfterMs: Date.UTC(2099, 11, 31),
    });
  });

  it('takes text around the blocks, as some tools write it', () => {
    const key = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${KEY}`;
    assert.equal(problemOf(`subject: example\n${CERTIFICATE}\n`, KEY), '');
    assert.equal(problemOf(CERTIFICATE, key), '');
  });

  it('hands on what OpenSSL reads, without byte order marks before a block', () => {
    const marked = inspectCertificate(BYTE_ORDER_MARK + CERTIFICATE, BYTE_ORDER_MARK + KEY);
    assert.deepEqual(marked, inspectCertificate(CERTIFICATE, KEY));
  });

  it('refuses a pair that no handshake can use', () => {
    assert.equal(problemOf(SHORT.chain, SHORT.key), 'its key is too short (RSA needs 2048 bits, EC 256)');
    assert.match(problemOf(CURVE.chain, CURVE.key), /^TLS cannot use a key on the curve secp256k1/);
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
