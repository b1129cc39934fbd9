// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ConnectionOptions, connect, createServer } from 'node:tls';
import { selfSignedCertificate } from './certificate-authority.ts';
import { parseCertificateHost } from './certificate-host.ts';
import { openDevelopmentCa } from './development-ca.ts';

const YEAR_MS = 365 * 86_400_000;
const nowMs = Date.now();

describe('development CA', () => {
  let stateDirectory = '';
  beforeEach(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), 'daemun-ca-'));
  });
  afterEach(() => rm(stateDirectory, { recursive: true }));

  it('issues certificates that a TLS client accepts with the CA as its root', async () => {
    const ca = await openDevelopmentCa({ stateDirectory, nowMs });
    const { chain, key } = await ca.issue(['*.example.com', '127.0.0.1', '::1']);
    const server = createServer({ cert: chain, key }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const bound = server.address();
    assert.ok(bound !== null && typeof bound === 'object');
    for (const servername of ['grpc.example.com', '127.0.0.1']) {
      const options: ConnectionOptions = {
        host: bound.address,
        port: bound.port,
        ca: await readFile(ca.certificateFile),
      };
      const socket = connect(servername === '127.0.0.1' ? options : { ...options, servername });
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      assert.equal(socket.authorized, true);
      socket.destroy();
    }
    server.close();
  });

  it('names each host once as a subject alternative name, of its own type', async () => {
    const ca = await openDevelopmentCa({ stateDirectory, nowMs });
    const leaf = new X509Certificate((await ca.issue(['Grpc.Example.com', '::ffff:10.0.0.1', 'fd00::1'])).chain);
    assert.equal(
      leaf.subjectAltName,
      'DNS:grpc.example.com, IP Address:0:0:0:0:0:FFFF:A00:1, IP Address:FD00:0:0:0:0:0:0:1',
    );
    assert.equal(leaf.subject, 'CN=grpc.example.com');
    assert.equal(leaf.ca, false);
  });

  it('uses the authority and the certificates again while they are valid', async () => {
    const first = await openDevelopmentCa({ stateDirectory, nowMs });
    const issued = await first.issue(['a.example.com', 'b.example.com']);
    const again = await openDevelopmentCa({ stateDirectory, nowMs: nowMs + YEAR_MS / 2 });
    assert.deepEqual(await again.issue(['b.example.com', 'a.example.com']), issued);
    const later = await openDevelopmentCa({ stateDirectory, nowMs: nowMs + YEAR_MS });
    assert.notDeepEqual(await later.issue(['a.example.com', 'b.example.com']), issued);
    assert.equal(later.authority.pair.chain, first.authority.pair.chain);
  });

  it('makes the authority anew when its files are damaged or about to end', async () => {
    const first = await openDevelopmentCa({ stateDirectory, nowMs });
    const issued = await first.issue(['a.example.com']);
    await writeFile(first.keyFile, 'not a key');
    const second = await openDevelopmentCa({ stateDirectory, nowMs });
    assert.notEqual(second.authority.pair.key, first.authority.pair.key);
    assert.notDeepEqual(
      await second.issue(['a.example.com']),
      issued,
      'a certificate of another authority is not used',
    );
    const third = await openDevelopmentCa({ stateDirectory, nowMs: nowMs + 10 * YEAR_MS });
    assert.notEqual(third.authority.pair.key, second.authority.pair.key);
  });

  it('agrees on one authority when several open it at once', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openDevelopmentCa({ stateDirectory, nowMs })));
    assert.equal(new Set(opened.map(ca => ca.authority.pair.key)).size, 1);
  });

  it('keeps keys to their owner', async () => {
    const ca = await openDevelopmentCa({ stateDirectory, nowMs });
    assert.equal((await stat(ca.keyFile)).mode & 0o077, 0);
  });

  it('closes what stood open, and writes through no link', async () => {
    const { keyFile, issue } = await openDevelopmentCa({ stateDirectory, nowMs });
    await issue(['a.example.com']);
    const [name = ''] = await readdir(join(stateDirectory, 'issued'));
    const issued = join(stateDirectory, 'issued', name);
    const elsewhere = join(stateDirectory, 'elsewhere');
    await writeFile(elsewhere, 'untouched');
    await rm(issued);
    await symlink(elsewhere, issued);
    for (const path of [keyFile, join(stateDirectory, 'ca'), join(stateDirectory, 'issued')]) await chmod(path, 0o777);
    const again = await openDevelopmentCa({ stateDirectory, nowMs });
    await again.issue(['a.example.com']);
    assert.equal(await readFile(elsewhere, 'utf8'), 'untouched');
    const paths = [keyFile, join(stateDirectory, 'ca'), join(stateDirectory, 'issued'), issued];
    const modes = await Promise.all(paths.map(async path => ((await lstat(path)).mode & 0o777).toString(8)));
    assert.deepEqual(modes, ['600', '700', '700', '600']);
  });

  it('refuses what is not a host', async () => {
    const ca = await openDevelopmentCa({ stateDirectory, nowMs });
    for (const host of ['', 'a..b', 'a.*.example.com', 'http://a', '*', '-a.example.com']) {
      await assert.rejects(ca.issue([host]), /is not a DNS name/);
    }
  });
});

describe('self-signed certificates', () => {
  it('are what the openssl line of a tutorial makes: CN and SAN, trusted by themselves', async () => {
    const host = parseCertificateHost('grpc.example.com');
    assert.ok(host);
    const certificate = new X509Certificate((await selfSignedCertificate([host], { nowMs, days: 30 })).chain);
    assert.equal(certificate.subject, 'CN=grpc.example.com');
    assert.equal(certificate.subjectAltName, 'DNS:grpc.example.com');
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(certificate.issuer, certificate.subject);
  });

  it('write dates after 2049 as RFC 5280 wants them', async () => {
    const host = parseCertificateHost('a.example.com');
    assert.ok(host);
    const certificate = new X509Certificate(
      (await selfSignedCertificate([host], { nowMs: Date.UTC(2049, 11, 1), days: 60 })).chain,
    );
    assert.equal(Date.parse(certificate.validTo), Date.UTC(2050, 0, 30));
  });
});
