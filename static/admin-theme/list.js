/* The list was swapped by a filter: Django's script meets its new rows, and the focus stays where one chose. */
"use strict";

let chosenFilter = null;

const isList = (event) => event.detail.target?.id === "changelist-form";

document.addEventListener("click", (event) => {
  const link = event.target.closest("#filter-choices a");
  if (link) chosenFilter = link.closest("details")?.dataset.filterTitle ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "changelist-form" || chosenFilter === null) return;
  const boxes = document.querySelectorAll("tr input.action-select");
  if (boxes.length) window.Actions(boxes);
  const filter = document.querySelector(`#filter-choices [data-filter-title="${CSS.escape(chosenFilter)}"]`);
  (filter?.querySelector(".selected a") ?? document.querySelector(".drawer-close")).focus();
  chosenFilter = null;
});

/* What came is no list (one is signed out, say), or nothing came: go there, as the link would have. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, serverResponse } = event.detail;
  if (!isList(event) || serverResponse.includes('id="changelist-form"')) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});
document.addEventListener("htmx:sendError", (event) => {
  if (isList(event)) location.assign(event.detail.pathInfo.finalRequestPath);
});
