// Changes of a field's text that Ctrl+Z takes back, and that leave the caret with the words it stood at.

const insert = (field, words) => (words ? document.execCommand("insertText", false, words) : document.execCommand("delete"));

// Replaces start..end by `words`. The focus is in the field afterwards, because only there can the browser undo it.
export const replace = (field, start, end, words) => {
  const caret = field.selectionStart ?? field.value.length;
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  // The old command is the only way by which a browser remembers a change that a person can take back.
  if (!insert(field, words)) {
    field.setRangeText(words, start, end);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const grown = words.length - (end - start);
  const place = caret >= end ? caret + grown : Math.min(caret, start + words.length);
  field.setSelectionRange(place, place);
  return grown;
};
