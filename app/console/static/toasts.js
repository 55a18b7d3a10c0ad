// A line that says what was done, gone by itself: after nine seconds when it can be taken back, else after five.
const leave = (toast) => setTimeout(() => toast.remove(), toast.querySelector('button') ? 9000 : 5000);
document.querySelectorAll('#toasts .toast').forEach(leave);

document.addEventListener('toast', (event) => {
  const { text, undo } = event.detail?.text ? event.detail : event.detail?.value ?? {};
  if (!text) return;
  const toast = document.createElement('div');
  toast.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  toast.append(words);
  if (undo) {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = undo;
    const button = document.createElement('button');
    button.textContent = 'Hoàn tác';
    form.append(button);
    toast.append(form);
  }
  document.getElementById('toasts').append(toast);
  leave(toast);
});
