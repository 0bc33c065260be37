import type { Credential } from '#persistence/credential/credential.js';
import type { CallConsumer } from '#plugins/gateway-plugin.js';
import { FieldBlock } from '../http1/field-lines.js';
import type { ResolvedCredential } from './resolved-credential.js';

/** A credential that refers to another's parts where they are equal to its own: what the other keeps in memory is not kept twice. */
export function shareParts(credential: ResolvedCredential, other: ResolvedCredential): ResolvedCredential {
  const facts = shareFacts(credential.facts, other.facts);
  return {
    ...credential,
    facts,
    consumer: shareConsumer(credential.consumer, other.consumer),
    identity: shareBlock(credential.identity, other.identity),
  };
}

function shareConsumer(consumer: CallConsumer, other: CallConsumer): CallConsumer {
  const scopes = shareList(consumer.scopes, other.scopes);
  const shared = {
    applicationId: share(consumer.applicationId, other.applicationId),
    subscriptionId: share(consumer.subscriptionId, other.subscriptionId),
    planId: share(consumer.planId, other.planId),
    credentialIdentifier: share(consumer.credentialIdentifier, other.credentialIdentifier),
    userId: consumer.userId,
    scopes,
  };
  return (Object.keys(shared) as (keyof CallConsumer)[]).every((key) => shared[key] === other[key]) ? other : shared;
}

function shareFacts(facts: Credential, other: Credential): Credential {
  return {
    ...facts,
    applicationId: share(facts.applicationId, other.applicationId),
    subscriptionId: share(facts.subscriptionId, other.subscriptionId),
    apiId: share(facts.apiId, other.apiId),
    planId: share(facts.planId, other.planId),
    identifier: share(facts.identifier, other.identifier),
    scopes: facts.scopes && other.scopes ? shareList(facts.scopes, other.scopes) : facts.scopes,
  };
}

function share(text: string, other: string): string {
  return text === other ? other : text;
}

function shareBlock(block: FieldBlock, other: FieldBlock): FieldBlock {
  const fields = shareList(block.fields, other.fields);
  return fields === other.fields ? other : FieldBlock.lasting(fields);
}

function shareList(list: readonly string[], other: readonly string[]): readonly string[] {
  return isSameList(list, other) ? other : list.map((text, index) => share(text, other[index] ?? ''));
}

function isSameList(list: readonly string[], other: readonly string[]): boolean {
  return list.length === other.length && list.every((text, index) => text === other[index]);
}
