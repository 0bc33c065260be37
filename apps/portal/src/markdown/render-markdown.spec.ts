import { expect, test } from '@jest/globals';
import { renderMarkdown } from './render-markdown.js';

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](file:///etc/passwd)',
  '<javascript:alert(1)>',
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml;base64,PHN2Zy8+)',
  '![x" onerror="alert(1)](https://a.example/x.png)',
  '![x](https://a.example/"onerror="alert(1))',
  '[x](https://a.example "onmouseover=alert(1) \\"")',
  '[a]: javascript:alert(1)\n\n[a]',
  '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
  '# <script>alert(1)</script>',
  '| <script>alert(1)</script> |\n|-|\n| <b onclick=alert(1)> |',
])('98: %j does no harm', (text) => {
  const html = renderMarkdown(text);
  // What is left of tags, once text and attribute values are taken away.
  const tags = [...html.matchAll(/<\/?([a-z0-9]+)((?:\s[a-z-]+="[^"]*")*)\s*\/?>/g)];
  const rest = html.replace(/<\/?([a-z0-9]+)((?:\s[a-z-]+="[^"]*")*)\s*\/?>/g, '');
  expect(rest).not.toMatch(/</);
  for (const [, name, attributes = ''] of tags) {
    expect(['p', 'a', 'code', 'pre', 'img', 'h3', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td']).toContain(name);
    for (const [, attribute, value = ''] of attributes.matchAll(/\s([a-z-]+)="([^"]*)"/g)) {
      expect(['href', 'src', 'alt', 'rel', 'title', 'tabindex', 'class']).toContain(attribute);
      if (attribute === 'href' || attribute === 'src') expect(value).toMatch(/^(?:https?:\/\/a\.example|#$)/);
    }
  }
});

test('links to elsewhere give nothing away; those within stay', () => {
  expect(renderMarkdown('[x](https://a.example)')).toContain('<a href="https://a.example" rel="noopener noreferrer">');
  expect(renderMarkdown('https://a.example')).toContain('rel="noopener noreferrer"');
  expect(renderMarkdown('[x](#scopes) [y](/apis) [z](mailto:a@b.example)')).toBe(
    '<p><a href="#scopes">x</a> <a href="/apis">y</a> <a href="mailto:a@b.example">z</a></p>\n',
  );
});

test('headings stand below those of the page', () => {
  expect(renderMarkdown('# One\n\n##### Five')).toBe('<h3>One</h3>\n<h6>Five</h6>\n');
  expect(renderMarkdown('## Two\n\n### Three')).toBe('<h3>Two</h3>\n<h4>Three</h4>\n');
  expect(renderMarkdown('###### Six')).toBe('<h3>Six</h3>\n');
});

test('a picture in the text is shown, one from elsewhere is a link', () => {
  expect(renderMarkdown('![dot](data:image/png;base64,AAAA)')).toContain('<img src="data:image/png;base64,AAAA" alt="dot">');
  expect(renderMarkdown('![plan](https://a.example/p.png)')).toContain(
    '<a href="https://a.example/p.png" rel="noopener noreferrer">plan</a>',
  );
});
