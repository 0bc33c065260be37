import type { CurlStep } from './curl-step.js';
import type { ExampleCall } from './example-call.js';
import { escapeInDoubleQuotes, quoteLiteral } from './shell-quote.js';

/** @param header name of the field that carries the key */
export function keySteps(call: ExampleCall, header: string): CurlStep[] {
  return [
    {
      title: 'Call the API with your key',
      explanation: 'The key belongs to your application’s subscription to this API.',
      code: `API_KEY='YOUR_API_KEY'\n${curlCall(call, `"${escapeInDoubleQuotes(header)}: $API_KEY"`)}`,
    },
  ];
}

export function openSteps(call: ExampleCall): CurlStep[] {
  return [{ title: 'Call the API', explanation: 'It is open to everyone: no key, no token.', code: curlCall(call) }];
}

/** A call of the API. @param field header field, quoted for the shell */
export function curlCall({ url, method }: ExampleCall, field?: string): string {
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  return field === undefined ? `curl -i${verb} ${quoteLiteral(url)}` : `curl -i${verb} ${quoteLiteral(url)} \\\n  -H ${field}`;
}
