// SPDX-License-Identifier: Apache-2.0

import type { ExplainedBackend, ExplainedFrontend, OtherHost, OtherListener, Question } from '../explanation.ts';

/** A connection whose bytes are passed on, or the datagrams of a client, as a person asks about them. */
export type StreamQuestion = AskedStream & {
  /** Whose the client of a frontend is; null: nobody's that is known. */
  readonly clientNamespace: string | null;
  readonly to: Question['to'];
  /** `namespace/name`; null: any. */
  readonly gateway: string | null;
  /** Its name or id; null: any. */
  readonly listener: string | null;
};

/** What comes to a port, as bound; of TLS what asks for a server name (SNI, lower case; '': it asks for none), at any port when that is null. */
export type AskedStream =
  | { readonly transport: 'tcp' | 'udp'; readonly port: number }
  | { readonly transport: 'tls'; readonly serverName: string; readonly port: number | null };

/** What they would meet. Plain data, with sentences that are ready to be shown. */
export interface StreamExplanation {
  readonly stream: AskedStream;
  /** One for each socket that the question leaves open; those that serve it first. */
  readonly places: readonly StreamPlace[];
}

export interface StreamPlace {
  /** `address:port`. */
  readonly address: string;
  /** `namespace/gateway/listener`; null: none takes the server name. */
  readonly listener: string | null;
  /** What the listener does with TLS; '' where none is spoken. */
  readonly mode: string;
  /** The other listeners of the socket, and why they do not take the server name. */
  readonly otherListeners: readonly OtherListener[];
  /** The rule that takes all of it; null: no route is attached. */
  readonly rule: StreamRuleName | null;
  /** Server names of other routes of the listener. At most 20. */
  readonly otherNames: readonly OtherHost[];
  readonly backends: readonly ExplainedBackend[];
  /** As in `ExplainedPlace`. */
  readonly frontend: ExplainedFrontend | null;
  /** `answered`: here, for requests follow. */
  readonly answer: { readonly kind: 'forwarded' | 'answered' | 'refused'; readonly text: string };
}

export interface StreamRuleName {
  /** `UDPRoute/namespace/name`. */
  readonly route: string;
  readonly ruleName: string;
  /** The pattern of server names that it is for; `*`: any, or there are none. */
  readonly hostname: string;
  readonly idleTimeoutMs: number;
  /** What clients are offered by ALPN where their TLS ends here. */
  readonly alpn: readonly string[];
}
