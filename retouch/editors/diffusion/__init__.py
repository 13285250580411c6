"""Driving instruction-editing pipelines of diffusers."""
