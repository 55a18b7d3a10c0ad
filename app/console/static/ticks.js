// Ticked rows: all of the page at once, how many there are, and every result of the list.
const boxes = (form) => [...form.querySelectorAll('input[name="chon"]')];

const tell = (form) => {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  const every = form.querySelector('[data-tick-every]');
  const head = form.querySelector('[data-tick-all]');
  if (head) {
    head.checked = ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  const said = form.querySelector('[data-tick-count]');
  if (every?.checked) said.textContent = 'Đang chọn mọi kết quả';
  else said.textContent = ticked ? `Đang chọn ${ticked} dòng` : 'Đánh dấu các dòng rồi chọn việc cần làm';
};

document.addEventListener('change', (event) => {
  const form = event.target.closest?.('.bulk-form');
  if (!form) return;
  if (event.target.matches('[data-tick-all]')) {
    boxes(form).forEach((box) => { box.checked = event.target.checked; });
  }
  tell(form);
});
