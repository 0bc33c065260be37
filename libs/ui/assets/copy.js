/* Copy buttons. Pages work without this file: the buttons stay hidden, and a click on a value selects it whole. */
(() => {
  const announcer = document.querySelector('[data-announcer]');

  async function copyText(source) {
    // The clipboard API exists only on https and localhost; installations inside a company are often neither.
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(source.textContent);
      return;
    }
    const selection = window.getSelection();
    selection.selectAllChildren(source);
    const copied = document.execCommand('copy');
    selection.removeAllRanges();
    if (!copied) throw new Error('The browser refused to copy');
  }

  function say(button, text) {
    button.textContent = text;
    announcer.textContent = text;
    window.clearTimeout(button.resetTimer);
    button.resetTimer = window.setTimeout(() => {
      button.textContent = 'Copy';
      announcer.textContent = '';
      delete button.dataset.copied;
    }, 2000);
  }

  for (const button of document.querySelectorAll('[data-copy-button]')) {
    const source = button.closest('[data-copy]').querySelector('[data-copy-source]');
    button.hidden = false;
    button.addEventListener('click', async () => {
      try {
        await copyText(source);
        button.dataset.copied = '';
        say(button, 'Copied');
      } catch {
        window.getSelection().selectAllChildren(source);
        say(button, 'Selected');
      }
    });
  }
})();
