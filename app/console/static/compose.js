// Fields are put into the text where the caret is; selects that only liaisons have are hidden for others.
for (const chip of document.querySelectorAll('[data-insert]')) {
  chip.hidden = false;
  chip.addEventListener('click', () => {
    const area = document.getElementById(chip.dataset.into);
    area.setRangeText(chip.dataset.insert, area.selectionStart, area.selectionEnd, 'end');
    area.focus();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

const only = document.querySelector('.only-liaisons');
const choose = () => {
  const worker = document.querySelector('input[name="vai_tro"][value="worker"]');
  if (only && worker) only.hidden = worker.checked;
};
document.addEventListener('change', choose);
choose();
