"""The reports, told of a house whose doings are known."""
