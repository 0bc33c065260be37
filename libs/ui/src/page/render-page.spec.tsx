import { expect, test } from '@jest/globals';
import { Alert } from '../components/alert.js';
import { LinkButton } from '../components/button.js';
import { CodeBlock } from '../components/code-block.js';
import { CopyField } from '../components/copy-field.js';
import { Field } from '../components/field.js';
import { PostForm } from '../components/form.js';
import type { PageSite } from './page-site.js';
import { renderPage } from './render-page.js';

const site: PageSite = {
  title: 'Acme <APIs> & "more"',
  homeUrl: 'https://portal.example/',
  basePath: '',
  logoUrl: null,
  iconUrl: '/assets/icon-0.svg',
  stylesheetUrls: ['/assets/gatehouse-0.css', '/assets/theme-0.css'],
  scriptUrl: '/assets/copy-0.js',
};

test('a page has doctype, language, title, viewport, colour scheme and landmarks', () => {
  const html = renderPage({ site, title: 'Orders', content: <p>Hello</p>, nav: [{ label: 'APIs', href: '/apis', current: true }] });
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain('<title>Orders · Acme &lt;APIs> &amp; &quot;more&quot;</title>');
  expect(html).toContain('name="viewport"');
  expect(html).toContain('name="color-scheme"');
  for (const landmark of ['<header', '<nav class="page-nav" aria-label="Main"', '<main id="content"', '<footer', 'href="#content"']) {
    expect(html).toContain(landmark);
  }
  expect(html).toContain('aria-current="page"');
});

test('the title of an installation stands once in the title of its home', () => {
  expect(renderPage({ site, title: site.title, content: null })).toContain('<title>Acme &lt;APIs> &amp; &quot;more&quot;</title>');
});

test('98: text is escaped wherever it stands', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
  const html = renderPage({
    site: { ...site, title: evil },
    title: evil,
    description: evil,
    nav: [{ label: evil, href: '/' }],
    content: (
      <>
        <Field name="email" label={evil} value={evil} error={evil} hint={evil} placeholder={evil} />
        <Alert kind="error" title={evil}>
          {evil}
        </Alert>
        <CopyField label={evil} value={evil} />
        <CodeBlock label={evil} code={evil} placeholders={['alert']} />
        <PostForm csrf={evil} hidden={{ next: evil }}>
          {evil}
        </PostForm>
      </>
    ),
  });
  expect(html).not.toContain('<script>');
  expect(html).not.toContain('<img src=x');
  expect(html.match(/<script/g)).toHaveLength(1);
});

test('14: no page has an inline script, style or event handler', () => {
  const html = renderPage({ site, title: 'x', content: <CopyField label="URL" value="https://a.example" /> });
  expect(html).not.toMatch(/<style|style=|\son[a-z]+=|javascript:/i);
});

test.each(['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'java\nscript:x'])(
  '98: a button is never built to lead to %j',
  (href) => {
    expect(() => renderPage({ site, title: 'x', content: <LinkButton href={href}>x</LinkButton> })).toThrow('may link to');
  },
);

test('a field ties label, hint and error to its input', () => {
  const html = renderPage({ site, title: 'x', content: <Field name="email" label="E-mail" type="email" hint="Work" error="Wrong" /> });
  expect(html).toContain('<label for="email">');
  expect(html).toContain('aria-describedby="email-error email-hint"');
  expect(html).toContain('aria-invalid="true"');
});

test('placeholders of a code block are marked, and its text stays what is copied', () => {
  const html = renderPage({
    site,
    title: 'x',
    content: <CodeBlock label="curl" code={'A=$B "YOUR_KEY" YOUR_KEY'} placeholders={['YOUR_KEY']} />,
  });
  expect(html).toContain('A=$B &quot;<mark>YOUR_KEY</mark>&quot; <mark>YOUR_KEY</mark></code>');
});
