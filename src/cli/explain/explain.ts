// SPDX-License-Identifier: Apache-2.0
import { parseQuestion, type ResourceObject } from '../../controller/index.ts';
import type { Explanation, StreamExplanation } from '../../match/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { EXIT, usageError } from '../exit-code.ts';
import { listAt, textAt } from '../json-path.ts';
import { openSource } from '../open-source.ts';
import { type OutputFormat, writeData } from '../output-format.ts';
import { lineText, type Paint, paintFor } from '../paint.ts';
import type { SourceOptions } from '../resource-source.ts';
import type { Terminal } from '../terminal.ts';
import { explanationText } from './explanation-text.ts';
import { noListenerText, streamText } from './stream-text.ts';
import { unroutedService } from './unrouted-service.ts';

export interface ExplainOptions extends SourceOptions {
  readonly grpc?: string;
  readonly http?: string;
  readonly tcp?: string;
  readonly udp?: string;
  readonly tls?: string;
  readonly port?: string;
  readonly host?: string;
  readonly client?: string;
  readonly header: readonly string[];
  readonly gateway?: string;
  readonly listener?: string;
  readonly clientNamespace?: string;
  readonly to?: string;
  readonly output: OutputFormat;
}

/** `explain`: which rule takes a request, and why each other one does not; or who gets what comes to a port. 1 when the gateway would refuse it. */
export async function runExplain(options: ExplainOptions, terminal: Terminal): Promise<number> {
  const question = questionOf(options);
  const parsed = parseQuestion(question);
  if ('fault' in parsed) throw usageError(parsed.fault);
  const source = await openSource(options, terminal);
  const explanation = await source.explain(question);
  const unrouted = explanation.places.length === 0 ? await unroutedService(parsed, source) : null;
  if (!writeData(terminal, options.output, explanation)) {
    terminal.out(textOf(explanation, paintFor(terminal)));
    if (unrouted !== null) terminal.out(unrouted.text);
    else if (explanation.places.length === 0)
      terminal.out(
        `${noPlaceText(explanation)}\n${listenersText(await source.list('Gateway'), await source.list('ListenerSet'))}`,
      );
  }
  return isServed(explanation) || unrouted?.isUntouched === true ? EXIT.ok : EXIT.refused;
}

function textOf(explanation: Explanation | StreamExplanation, paint: Paint): string {
  return 'stream' in explanation ? streamText(explanation, paint) : explanationText(explanation, paint);
}

function noPlaceText(explanation: Explanation | StreamExplanation): string {
  return 'stream' in explanation
    ? noListenerText(explanation.stream)
    : 'No listener: nothing that takes connections fits the question.';
}

/** Where nothing fits the question, the names that would. */
function listenersText(gateways: readonly ResourceObject[], sets: readonly ResourceObject[]): string {
  const lines = [...gateways, ...sets].map(owner => {
    const listeners = listAt(owner, 'spec', 'listeners').map(listener => textAt(listener, 'name'));
    const name = `${owner.kind === 'Gateway' ? '' : `${owner.kind} `}${formatNamespacedName(owner.metadata)}`;
    return `  ${lineText(`${name}: ${listeners.join(', ') || 'no listeners'}`)}\n`;
  });
  return lines.length === 0 ? '' : `Gateways and their listeners\n${lines.join('')}`;
}

function isServed({ places }: Explanation | StreamExplanation): boolean {
  return places.some(({ answer }) => answer.kind !== 'refused');
}

function questionOf(options: ExplainOptions): URLSearchParams {
  const { grpc, http, tcp, udp, tls, port, host, client, clientNamespace, to, header, gateway, listener } = options;
  if ([grpc, http, tcp, udp, tls].filter(asked => asked !== undefined).length !== 1) {
    throw usageError(
      'explain needs one of --grpc, --http, --tls, --tcp and --udp',
      'Example: daemun explain --grpc api.Echo/Echo -f ./manifests',
    );
  }
  const question = new URLSearchParams();
  const place = { port, host, client, 'client-namespace': clientNamespace, to, gateway, listener };
  for (const [key, value] of Object.entries({ grpc, http, tcp, udp, tls, ...place })) {
    if (value !== undefined) question.set(key, value);
  }
  for (const field of header) question.append('header', field);
  return question;
}
