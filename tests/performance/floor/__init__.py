"""The floor: the least that a Django site does for a page, a form and a list. Frozen, so that ratios stay comparable."""
