import { keepPrivate } from '../headers/private-response.js';
import { readResponseFields } from '../headers/response-fields.js';
import { rewriteCookies } from '../headers/response-rewrite.js';
import { AnswerFields } from '../http1/answer-fields.js';
import type { CallRoute } from '../route/call-table.js';
import type { UpstreamHead } from '../upstream/upstream-client.js';
import type { UpstreamTarget } from '../upstream/upstream-target.js';
import type { GatewayCall } from './gateway-call.js';
import { publicLocation } from './public-location.js';

/**
 * The fields of an answer as the client gets them: what the upstream said, as far as the client is to hear it, and what plugins say.
 * @throws TypeError for a field that no message may hold
 */
export function composeAnswer(call: GatewayCall, target: UpstreamTarget, head: UpstreamHead): AnswerFields {
  const { responseEdits } = call;
  const fields = passingFields(call, target, head);
  return responseEdits === null ? fields : fields.edited(responseEdits);
}

function passingFields(call: GatewayCall, target: UpstreamTarget, head: UpstreamHead): AnswerFields {
  const { passing } = head;
  const isKey = call.credential?.kind === 'key';
  const { rewrite } = (call.route as CallRoute).api;
  if (passing !== null && !isKey && rewrite === null) return passing;
  const kept = readResponseFields(head.fields, head.status, (value) => publicLocation(call, target, value));
  if (isKey) keepPrivate(kept);
  if (rewrite !== null) rewriteCookies(kept, rewrite);
  return AnswerFields.ofFields(kept);
}
