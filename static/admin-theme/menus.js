/* A menu or drawer closes when the focus leaves it: on a phone it covers what would have the focus then. */
"use strict";

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const open = target.closest("[popover]:popover-open");
  if (!open || !relatedTarget || open.contains(relatedTarget)) return;
  // The button that opened it closes it by itself.
  if (relatedTarget.popoverTargetElement !== open) open.hidePopover();
});
