/**
 * The one script of the pages. Everything works without it; it adds the keyboard and scrolls to places. Plain
 * JavaScript as served, so that nothing has to be built.
 */
export const CLIENT_SCRIPT = `'use strict';
(function () {
  var one = function (selector) { return document.querySelector(selector); };
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
  var rows = all('[data-row]');
  var current = -1;
  function go(index) {
    if (rows.length === 0) return;
    if (current >= 0) rows[current].classList.remove('current');
    current = Math.max(0, Math.min(rows.length - 1, index));
    rows[current].classList.add('current');
    var link = rows[current].querySelector('a.sentence');
    if (link) link.focus({ preventScroll: true });
    rows[current].scrollIntoView({ block: 'nearest' });
  }
  function decide(key) {
    var button = one('[data-decide] button[data-key="' + key + '"]');
    if (button) { button.click(); return; }
    var form = one('[data-bulk]');
    if (!form) return;
    var picked = all('input[name="finding"]:checked');
    if (picked.length === 0) {
      if (current < 0) return;
      rows[current].querySelector('input[name="finding"]').checked = true;
    }
    var buttons = form.querySelectorAll('button[name="state"]');
    if (buttons[key - 1]) buttons[key - 1].click();
  }
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var target = event.target;
    if (target && /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== 'checkbox') return;
    if (event.key === 'j' || event.key === 'k') {
      var step = event.key === 'j' ? 1 : -1;
      if (rows.length > 0) go(current < 0 ? 0 : current + step);
      else { var next = one(step > 0 ? '[data-next]' : '[data-previous]'); if (next) next.click(); }
    } else if (event.key === 'Enter' && current >= 0 && (!target || target === document.body)) {
      var link = rows[current].querySelector('a.sentence'); if (link) link.click();
    } else if (/^[1-4]$/.test(event.key)) {
      decide(Number(event.key));
    } else if (event.key === 'u') {
      var up = one('[data-up]'); if (up) up.click();
    } else return;
    event.preventDefault();
  });
  var everything = one('[data-all]');
  if (everything) everything.addEventListener('change', function () {
    all('input[name="finding"]').forEach(function (box) { box.checked = everything.checked; });
  });
  var bulk = one('[data-bulk]');
  if (bulk) bulk.addEventListener('submit', function (event) {
    if (all('input[name="finding"]:checked').length > 0) return;
    event.preventDefault();
    if (everything) everything.focus();
  });
  var slow = one('[data-wait]');
  if (slow) slow.addEventListener('submit', function () {
    slow.querySelector('.waiting').textContent = slow.getAttribute('data-wait');
    slow.querySelector('button.primary').disabled = true;
  });
  all('[data-print]').forEach(function (button) { button.addEventListener('click', function () { window.print(); }); });
  var place = one('[data-place]');
  if (place) {
    var box = place.closest('.pages');
    var mark = place.getBoundingClientRect();
    var outer = box.getBoundingClientRect();
    box.scrollTop += mark.top - outer.top - outer.height / 3;
    box.scrollLeft += mark.left - outer.left - outer.width / 3;
  }
  all('.form-scroll').forEach(function (scroller) {
    var cell = scroller.querySelector('td.culprit') || scroller.querySelector('td.involved');
    if (cell && scroller.scrollWidth > scroller.clientWidth) scroller.scrollLeft = cell.offsetLeft - scroller.clientWidth / 2;
  });
})();
`;
