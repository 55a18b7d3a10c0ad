// The chat keeps its end in sight, the composer empties itself, pop-ups close when one looks elsewhere.
const scroll = document.getElementById('scroll');
const composer = document.getElementById('composer-text');
const field = document.getElementById('message');

const NEAR_END = 900; // pixels: someone reading further up is left alone

const showEnd = () => scroll.scrollTo({ top: scroll.scrollHeight });
const watchEnd = new MutationObserver(() => {
  const left = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
  if (left < NEAR_END) requestAnimationFrame(showEnd);
});
watchEnd.observe(scroll, { childList: true, subtree: true });
showEnd();
document.fonts?.ready.then(showEnd);

const closePopups = (except) => {
  for (const popup of document.querySelectorAll('[data-popup][open]')) {
    if (popup !== except) popup.open = false;
  }
};
document.addEventListener('click', (event) => closePopups(event.target.closest('[data-popup]')));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('[data-popup][open]');
  closePopups(null);
  open?.querySelector('summary').focus();
});

// A blank message is never sent; a sent one leaves the field, and comes back if it did not get through.
composer.addEventListener('submit', (event) => {
  if (field.value.trim()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener('htmx:before:request', (event) => {
  closePopups(null);
  if (event.target !== composer) return;
  composer.dataset.sent = field.value;
  setTimeout(() => { field.value = ''; field.focus({ preventScroll: true }); });
});

const failed = (event) => {
  if (event.target.id === 'stream') return;
  toast('Chưa gửi được. Anh/Chị thử lại giúp.');
  if (event.target === composer && !field.value) field.value = composer.dataset.sent || '';
};
document.addEventListener('htmx:error', failed);
document.addEventListener('htmx:response:error', failed);

let lost = null;
document.addEventListener('htmx:sse:error', () => {
  lost ??= toast('Mất kết nối, đang nối lại…', true);
});
document.addEventListener('htmx:sse:after:connection', () => {
  lost?.remove();
  lost = null;
});

function toast(text, stays = false) {
  const box = document.createElement('p');
  box.className = 'toast';
  box.textContent = text;
  document.getElementById('toasts').append(box);
  if (!stays) setTimeout(() => box.remove(), 4000);
  return box;
}

document.querySelector('[data-keyboard]')?.addEventListener('click', () => {
  const row = document.getElementById('composer');
  row.hidden = !row.hidden;
  if (!row.hidden) field.focus();
});
