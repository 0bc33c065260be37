import markdownIt from 'markdown-it';
import type { Api } from '#config/registry.js';
import { isFollowable } from '#ui/page/link-target.js';

/** A page's own headings are h1 and h2; the highest of a description, whichever it is, stands right below them. */
const TOP_LEVEL = 3;
const IMAGE_IN_PLACE = /^data:image\/(?:png|jpeg|gif|webp);base64,/i;

const markdown = markdownIt({ html: false, linkify: true, typographer: false });

// Only addresses that are safe to follow become links; all others stay the text that they were.
markdown.validateLink = (url) => isFollowable(url) || IMAGE_IN_PLACE.test(url);

markdown.core.ruler.push('shift_headings', (state) => {
  const headings = state.tokens.filter((token) => token.type === 'heading_open' || token.type === 'heading_close');
  const level = (token: (typeof headings)[number]): number => Number(token.tag.slice(1));
  const shift = TOP_LEVEL - Math.min(...headings.map(level));
  for (const token of headings) token.tag = `h${Math.min(6, level(token) + shift)}`;
});

markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const token = tokens[index];
  if (token && /^(?:https?:)?\/\//i.test(String(token.attrGet('href')))) token.attrSet('rel', 'noopener noreferrer');
  // A picture's data address is no place to go to.
  if (token && /^data:/i.test(String(token.attrGet('href')))) token.attrSet('href', '#');
  return self.renderToken(tokens, index, options);
};

// Pictures from elsewhere would tell a stranger who reads the page, and the content security policy refuses them: they become links.
markdown.renderer.rules.image = (tokens, index) => {
  const token = tokens[index];
  const source = String(token?.attrGet('src') ?? '');
  const text = markdown.utils.escapeHtml(token?.content ?? '');
  const address = markdown.utils.escapeHtml(source);
  if (IMAGE_IN_PLACE.test(source)) return `<img src="${address}" alt="${text}">`;
  return `<a href="${address}" rel="noopener noreferrer">${text === '' ? address : text}</a>`;
};

// What scrolls must be reachable by keyboard.
for (const rule of ['fence', 'code_block'] as const) {
  const render = markdown.renderer.rules[rule];
  if (!render) throw new Error(`markdown-it has no rule ${rule}`);
  markdown.renderer.rules[rule] = (...args) => String(render(...args)).replace('<pre', '<pre tabindex="0"');
}
markdown.renderer.rules.table_open = () => '<div class="table-scroll" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => '</table></div>\n';

/** Turns the Markdown of a config folder into HTML that is safe to put into a page: no HTML of its own, no address that runs. */
export function renderMarkdown(text: string): string {
  return markdown.render(text);
}

/** An API of a snapshot never changes: its description is rendered once. */
const descriptions = new WeakMap<Api, string>();

/** @returns HTML that is safe to put into a page; empty where there is no description */
export function renderDescription(api: Api): string {
  const known = descriptions.get(api) ?? renderMarkdown(api.description).trim();
  descriptions.set(api, known);
  return known;
}
