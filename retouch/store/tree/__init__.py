"""The tree: documents, versions, branches, tags and what people say of them."""
