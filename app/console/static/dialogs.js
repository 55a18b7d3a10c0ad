// Native dialogs: they hold the focus and give it back. [data-dialog] opens one; forms with [data-confirm] ask first.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-dialog]');
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }
  const closer = event.target.closest('[data-close]');
  if (closer) {
    event.preventDefault();
    closer.closest('dialog').close();
    return;
  }
  if (event.target instanceof HTMLDialogElement) event.target.close(); // a press on the backdrop
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  const asked = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!asked || form.dataset.confirmed) return;
  event.preventDefault();
  const dialog = document.getElementById('confirm');
  const yes = document.getElementById('confirm-yes');
  const own = event.submitter;
  document.getElementById('confirm-title').textContent = asked;
  document.getElementById('confirm-detail').textContent = own?.dataset.detail ?? form.dataset.detail ?? '';
  yes.textContent = own?.textContent.trim() || 'Đồng ý';
  yes.className = `button ${own?.classList.contains('is-danger') ? 'is-grave' : 'is-main'}`;
  dialog.returnValue = '';
  dialog.onclose = () => {
    if (dialog.returnValue !== 'yes') return;
    form.dataset.confirmed = 'yes';
    form.requestSubmit(own);
    delete form.dataset.confirmed;
  };
  dialog.showModal();
}, true);
