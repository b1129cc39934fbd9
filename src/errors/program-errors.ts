// SPDX-License-Identifier: Apache-2.0

/** What an error of the program means, for people. */
export interface ProgramError {
  readonly summary: string;
  /** What to do, in one line. */
  readonly help: string;
}

/** Codes of `DaemunError`. */
export const PROGRAM_ERRORS = {
  'store/refused': {
    summary: 'an object handed to a memory store is one that an API server would refuse',
    help: 'correct the fields that the message names',
  },
  'demo/unusable-ca': {
    summary: 'the development CA cannot be read or made: its directory cannot be written, or belongs to another user',
    help: 'choose another directory with --state-dir',
  },
  'kubernetes/kubeconfig': {
    summary: 'a kubeconfig file cannot be read, or asks for a way to reach the cluster that daemun does not have',
    help: 'try it with kubectl; name another file with --kubeconfig, or another context with --context',
  },
  'kubernetes/credentials': {
    summary: 'there is no token for the API server: its file cannot be read, or the credential plugin failed',
    help: 'try the same kubeconfig with kubectl; in a Pod, look for the volume of its service account',
  },
  'kubernetes/unreachable': {
    summary: 'the API server does not answer, or the connection to it was lost',
    help: 'check the address in the kubeconfig, the network, and the state of the API server',
  },
  'kubernetes/refused': {
    summary: 'the API server refuses a request',
    help: 'for 401 check the credentials; for 403 grant what the message names (RBAC)',
  },
  'redirect/no-nft': {
    summary: 'the program nft, by which the mesh redirects connections, is not on this machine or in this image',
    help: 'install the package nftables, version 1.0 or later, or use the image that has it',
  },
  'redirect/refused': {
    summary: 'nft cannot make the table of redirections: a capability is missing, or nft or the kernel is too old',
    help: 'run it with the capability NET_ADMIN, on Linux 5.12 or later with nft 1.0 or later',
  },
  'internal/unexpected': {
    summary: 'something happened that daemun does not expect',
    help: 'report it with the message and the stack trace',
  },
} as const satisfies Record<string, ProgramError>;

export type ProgramErrorCode = keyof typeof PROGRAM_ERRORS;
