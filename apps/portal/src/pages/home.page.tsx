import type { RegistrySnapshot } from '#config/registry.js';
import { LinkButton } from '#ui/components/button.js';
import { CardGrid } from '#ui/components/card.js';
import { CodeBlock } from '#ui/components/code-block.js';
import { visibleApis } from '../api-view/visible-api.js';
import { exampleCallOf } from '../curl/example-call.js';
import { curlCall } from '../curl/key-steps.js';
import { portalPage } from '../portal-page.js';
import { ApiCard } from './api-card.js';

const FEATURED = 6;

const STEPS = [
  ['Find an API', 'Each has a page with its addresses, scopes, plans and commands that work when you paste them.'],
  ['Get your credentials', 'Your application subscribes to an API on a plan, and gets a client id and secret, or an API key, for it.'],
  ['Call it', 'Send the token or the key to the gateway with each call. Open APIs need neither.'],
] as const;

export function homePage(snapshot: RegistrySnapshot): string {
  const apis = visibleApis(snapshot);
  const open = apis.find((api) => api.auth.length === 0 && !api.deprecated);
  const first = open === undefined ? null : exampleCallOf(snapshot, open);
  const description = `The APIs of ${snapshot.title}: what they do, where they answer and how to call them.`;
  return portalPage(snapshot, { title: snapshot.title, description }, (path) => (
    <div class="stack stack-loose">
      <section class="hero">
        <div class="hero-words">
          <h1>{snapshot.title}</h1>
          <p class="lead">Find an API, see exactly where it answers and how to sign in, and make your first call from the command line.</p>
          <LinkButton href={path('/apis')}>Browse {apis.length === 1 ? 'the API' : `all ${apis.length} APIs`}</LinkButton>
        </div>
        {first !== null && <CodeBlock label="Try it now: no key, no token" code={curlCall(first)} />}
      </section>
      {apis.length > 0 && (
        <section class="stack" aria-labelledby="featured">
          <h2 id="featured">APIs</h2>
          <CardGrid>
            {apis.slice(0, FEATURED).map((api) => (
              <ApiCard key={api.id} api={api} path={path} level={3} />
            ))}
          </CardGrid>
        </section>
      )}
      <section class="stack" aria-labelledby="how">
        <h2 id="how">How it works</h2>
        <ol class="journey">
          {STEPS.map(([title, text]) => (
            <li key={title}>
              <h3>{title}</h3>
              <p class="muted">{text}</p>
            </li>
          ))}
        </ol>
      </section>
    </div>
  ));
}
