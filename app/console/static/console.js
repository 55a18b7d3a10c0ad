// Small behaviour of every page: shortcuts, dialogs, toasts, ticks, times. Pages work without it.
import './shortcuts.js';
import './dialogs.js';
import './toasts.js';
import './ticks.js';
import './times.js';
import './filters.js';

// A box that dropped down closes on a press elsewhere and on Escape, and gives the focus back.
document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('details[data-drop][open]')) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  const open = event.key === 'Escape' && document.querySelector('details[data-drop][open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});

// With a script the filters work as one types: their button is for those without.
const hideSpare = () => document.querySelectorAll('[data-without-script]').forEach((one) => { one.hidden = true; });
hideSpare();
document.addEventListener('htmx:after:swap', hideSpare);

// How much of a text's room is used.
const count = (area) => {
  const shown = document.getElementById(area.dataset.counted);
  if (shown) shown.textContent = `${[...area.value.normalize('NFC')].length}/${area.maxLength}`;
};
document.querySelectorAll('[data-counted]').forEach(count);
document.addEventListener('input', (event) => { if (event.target.dataset?.counted) count(event.target); });

// The page says so when its stream is cut.
const lost = (is) => { const line = document.querySelector('.lost-stream'); if (line) line.hidden = !is; };
document.addEventListener('htmx:sse:error', () => lost(true));
document.addEventListener('htmx:sse:after:connection', () => lost(false));

// The field that was being typed into keeps the caret when its list is drawn anew around it.
let typing = null;
document.addEventListener('htmx:before:swap', () => {
  const field = document.activeElement;
  typing = field?.closest?.('[data-keeps-focus]') && field.id
    ? { id: field.id, value: field.value, at: field.selectionStart } : null;
});
document.addEventListener('htmx:after:swap', () => {
  const field = typing && document.getElementById(typing.id);
  if (!field) return;
  if (typing.at !== null && field.value !== typing.value) field.value = typing.value;
  field.focus({ preventScroll: true });
  if (typing.at !== null) field.setSelectionRange?.(typing.at, typing.at);
  typing = null;
});

// "Sao chép": shown only where the browser can.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    document.dispatchEvent(new CustomEvent('toast', { detail: { text: 'Đã sao chép.' } }));
  });
}
