"""How fast the site is, as ratios to a floor in one run: `make bench`. What it measures is listed in __main__.py."""
