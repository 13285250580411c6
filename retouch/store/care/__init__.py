"""Care: checking, collecting, copying and upgrading a project file."""
