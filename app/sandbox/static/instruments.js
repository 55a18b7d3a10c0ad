// Tabs without a reload, a clock that ticks, and copying.
const tabs = [...document.querySelectorAll('[role=tab]')];

const choose = (chosen, focus) => {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute('aria-selected', on);
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !on;
  }
  if (focus) chosen.focus();
};

tabs.forEach((tab, index) => {
  tab.addEventListener('click', (event) => {
    event.preventDefault();
    choose(tab, true);
  });
  tab.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(tabs[(index + step + tabs.length) % tabs.length], true);
  });
});

// The clock is moved by the server; between two moves it runs here at the given rate.
let shown = null;
let since = 0;
const zone = { timeZone: 'Asia/Ho_Chi_Minh', hour12: false };
const exact = new Intl.DateTimeFormat('vi-VN', { ...zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
const hour = new Intl.DateTimeFormat('vi-VN', { ...zone, hour: '2-digit', minute: '2-digit' });

const tick = () => {
  const clock = document.getElementById('clock');
  if (clock !== shown) {
    shown = clock;
    since = performance.now();
  }
  const at = Number(clock.dataset.now) + (performance.now() - since) * Number(clock.dataset.rate);
  clock.querySelector('[data-clock-exact]').textContent = exact.format(at);
  document.querySelector('[data-clock-hour]').textContent = hour.format(at);
};
setInterval(tick, 1000);
tick();

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const text = button.parentElement.querySelector('pre').textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.title = 'Đã chép';
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector('pre'));
  }
});
