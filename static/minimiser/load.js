// Fetches the minimiser when somebody begins to write in a field marked data-minimise; a page that is only read loads
// none of it. Where it cannot be had, forms save as they always did.
const FIELDS = "[data-minimise]";
const PATIENCE = 4000; // ms a form waits for it
const released = new WeakSet();
let loading;
let page;

const load = () => {
  loading ??= import("./page.js").then((found) => { page = found; }, () => {});
  return loading;
};

const begun = ({ target }) => {
  if (target instanceof Element && target.matches(FIELDS) && target.value) load().then(() => page?.watch(target));
};

const release = (form, button) => {
  released.add(form);
  form.requestSubmit(button);
  released.delete(form);
};

document.addEventListener("focusin", begun);
document.addEventListener("input", begun);
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (released.has(form) || ![...form.querySelectorAll(FIELDS)].some((field) => field.value.trim())) return;
  const button = submitter?.form === form ? submitter : undefined;
  if (page && !page.holds(form, submitter) && !page.carries(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (page?.isHeld(form)) return;
  // Never at once: a form that is being sent does not take a second wish.
  const soon = new Promise((go) => { setTimeout(go); });
  const late = new Promise((go) => { setTimeout(go, PATIENCE); });
  if (page) page.carry(form).then((well) => { if (well) release(form, button); });
  else Promise.race([Promise.all([load(), soon]), late]).then(() => (page ? form.requestSubmit(button) : release(form, button)));
}, true);
