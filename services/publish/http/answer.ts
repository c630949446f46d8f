import type { Context } from 'hono';
import { replyTo, type Reply } from './reply.ts';
import type { Representation } from './representation.ts';
import { requestHeader } from './request-header.ts';
import { respond } from './respond.ts';

/** Answers with a document, as the request's headers ask for it. */
export function answer(
  c: Context,
  representation: Representation,
  headers: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  const asked = {
    ifNoneMatch: requestHeader(c, 'if-none-match'),
    acceptEncoding: requestHeader(c, 'accept-encoding'),
  };
  const send = (reply: Reply): Response => respond(c, reply.status, reply.body, reply.headers);
  const reply = replyTo(representation, asked, headers);
  return reply instanceof Promise ? reply.then(send) : send(reply);
}
