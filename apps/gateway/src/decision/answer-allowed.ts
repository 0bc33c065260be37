/** Tells an engine what becomes of an allowed call: where it goes, what is taken out of it and put in, and what of the answer. */
import type { GatewayCall } from '../call/gateway-call.js';
import { refuseUnavailable } from '../call/refusal.js';
import { answerRefusal } from '../call/render-answer.js';
import { runLog, runResponse } from '../call/run-plugins.js';
import { addCallFields, setUpstreamFields, upstreamTarget } from '../call/upstream-request.js';
import { RequestField } from '../headers/request-field.js';
import { applyResponseEdits } from '../headers/response-fields.js';
import { FieldLines } from '../http1/field-lines.js';
import { listFields } from '../http1/field-section.js';
import type { CallRoute } from '../route/call-table.js';
import type { UpstreamTarget } from '../upstream/upstream-target.js';
import { checkHandshake } from '../websocket/check-handshake.js';
import { ANSWER_PREFIX, type DecisionCaller, joinCopies } from './decision-caller.js';
import { describeReuse } from './decision-reuse.js';

/** The gateway alone says these to an upstream; whatever a caller sent under them goes. */
const ALWAYS_REMOVED = [
  'Authorization',
  'X-Consumer-Id',
  'X-Consumer-Username',
  'X-Consumer-Custom-Id',
  'X-Credential-Identifier',
  'X-Credential-Username',
  'X-Anonymous-Consumer',
  'X-Authenticated-Userid',
  'X-Authenticated-Scope',
  'X-Plan-Id',
  'X-Correlation-Id',
  'X-Forwarded-Prefix',
];

export function answerAllowed(call: GatewayCall<DecisionCaller>): undefined | Promise<void> {
  const handshake = call.requestHeader('sec-websocket-key') === undefined ? null : checkHandshake(call);
  if (handshake) return answerRefusal(call, handshake) ?? undefined;
  const route = call.route as CallRoute;
  const target = route.api.targets.pick(call);
  if (target === null) return answerRefusal(call, refuseUnavailable(route.api.targets.returnsIn)) ?? undefined;
  call.status = 200;
  const send = (): undefined => {
    call.caller.allow(describeDecision(call, route, target, Date.now()));
    runLog(call);
  };
  const later = runResponse(call);
  return later ? later.then(send) : send();
}

function describeDecision(call: GatewayCall<DecisionCaller>, route: CallRoute, target: UpstreamTarget, now: number): string[] {
  const stripped = route.stripPath ? call.prefix : '';
  const path = upstreamTarget(call.path, stripped, target.basePath);
  const lines = new FieldLines();
  if (stripped !== '') lines.add('X-Forwarded-Prefix', stripped);
  addCallFields(lines, call, route.api);
  const added = listFields(setUpstreamFields(lines.text, call.upstreamFields ?? []));
  const addedNames = added.filter((_, i) => i % 2 === 0);
  const edits = call.responseEdits ?? [];
  const answerFields = [...joinCopies(applyResponseEdits([], edits))];
  const decision = [
    'X-Gatehouse-Api',
    route.api.id,
    'X-Gatehouse-Route',
    call.prefix || '/',
    'X-Gatehouse-Upstream',
    target.origin,
    'X-Gatehouse-Upstream-Host',
    route.preserveHost ? call.host : target.origin.slice(target.origin.indexOf('//') + 2),
    'X-Gatehouse-Upstream-Path',
    path,
    'X-Gatehouse-Upstream-Uri',
    path + call.query,
    ...added,
  ];
  // Of an API key no shared cache knows (BEHAVIOURS 67): what the upstream will say about that, the engine alone will see.
  if (call.credential?.kind === 'key') decision.push('X-Gatehouse-Private', 'yes');
  const removed = removedNames(call);
  if (call.caller.style === 'ext_authz') {
    // Envoy removes after it has added, and copies without renaming.
    const kept = new Set(addedNames.map((name) => name.toLowerCase()));
    decision.push('X-Envoy-Auth-Headers-To-Remove', removed.filter((name) => !kept.has(name.toLowerCase())).join(', '));
    for (const [name, value] of answerFields) if (!kept.has(name.toLowerCase())) decision.push(name, value);
    decision.push('Cache-Control', 'no-store');
    return decision;
  }
  decision.push('X-Gatehouse-Add', addedNames.join(', '), 'X-Gatehouse-Remove', removed.join(', '));
  for (const [name, value] of answerFields) decision.push(ANSWER_PREFIX + name, value);
  const answerRemoved = edits.filter(({ kind }) => kind !== 'append').map(({ field }) => field.name);
  if (answerRemoved.length > 0) decision.push('X-Gatehouse-Remove-Answer', answerRemoved.join(', '));
  const vary = answerFields.find(([name]) => name.toLowerCase() === 'vary');
  decision.push(...describeReuse(call, now, vary?.[1] ?? null));
  return decision;
}

/** With the caller's own spellings of what some server could read as one of them (`x_consumer_id`). */
function removedNames({ caller, table }: GatewayCall): string[] {
  const removed = [...ALWAYS_REMOVED, table.apiKeyHeader];
  const { fields } = caller;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const field = table.fieldNames.classify(name);
    if (field === RequestField.Drop || field === RequestField.Framing) removed.push(name);
  }
  return removed;
}
