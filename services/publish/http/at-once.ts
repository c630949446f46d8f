import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasPlainHost, originOfMessage, type ClientAddresses } from './client-address.ts';
import type { RequestCounter } from './manners.ts';
import { replyTo, type Reply } from './reply.ts';
import type { createRepresentations } from './representation.ts';
import type { Resource } from './resource.ts';
import { withCommon } from './respond.ts';

/** A question that was understood before. */
export interface Question {
  /** Names its document, the address of the server apart. */
  readonly key: string;
  readonly changes: Resource['changes'];
  /** Of its document. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Questions that are remembered; beyond that they begin anew: each is understood once more. */
const mostQuestions = 500;

/**
 * Answers what was asked before and whose answer is kept, on Node's own request, before any routing:
 * routing, middleware and the web's objects cost more than such an answer. All that is said comes from
 * `replyTo` and `withCommon`, as on the long way; whatever is unusual goes that way.
 */
export function createAtOnce(deps: {
  readonly representations: ReturnType<typeof createRepresentations>;
  version(changes: Resource['changes']): string;
  readonly addresses: ClientAddresses;
  readonly counter: RequestCounter | undefined;
}) {
  const { representations, version, addresses, counter } = deps;
  const questions = new Map<string, Question>();
  const limits = counter ? { limits: counter.policy } : {};
  const written = new WeakMap<Reply, readonly string[]>();
  const headersOf = (reply: Reply): readonly string[] => {
    let list = written.get(reply);
    if (!list) {
      list = Object.entries(withCommon(limits, reply.status, reply.headers)).flat();
      written.set(reply, list);
    }
    return list;
  };

  function readyReply(request: IncomingMessage): Reply | undefined {
    const { method, url = '', headers } = request;
    const question = questions.get(url);
    if (question === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined;
    if (!hasPlainHost(headers) || 'content-length' in headers || 'transfer-encoding' in headers)
      return undefined;
    const baseUrl = addresses.baseUrlOf(originOfMessage(request));
    const representation = representations.current(
      `${baseUrl} ${question.key}`,
      version(question.changes),
    );
    if (!representation) return undefined;
    const asked = {
      ifNoneMatch: headers['if-none-match'],
      acceptEncoding: headers['accept-encoding'],
    };
    const reply = replyTo(representation, asked, question.headers);
    return reply instanceof Promise ? undefined : reply;
  }

  return {
    /** From now on the address, path with query, asks this. */
    remember(address: string, question: Question): void {
      if (questions.size >= mostQuestions) questions.clear();
      questions.set(address, question);
    },
    /** Whether the request was answered. */
    answer(request: IncomingMessage, response: ServerResponse): boolean {
      const reply = readyReply(request);
      if (!reply) return false;
      const counted = counter?.count(originOfMessage(request));
      if (counted && counted.retryAfterS !== null) return false;

      if (reply.status === 304) counted?.giveBack();
      const headers = headersOf(reply);
      response.writeHead(
        reply.status,
        counted ? [...headers, 'RateLimit', counted.state] : [...headers],
      );
      response.end(request.method === 'HEAD' ? undefined : (reply.body ?? undefined));
      return true;
    },
  };
}
