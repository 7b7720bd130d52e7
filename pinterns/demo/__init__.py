"""The demo season: windows around today, and people who apply to them. Everything in it is made up."""
