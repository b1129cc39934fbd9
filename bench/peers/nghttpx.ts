// SPDX-License-Identifier: Apache-2.0
import { firstLine, type Peer } from './peer.ts';

export const nghttpx: Peer = {
  name: 'nghttpx',
  install: 'apt-get install nghttp2-proxy',
  version: () => firstLine('nghttpx', ['--version'])?.split('/')[1],
  command(setup) {
    const args = [
      '--conf=/dev/null',
      '-n1',
      '--no-ocsp', // a process of its own for each certificate
      `-f127.0.0.1,${setup.port};no-tls`,
      `-f127.0.0.1,${setup.tlsPort}`,
      `-b127.0.0.1,${setup.backendPort};;proto=${setup.wiring.backend === 'h2' ? 'h2' : 'http/1.1'}`,
      '--errorlog-file=/dev/stderr',
      '--log-level=FATAL',
      setup.keyFile,
      setup.certificateFile,
    ];
    return { command: 'nghttpx', args };
  },
};
