// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Peer, Setup } from './peer.ts';

const inGoBin = join(homedir(), 'go/bin/caddy');
const program = existsSync(inGoBin) ? inGoBin : 'caddy';

export const caddy: Peer = {
  name: 'Caddy',
  install: 'go install github.com/caddyserver/caddy/v2/cmd/caddy@latest',
  // `caddy version` is unknown where `go install` made it.
  version: () => /^mod\t\S+\t(\S+)/m.exec(spawnSync(program, ['build-info'], { encoding: 'utf8' }).stdout ?? '')?.[1],
  command(setup) {
    const file = join(setup.folder, 'Caddyfile');
    writeFileSync(file, configuration(setup));
    return {
      command: program,
      args: ['run', '--config', file, '--adapter', 'caddyfile'],
      env: { GOMAXPROCS: '1', XDG_DATA_HOME: setup.folder, XDG_CONFIG_HOME: setup.folder },
    };
  },
};

function configuration(setup: Setup): string {
  const scheme = setup.wiring.backend === 'h2' ? 'h2c' : 'http';
  return `{
  admin off
  auto_https off
  persist_config off
  log {
    level ERROR
  }
  servers {
    protocols h1 h2 h2c
  }
}
(proxy) {
  bind 127.0.0.1
  reverse_proxy ${scheme}://127.0.0.1:${setup.backendPort} {
    flush_interval -1
  }
}
http://:${setup.port} {
  import proxy
}
https://:${setup.tlsPort} {
  tls ${setup.certificateFile} ${setup.keyFile}
  import proxy
}
`;
}
