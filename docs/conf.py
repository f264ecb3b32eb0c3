"""How the documentation is built. `make docs` builds it; `make check` fails on any warning."""

project = "Recount"
author = "The Recount authors"
release = "0.1.0"

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Recount"
# Built pages are read in offices without the internet too: nothing in them is fetched from elsewhere.
html_theme_options = {"navigation_with_keys": True}
html_show_sphinx = False
html_copy_source = False
