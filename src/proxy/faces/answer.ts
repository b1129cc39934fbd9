// SPDX-License-Identifier: Apache-2.0

/** What a client is told when the answer does not come from an endpoint. A face says it in its protocol's words. */
export interface Answer {
  readonly httpStatus: number;
  readonly grpcStatus: number;
  /** For `grpc-message`, and the text body where there is no other. */
  readonly message: string;
  /** What HTTP says instead of a line of text; null: nothing. gRPC has its message. */
  readonly body: AnswerBody | null;
  /** Further fields of the head: where to go instead, how to prove who one is. Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Short flag for the access log and metrics; '': the rule says so, and nothing failed. */
  readonly reason: string;
  /** True: a request of any protocol gets the HTTP status, for the case is one for HTTP itself. */
  readonly httpOnly: boolean;
}

export interface AnswerBody {
  /** '': the head does not say. */
  readonly contentType: string;
  /** Empty: the head is the whole answer. */
  readonly bytes: Buffer;
}

/** Messages quote what clients sent: not more than this of it. */
const MAX_MESSAGE_LENGTH = 1_024;

/** The message as it is told. */
export function messageOf(answer: Answer): string {
  return answer.message.slice(0, MAX_MESSAGE_LENGTH);
}
